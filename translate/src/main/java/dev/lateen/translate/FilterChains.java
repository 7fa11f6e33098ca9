package dev.lateen.translate;

import dev.lateen.model.mesh.MeshService;
import dev.lateen.model.mesh.NodeMetadata.Switches;
import io.envoyproxy.envoy.config.core.v3.TrafficDirection;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilter;
import io.envoyproxy.envoy.extensions.filters.listener.http_inspector.v3.HttpInspector;
import io.envoyproxy.envoy.extensions.filters.listener.original_dst.v3.OriginalDst;
import io.envoyproxy.envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol;
import io.envoyproxy.envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Filter chains and listeners of what a sidecar sends.
final class FilterChains {
    static final List<String> PLAIN_HTTP = List.of("http/1.1", "h2c");
    static final com.google.protobuf.Duration HANDSHAKE_TIMEOUT = Protos.duration(Duration.ofSeconds(15));

    static final ListenerFilter ORIGINAL_DST = ListenerFilter.newBuilder()
            .setName("envoy.filters.listener.original_dst")
            .setTypedConfig(Protos.any(OriginalDst.getDefaultInstance()))
            .build();
    static final ListenerFilter TLS_INSPECTOR = ListenerFilter.newBuilder()
            .setName("envoy.filters.listener.tls_inspector")
            .setTypedConfig(Protos.any(TlsInspector.newBuilder()
                    .setInitialReadBufferSize(Protos.uint(512))
                    .build()))
            .build();
    static final ListenerFilter PROXY_PROTOCOL = ListenerFilter.newBuilder()
            .setName("envoy.filters.listener.proxy_protocol")
            .setTypedConfig(Protos.any(ProxyProtocol.getDefaultInstance()))
            .build();
    static final ListenerFilter HTTP_INSPECTOR = ListenerFilter.newBuilder()
            .setName("envoy.filters.listener.http_inspector")
            .setTypedConfig(Protos.any(HttpInspector.getDefaultInstance()))
            .build();

    private FilterChains() {}

    /// @param services that may be asked for
    /// @param detect take only connections that start like HTTP and leave the others to another chain
    static FilterChain http(
            Scene scene, String statPrefix, String routes, Iterable<MeshService> services, boolean detect) {
        FilterChain.Builder chain = FilterChain.newBuilder()
                .addFilters(ConnectionManagers.outbound(scene, "outbound_" + statPrefix, routes, services))
                .setTransportSocketConnectTimeout(HANDSHAKE_TIMEOUT);
        if (detect) {
            chain.setFilterChainMatch(FilterChainMatch.newBuilder()
                    .setTransportProtocol("raw_buffer")
                    .addAllApplicationProtocols(PLAIN_HTTP));
        }
        return chain.build();
    }

    static Listener outboundListener(
            Scene scene,
            String bind,
            int port,
            List<FilterChain> chains,
            boolean bindToPort,
            boolean fallThrough,
            boolean everyFamily) {
        Listener.Builder listener = Listener.newBuilder()
                .setName(Names.listener(bind, port))
                .setAddress(Protos.address(bind, port))
                .setTrafficDirection(TrafficDirection.OUTBOUND)
                .setListenerFiltersTimeout(Protos.duration(scene.mesh().protocolDetectionTimeout()))
                .setContinueOnListenerFiltersTimeout(true)
                .addAllAccessLog(AccessLogs.listener(scene, Side.CLIENT));
        ConnectionLimits.apply(scene, listener);
        if ((everyFamily || scene.settings().on("EnableDualStack")) && Wildcards.is(bind)) {
            Wildcards.addOther(scene, listener, port);
        }
        if (bindToPort) {
            listener.setMaxConnectionsToAcceptPerSocketEvent(Protos.uint(1));
        } else {
            setBindToPort(listener);
        }
        place(scene, listener, chains, fallThrough);
        inspectors(listener);
        balance(scene, listener);
        return listener.build();
    }

    @SuppressWarnings("deprecation")
    private static void setBindToPort(Listener.Builder listener) {
        listener.setBindToPort(Protos.FALSE);
    }

    private static void balance(Scene scene, Listener.Builder listener) {
        Switches switches = scene.node().metadata().switches();
        if (switches.outboundExactBalance()) {
            listener.setConnectionBalanceConfig(Listener.ConnectionBalanceConfig.newBuilder()
                    .setExactBalance(Listener.ConnectionBalanceConfig.ExactBalance.getDefaultInstance()));
        }
    }

    /// A chain that takes everything becomes the default one when there are others.
    private static void place(Scene scene, Listener.Builder listener, List<FilterChain> chains, boolean fallThrough) {
        boolean takesAll = false;
        List<FilterChain> matching = new ArrayList<>();
        for (FilterChain chain : chains) {
            boolean all = chain.getFilterChainMatch().equals(FilterChainMatch.getDefaultInstance());
            takesAll |= all;
            if (all && chains.size() > 1 && !listener.hasDefaultFilterChain()) {
                listener.setDefaultFilterChain(chain);
            } else {
                matching.add(chain);
            }
        }
        listener.addAllFilterChains(matching);
        if (fallThrough && !takesAll) {
            listener.setDefaultFilterChain(passthrough(scene));
        }
    }

    private static FilterChain passthrough(Scene scene) {
        return FilterChain.newBuilder()
                .setName("PassthroughFilterChain")
                .setFilterChainMatch(FilterChainMatch.getDefaultInstance())
                .addFilters(TcpProxies.plain(scene, EgressProxies.cluster(scene), Side.CLIENT))
                .build();
    }

    private static void inspectors(Listener.Builder listener) {
        boolean tls = false;
        boolean http = false;
        for (FilterChain chain : listener.getFilterChainsList()) {
            FilterChainMatch match = chain.getFilterChainMatch();
            tls |= match.getServerNamesCount() > 0
                    || match.getTransportProtocol().equals("tls");
            http |= match.getApplicationProtocolsCount() > 0;
        }
        if (tls) {
            listener.addListenerFilters(TLS_INSPECTOR);
        }
        if (http) {
            listener.addListenerFilters(HTTP_INSPECTOR);
        } else {
            // Nothing to wait for that a client might never send.
            listener.setListenerFiltersTimeout(Protos.ZERO);
        }
    }
}
