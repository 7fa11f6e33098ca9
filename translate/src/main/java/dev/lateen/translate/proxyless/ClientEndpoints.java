package dev.lateen.translate.proxyless;

import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Endpoints as gRPC takes them: addresses of sockets, none twice, priorities without gaps, no metadata.
///
/// Thread: any.
///
/// Source: gRFC A27, "EDS"; A56 (priorities).
public final class ClientEndpoints {
    private ClientEndpoints() {}

    public static ClusterLoadAssignment of(ClusterLoadAssignment from) {
        ClusterLoadAssignment.Builder to = ClusterLoadAssignment.newBuilder().setClusterName(from.getClusterName());
        Set<SocketAddress> seen = new HashSet<>();
        TreeSet<Integer> priorities = new TreeSet<>();
        for (LocalityLbEndpoints group : from.getEndpointsList()) {
            LocalityLbEndpoints.Builder kept = LocalityLbEndpoints.newBuilder()
                    .setLocality(group.getLocality())
                    .setPriority(group.getPriority())
                    .setLoadBalancingWeight(group.getLoadBalancingWeight());
            for (LbEndpoint endpoint : group.getLbEndpointsList()) {
                SocketAddress address = endpoint.getEndpoint().getAddress().getSocketAddress();
                if (!address.getAddress().isEmpty() && seen.add(address)) {
                    kept.addLbEndpoints(endpoint.toBuilder().clearMetadata());
                }
            }
            if (kept.getLbEndpointsCount() > 0) {
                priorities.add(kept.getPriority());
                to.addEndpoints(kept);
            }
        }
        List<Integer> inUse = List.copyOf(priorities);
        to.getEndpointsBuilderList().forEach(group -> group.setPriority(inUse.indexOf(group.getPriority())));
        return to.build();
    }
}
