/// What the proxy reports to collectors beside its traffic: batches, bounded, never waited for. Entry: `Reporter`.
@NullMarked
package dev.lateen.proxy.collector;

import org.jspecify.annotations.NullMarked;
