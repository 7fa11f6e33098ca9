package dev.lateen.translate;

import dev.lateen.model.istio.PeerAuthentication.Mode;
import dev.lateen.model.mesh.MeshService;
import dev.lateen.model.mesh.NodeMetadata.Interception;
import io.envoyproxy.envoy.config.core.v3.TrafficDirection;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilter;
import io.envoyproxy.envoy.config.route.v3.Decorator;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.listener.original_src.v3.OriginalSrc;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/// Listeners for what a sidecar receives: one for all ports behind redirection, or one a port without it.
final class InboundListeners {
    private static final ListenerFilter ORIGINAL_SRC = ListenerFilter.newBuilder()
            .setName("envoy.filters.listener.original_src")
            .setTypedConfig(Protos.any(OriginalSrc.newBuilder().setMark(1337).build()))
            .build();

    private final Scene scene;
    private final List<InboundPort> ports;

    InboundListeners(Scene scene, List<InboundPort> ports) {
        this.scene = scene;
        this.ports = ports;
    }

    List<Listener> build() {
        List<Listener> listeners = new ArrayList<>();
        for (InboundPort port : ports) {
            if (!port.captured() && !tooLow(port) && !scene.isTaken(bind(port), port.number())) {
                listeners.add(bound(port));
            }
        }
        if (!scene.bindsExplicitly()) {
            listeners.add(virtual());
        }
        return listeners;
    }

    private boolean tooLow(InboundPort port) {
        return port.number() < 1024 && scene.node().metadata().switches().unprivilegedPod();
    }

    private Listener virtual() {
        int own = scene.mesh().ports().inbound();
        Listener.Builder listener = Listener.newBuilder()
                .setName(Names.VIRTUAL_INBOUND)
                .setAddress(Protos.address(scene.wildcard(), own))
                .setTrafficDirection(TrafficDirection.INBOUND)
                .setListenerFiltersTimeout(Protos.duration(scene.mesh().protocolDetectionTimeout()))
                .setContinueOnListenerFiltersTimeout(true)
                .setMaxConnectionsToAcceptPerSocketEvent(Protos.uint(1))
                .addAllAccessLog(AccessLogs.listener(scene, Side.SERVER));
        ConnectionLimits.apply(scene, listener);
        if (scene.node().supportsIpv4() && scene.node().supportsIpv6()) {
            Wildcards.addOthers(scene, listener, own);
        }
        if (scene.node().metadata().switches().inboundExactBalance()) {
            listener.setConnectionBalanceConfig(Listener.ConnectionBalanceConfig.newBuilder()
                    .setExactBalance(Listener.ConnectionBalanceConfig.ExactBalance.getDefaultInstance()));
        }
        boolean tproxy = scene.node().metadata().interception() == Interception.TPROXY;
        if (tproxy) {
            listener.setTransparent(Protos.TRUE);
        }
        listener.addFilterChains(FilterChain.newBuilder()
                .setName("virtualInbound-blackhole")
                .setFilterChainMatch(FilterChainMatch.newBuilder().setDestinationPort(Protos.uint(own)))
                .addAllFilters(TcpProxies.blackHole(scene)));
        Map<Integer, Mode> modes = new TreeMap<>();
        Mode general = scene.scope().mutualTls(0);
        passthrough(general, Optional.empty()).forEach(listener::addFilterChains);
        modes.put(0, general);
        TreeSet<Integer> served = new TreeSet<>();
        ports.stream().filter(InboundPort::captured).forEach(p -> served.add(p.number()));
        new TreeMap<>(scene.scope().portPolicies()).forEach((port, _) -> {
            if (!served.contains(port) && scene.scope().mutualTls(port) != general) {
                Mode mode = scene.scope().mutualTls(port);
                passthrough(mode, Optional.of(port)).forEach(listener::addFilterChains);
                modes.put(port, mode);
            }
        });
        for (InboundPort port : ports) {
            if (port.captured()) {
                Mode mode = scene.scope().mutualTls(port.number());
                modes.put(port.number(), mode);
                chains(port, mode, true).forEach(listener::addFilterChains);
            }
        }
        listener.addListenerFilters(FilterChains.ORIGINAL_DST);
        if (tproxy) {
            listener.addListenerFilters(ORIGINAL_SRC);
        }
        inspectors(listener, modes, own);
        return listener.build();
    }

