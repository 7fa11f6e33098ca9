package dev.lateen.proxy.cluster;

import dev.lateen.proxy.config.Decoded;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;

/// Decodes ClusterLoadAssignment resources.
public final class EndpointDecoder {
    private EndpointDecoder() {}

    public static Decoded<EndpointsConfig> decode(ClusterLoadAssignment assignment) {
        throw new UnsupportedOperationException();
    }
}
