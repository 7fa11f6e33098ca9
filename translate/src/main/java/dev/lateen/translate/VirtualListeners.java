package dev.lateen.translate;

import dev.lateen.model.mesh.NodeMetadata.Interception;
import io.envoyproxy.envoy.config.core.v3.TrafficDirection;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import io.envoyproxy.envoy.config.listener.v3.Listener;

/// The listener to which the kernel sends all that a workload sends. It hands connections on to the listener of their
/// destination and keeps those that have none.
final class VirtualListeners {
    private VirtualListeners() {}

    static Listener outbound(Scene scene) {
        int port = scene.mesh().ports().outbound();
        Listener.Builder listener = Listener.newBuilder()
                .setName(Names.VIRTUAL_OUTBOUND)
                .setAddress(Protos.address(scene.wildcard(), port))
                .setUseOriginalDst(Protos.TRUE)
                .setTrafficDirection(TrafficDirection.OUTBOUND)
                .setMaxConnectionsToAcceptPerSocketEvent(Protos.uint(1))
                .addAllAccessLog(AccessLogs.listener(scene, Side.CLIENT));
        if (scene.node().metadata().interception() == Interception.TPROXY) {
            listener.setTransparent(Protos.TRUE);
        }
        Wildcards.addOthers(scene, listener, port);
        listener.addFilterChains(FilterChain.newBuilder()
                .setName("virtualOutbound-blackhole")
                .setFilterChainMatch(FilterChainMatch.newBuilder().setDestinationPort(Protos.uint(port)))
                .addFilters(TcpProxies.nowhere()));
        listener.addFilterChains(FilterChain.newBuilder()
                .setName("virtualOutbound-catchall-tcp")
                .addAllFilters(MetricsFilters.tcp(scene, Side.CLIENT))
                .addFilters(TcpProxies.plain(scene, EgressProxies.cluster(scene), Side.CLIENT)));
        return listener.build();
    }
}