    private String bind(InboundPort port) {
        return !port.bind().isEmpty()
                ? port.bind()
                : scene.bindsExplicitly() ? scene.node().address() : scene.wildcard();
    }

    /// Without redirection the listener has the port's own address.
    private Listener bound(InboundPort port) {
        String bind = bind(port);
        Listener.Builder listener = Listener.newBuilder()
                .setName(bind.startsWith("unix://") ? bind : Names.listener(bind, port.number()))
                .setAddress(Protos.address(bind, port.number()))
                .setTrafficDirection(TrafficDirection.INBOUND)
                .setListenerFiltersTimeout(Protos.duration(scene.mesh().protocolDetectionTimeout()))
                .setContinueOnListenerFiltersTimeout(true)
                .setMaxConnectionsToAcceptPerSocketEvent(Protos.uint(1))
                .addAllAccessLog(AccessLogs.listener(scene, Side.SERVER));
        ConnectionLimits.apply(scene, listener);
        Mode mode = scene.scope().mutualTls(port.number());
        chains(port, mode, false).forEach(listener::addFilterChains);
        boolean http = false;
        boolean tls = false;
        for (FilterChain chain : listener.getFilterChainsList()) {
            FilterChainMatch match = chain.getFilterChainMatch();
            tls |= match.getTransportProtocol().equals("tls");
            http |= match.getApplicationProtocolsList().contains("h2c");
        }
        if (tls) {
            listener.addListenerFilters(FilterChains.TLS_INSPECTOR);
        }
        if (http) {
            listener.addListenerFilters(FilterChains.HTTP_INSPECTOR);
        }
        return listener.build();
    }

    /// Connections to ports that no service leads to.
    private List<FilterChain> passthrough(Mode mode, Optional<Integer> port) {
        List<FilterChain> chains = new ArrayList<>();
        for (InboundMatch match : InboundMatch.of(dev.lateen.model.mesh.Protocol.AUTO, mode)) {
            FilterChainMatch.Builder condition = match.condition();
            port.ifPresent(p -> condition.setDestinationPort(Protos.uint(p)));
            FilterChain.Builder chain = FilterChain.newBuilder().setFilterChainMatch(condition);
            if (match.http()) {
                chain.setName("virtualInbound-catchall-http");
                chain.addAllFilters(TcpProxies.peerMetadata(scene));
                chain.addFilters(ConnectionManagers.inbound(
                        scene, Names.INBOUND_PASSTHROUGH, routes(Names.INBOUND_PASSTHROUGH, 0, ""), false));
            } else {
                chain.setName(Names.VIRTUAL_INBOUND);
                chain.addAllFilters(TcpProxies.inbound(scene, Names.INBOUND_PASSTHROUGH, Names.INBOUND_PASSTHROUGH));
            }
            if (match.mutualTls()) {
                chain.setTransportSocket(DownstreamTls.mutual(scene, match.http()));
            }
            chains.add(chain.build());
        }
        return chains;
    }

    private List<FilterChain> chains(InboundPort port, Mode mode, boolean byPort) {
        List<FilterChain> chains = new ArrayList<>();
        String bind = port.bind().isEmpty() ? scene.wildcard() : port.bind();
        String name = Names.listener(bind, port.number());
        String cluster = Names.inbound(port.number());
        String hostname = port.ingress()
                .or(() -> port.eldest().map(MeshService::hostname))
                .orElse("");
        boolean ownTls = endsOwnTls(port, mode);
        for (InboundMatch match :
                ownTls ? InboundMatch.ownTls(port.protocol()) : InboundMatch.of(port.protocol(), mode)) {
            FilterChainMatch.Builder condition = match.condition();
            if (byPort) {
                condition.setDestinationPort(Protos.uint(port.number()));
            }
            FilterChain.Builder chain = FilterChain.newBuilder().setName(name).setFilterChainMatch(condition);
            if (port.ingress().isPresent()) {
                scene.outbound().sidecar().ifPresent(s -> chain.setMetadata(Provenance.config(s.origin())));
            }
            if (match.http()) {
                chain.addAllFilters(TcpProxies.peerMetadata(scene));
                chain.addFilters(ConnectionManagers.inbound(
                        scene,
                        "inbound_" + name,
                        routes(cluster, port.servicePort(), hostname),
                        port.protocol().isHttp2()));
            } else {
                chain.addAllFilters(TcpProxies.inbound(scene, cluster, statPrefix(port, cluster)));
            }
            if (match.mutualTls()) {
                chain.setTransportSocket(
                        ownTls
                                ? DownstreamTls.ingress(scene, port.tls().orElseThrow(), match.http())
                                : DownstreamTls.mutual(scene, match.http()));
            }
            chains.add(chain.build());
        }
        return chains;
    }

