package dev.lateen.translate;

import dev.lateen.model.mesh.NodeMetadata.Interception;
import io.envoyproxy.envoy.config.core.v3.TrafficDirection;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import java.time.Duration;
import java.util.Set;

/// The listener to which the kernel sends all that a workload sends. It hands connections on to the listener of their
/// destination and keeps those that have none.
final class VirtualListeners {
    /// Of a client, before its connection counts as one of those whose servers speak first.
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(5);

    private VirtualListeners() {}

    /// @param silent ports at which clients may wait for the server's word: nothing may look at what they say
    static Listener outbound(Scene scene, Set<Integer> silent) {
        int port = scene.mesh().ports().outbound();
        Listener.Builder listener = Listener.newBuilder()
                .setName(Names.VIRTUAL_OUTBOUND)
                .setAddress(Protos.address(scene.wildcard(), port))
                .setUseOriginalDst(Protos.TRUE)
                .setTrafficDirection(TrafficDirection.OUTBOUND)
                .setMaxConnectionsToAcceptPerSocketEvent(Protos.uint(1))
                .addAllAccessLog(AccessLogs.listener(scene, Side.CLIENT));
        ConnectionLimits.apply(scene, listener);
        if (scene.node().metadata().interception() == Interception.TPROXY) {
            listener.setTransparent(Protos.TRUE);
        }
        Wildcards.addOthers(scene, listener, port);
        listener.addFilterChains(FilterChain.newBuilder()
                .setName("virtualOutbound-blackhole")
                .setFilterChainMatch(FilterChainMatch.newBuilder().setDestinationPort(Protos.uint(port)))
                .addFilters(TcpProxies.nowhere()));
        if (scene.outbound().looksUpAny()) {
            lookUp(scene, listener, silent);
        }
        listener.addFilterChains(FilterChain.newBuilder()
                .setName("virtualOutbound-catchall-tcp")
                .addAllFilters(MetricsFilters.tcp(scene, Side.CLIENT))
                .addFilters(TcpProxies.plain(scene, EgressProxies.cluster(scene), Side.CLIENT)));
        return listener.build();
    }

    /// Tells plain HTTP from the rest. Envoy looks before it hands a connection on, so that ports at which the server
    /// may
    /// have the first word are left out; where nobody knows whether it has, clients have to wait for a moment.
    private static void lookUp(Scene scene, Listener.Builder listener, Set<Integer> silent) {
        Duration patience = scene.mesh().protocolDetectionTimeout();
        // The one that `use_original_dst` stands for comes last, and a port that is left out has to be known before.
        listener.addListenerFilters(FilterChains.ORIGINAL_DST)
                .addListenerFilters(PortPredicates.except(FilterChains.HTTP_INSPECTOR, silent))
                .setListenerFiltersTimeout(Protos.duration(patience.isZero() ? LONGEST_SILENCE : patience))
                .setContinueOnListenerFiltersTimeout(true)
                .addFilterChains(FilterChain.newBuilder()
                        .setName("virtualOutbound-catchall-http")
                        // Nothing of the transport, or what is neither would find no chain: there is no way back.
                        .setFilterChainMatch(
                                FilterChainMatch.newBuilder().addAllApplicationProtocols(FilterChains.PLAIN_HTTP))
                        .addFilters(ConnectionManagers.unknown(scene)));
    }
}
