package dev.lateen.translate;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import java.time.Duration;

/// A cluster of one server that stands in no registry.
final class DirectCluster {
    private DirectCluster() {}

    /// @param host name or address
    static Cluster.Builder to(String name, String host, int port) {
        ClusterLoadAssignment.Builder assignment =
                ClusterLoadAssignment.newBuilder().setClusterName(name);
        assignment
                .addEndpointsBuilder()
                .addLbEndpointsBuilder()
                .getEndpointBuilder()
                .setAddress(Protos.address(host, port));
        return Cluster.newBuilder()
                .setName(name)
                .setType(isAddress(host) ? Cluster.DiscoveryType.STATIC : Cluster.DiscoveryType.STRICT_DNS)
                .setConnectTimeout(Protos.duration(Duration.ofSeconds(1)))
                .setLoadAssignment(assignment);
    }

    private static boolean isAddress(String host) {
        return host.matches("[0-9.]+") || host.indexOf(':') >= 0;
    }
}