    /// TLS of an ingress listener is for clients outside of the mesh: where the mesh's own is on, that one holds.
    private static boolean endsOwnTls(InboundPort port, Mode mode) {
        return mode == Mode.DISABLE && port.tls().isPresent();
    }

    private String statPrefix(InboundPort port, String cluster) {
        String pattern = scene.mesh().statNames().inbound();
        return pattern.isEmpty()
                ? cluster
                : port.eldest()
                        .flatMap(s -> port.service().map(p -> StatNames.fill(pattern, s, p, "")))
                        .orElse(cluster);
    }

    private RouteConfiguration routes(String cluster, int port, String hostname) {
        RouteAction.Builder action = RouteAction.newBuilder()
                .setCluster(cluster)
                .setTimeout(Protos.ZERO)
                .setRetryPolicy(RetryPolicy.newBuilder()
                        .setRetryOn("reset-before-request")
                        .setNumRetries(Protos.uint(2)))
                .setMaxStreamDuration(RouteAction.MaxStreamDuration.newBuilder()
                        .setMaxStreamDuration(Protos.ZERO)
                        .setGrpcTimeoutHeaderMax(Protos.ZERO));
        return RouteConfiguration.newBuilder()
                .setName(cluster)
                .setValidateClusters(Protos.FALSE)
                .addVirtualHosts(VirtualHost.newBuilder()
                        .setName("inbound|http|" + port)
                        .addDomains("*")
                        .addAllRateLimits(scene.rateLimiting().limits())
                        .addRoutes(Route.newBuilder()
                                .setName("default")
                                .setMatch(RouteMatch.newBuilder().setPrefix("/"))
                                .setRoute(action)
                                .setDecorator(Decorator.newBuilder().setOperation(hostname + ":" + port + "/*"))))
                .build();
    }

    /// Detection costs the first bytes of each connection, so it is turned off where nothing depends on it.
    private void inspectors(Listener.Builder listener, Map<Integer, Mode> modes, int own) {
        Map<Integer, Boolean> tls = new TreeMap<>();
        Map<Integer, Boolean> http = new TreeMap<>();
        modes.forEach((port, mode) -> {
            tls.put(
                    port,
                    mode != Mode.DISABLE
                            || ports.stream()
                                    .anyMatch(p -> p.number() == port && p.tls().isPresent()));
            http.put(port, needsHttpDetection(port, mode));
        });
        tls.put(own, false);
        http.put(own, false);
        if (tls.containsValue(true)) {
            listener.addListenerFilters(tlsInspector(tls));
        }
        if (http.containsValue(true)) {
            listener.addListenerFilters(httpInspector(http));
        }
    }

    private boolean needsHttpDetection(int port, Mode mode) {
        boolean auto = ports.stream()
                .filter(p -> p.number() == port)
                .findFirst()
                .map(p -> p.protocol().isAuto())
                .orElse(true);
        return auto && mode != Mode.STRICT;
    }

    /// Off at the ports that do without it, or on at those that need it where ports without a service do without.
    private static ListenerFilter tlsInspector(Map<Integer, Boolean> needed) {
        boolean byDefault = needed.getOrDefault(0, true);
        List<Integer> others = new ArrayList<>();
        needed.forEach((port, need) -> {
            if (port != 0 && need != byDefault) {
                others.add(port);
            }
        });
        if (others.isEmpty()) {
            return FilterChains.TLS_INSPECTOR;
        }
        return byDefault
                ? PortPredicates.except(FilterChains.TLS_INSPECTOR, others)
                : PortPredicates.only(FilterChains.TLS_INSPECTOR, others);
    }

    /// Off at the ports that do without it.
    private static ListenerFilter httpInspector(Map<Integer, Boolean> needed) {
        List<Integer> others = new ArrayList<>();
        needed.forEach((port, need) -> {
            if (!need) {
                others.add(port);
            }
        });
        return PortPredicates.except(FilterChains.HTTP_INSPECTOR, others);
    }
}
