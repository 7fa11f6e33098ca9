/// `lateen agent`: what Istio's agent does beside a real Envoy. Gets the workload's certificate and serves it over
/// SDS on a socket file, writes Envoy's bootstrap, starts and ends Envoy, and counts Istio's metrics from Envoy's
/// access-log service. Entry: `Agent`. Speaks gRPC and so may use generated messages.
@NullMarked
package dev.lateen.local.agent;

import org.jspecify.annotations.NullMarked;
