/// The sidecar's name server: answers names of the mesh from a table of the control plane, and forwards all others to
/// the name servers of the pod.
/// Entry: DnsServer. Used by the process and by the agent beside Envoy.
@NullMarked
package dev.lateen.proxy.dns;

import org.jspecify.annotations.NullMarked;
