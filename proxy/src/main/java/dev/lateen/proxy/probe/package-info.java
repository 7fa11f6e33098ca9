/// Asks the application beside the proxy how it is, for the kubelet and for the control plane. Entry: `ProbeAsker`,
/// `HealthCheck`.
@NullMarked
package dev.lateen.proxy.probe;

import org.jspecify.annotations.NullMarked;
