/// What the control plane costs: a large mesh, many simulated proxies, one change at a time. Entry: `PushBench`.
@NullMarked
package dev.lateen.bench.push;

import org.jspecify.annotations.NullMarked;
