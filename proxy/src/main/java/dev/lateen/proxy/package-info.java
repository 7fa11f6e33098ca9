/// Sidecar and gateway: xDS to runtime objects to traffic, telemetry out.
@NullMarked
package dev.lateen.proxy;

import org.jspecify.annotations.NullMarked;
