/// What the control plane shows of itself: debug pages, metrics, readiness. Entry: `DebugServer`.
@NullMarked
package dev.lateen.control.debug;

import org.jspecify.annotations.NullMarked;
