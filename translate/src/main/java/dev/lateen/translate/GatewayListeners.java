package dev.lateen.translate;

import dev.lateen.model.istio.VirtualService;
import dev.lateen.model.istio.VirtualService.L4Match;
import dev.lateen.model.istio.VirtualService.TcpRoute;
import dev.lateen.model.istio.VirtualService.TlsRoute;
import dev.lateen.model.istio.VirtualService.WeightedDestination;
import dev.lateen.model.mesh.Hostname;
import dev.lateen.model.mesh.Protocol;
import dev.lateen.translate.MergedGateways.Entry;
import io.envoyproxy.envoy.config.core.v3.TrafficDirection;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Listeners of a gateway proxy: one an address and port.
final class GatewayListeners {
    private final Scene scene;
    private final MergedGateways gateways;
    private final BoundServices services;

    GatewayListeners(Scene scene, MergedGateways gateways, BoundServices services) {
        this.scene = scene;
        this.gateways = gateways;
        this.services = services;
    }

    List<Listener> build() {
        List<Listener> listeners = new ArrayList<>();
        gateways.byListener().forEach((name, entries) -> {
            if (!entries.isEmpty()) {
                listener(name, entries).ifPresent(listeners::add);
            }
        });
        return listeners;
    }

    private Optional<Listener> listener(String name, List<Entry> entries) {
        int port = entries.getFirst().listenPort();
        String bind = name.substring(0, name.length() - Integer.toString(port).length() - 1);
        Listener.Builder listener = Listener.newBuilder()
                .setName(name)
                .setAddress(Protos.address(address(bind), port))
                .setTrafficDirection(TrafficDirection.OUTBOUND)
                .setMaxConnectionsToAcceptPerSocketEvent(Protos.uint(1))
                .addAllAccessLog(AccessLogs.listener(scene, Side.CLIENT));
        ConnectionLimits.apply(scene, listener);
        if (entries.getFirst().isPlainHttp()) {
            listener.addFilterChains(FilterChain.newBuilder()
                    .addFilters(ConnectionManagers.gateway(
                            scene, "outbound_" + name, entries.getFirst().routeName()))
                    .setTransportSocketConnectTimeout(FilterChains.HANDSHAKE_TIMEOUT));
        } else {
            List<FilterChain> chains = new ArrayList<>();
            for (Entry entry : entries) {
                chains.addAll(chains(name, entry));
            }
            listener.addAllFilterChains(TcpChains.distinct(chains));
        }
        if (listener.getFilterChainsCount() == 0) {
            return Optional.empty();
        }
        if (scene.traffic().topology().proxyProtocol()) {
            listener.addListenerFilters(FilterChains.PROXY_PROTOCOL);
        }
        boolean tls = entries.stream().anyMatch(e -> e.protocol().isTls() || e.terminatesTls());
        if (tls) {
            listener.addListenerFilters(FilterChains.TLS_INSPECTOR);
        }
        return Optional.of(listener.build());
    }

    private String address(String bind) {
        boolean shared = scene.node().metadata().switches().ownAddressOnly();
        return shared && Wildcards.is(bind) ? scene.node().address() : bind;
    }

    private List<FilterChain> chains(String name, Entry entry) {
        if (entry.isHttp()) {
            FilterChain.Builder chain = chain(serverNames(entry.hostNames()))
                    .addFilters(ConnectionManagers.gateway(scene, "outbound_" + name, entry.routeName()));
            secure(chain, entry, DownstreamTls.HTTP_ALPN);
            return List.of(chain.build());
        }
        if (entry.passesAutomatically()) {
            return new SniChains(scene).of(entry.hostNames());
        }
        if (entry.terminatesTls() || isOpaque(entry.protocol())) {
            return tcp(entry);
        }
        return byServerName(entry);
    }

    /// Whether it is passed on as it comes, though the protocol may have a name.
    private static boolean isOpaque(Protocol protocol) {
        return switch (protocol) {
            case TCP, MONGO, REDIS, MYSQL -> true;
            default -> false;
        };
    }

    private void secure(FilterChain.Builder chain, Entry entry, List<String> alpn) {
        if (entry.terminatesTls()) {
            entry.server().tls().ifPresent(tls -> chain.setTransportSocket(DownstreamTls.server(scene, tls, alpn)));
        }
    }

    private FilterChain.Builder chain(List<String> serverNames) {
        FilterChain.Builder chain =
                FilterChain.newBuilder().setTransportSocketConnectTimeout(FilterChains.HANDSHAKE_TIMEOUT);
        if (!serverNames.isEmpty()) {
            chain.setFilterChainMatch(FilterChainMatch.newBuilder().addAllServerNames(serverNames));
        }
        return chain;
    }

    /// Empty where any name is served.
    private static List<String> serverNames(List<String> hosts) {
        return hosts.contains("*") ? List.of() : hosts.stream().distinct().toList();
    }

    private List<FilterChain> tcp(Entry entry) {
        for (VirtualService route : GatewayRoutes.bound(scene, services, entry)) {
            for (TcpRoute tcp : route.tcp()) {
                boolean applies = tcp.match().isEmpty() || tcp.match().stream().anyMatch(m -> matches(m, route, entry));
                if (applies) {
                    FilterChain.Builder chain = chain(
                                    entry.terminatesTls() ? serverNames(entry.hostNames()) : List.of())
                            .addAllFilters(filters(route, tcp.route(), entry))
                            .setMetadata(Provenance.place(route.origin()));
                    secure(chain, entry, DownstreamTls.HTTP_ALPN);
                    return List.of(chain.build());
                }
            }
        }
        return entry.terminatesTls() ? byServerName(entry) : List.of();
    }

    private List<Filter> filters(VirtualService route, List<WeightedDestination> to, Entry entry) {
        String name = route.metadata().name() + "." + route.metadata().namespace();
        return TcpProxies.outbound(
                scene, to, route.metadata().namespace(), entry.server().port().number(), name);
    }

    private static boolean matches(L4Match match, VirtualService route, Entry entry) {
        boolean gateway = match.gateways().isEmpty()
                || match.gateways().stream()
                        .anyMatch(g -> HttpRoutes.qualified(g, route.metadata().namespace())
                                .equals(entry.gatewayName()));
        return gateway
                && (match.port().isEmpty()
                        || match.port().getAsInt() == entry.server().port().number());
    }

    /// TLS that is passed on, opened or not, by the name that it asks for.
    private List<FilterChain> byServerName(Entry entry) {
        List<FilterChain> chains = new ArrayList<>();
        for (VirtualService route : GatewayRoutes.bound(scene, services, entry)) {
            for (TlsRoute tls : route.tls()) {
                for (L4Match match : tls.match()) {
                    if (matches(match, route, entry) && served(match.sniHosts(), entry)) {
                        FilterChain.Builder chain = chain(serverNames(match.sniHosts()))
                                .addAllFilters(filters(route, tls.route(), entry))
                                .setMetadata(Provenance.place(route.origin()));
                        secure(chain, entry, DownstreamTls.HTTP_ALPN);
                        chains.add(chain.build());
                    }
                }
            }
        }
        return chains;
    }

    private static boolean served(List<String> names, Entry entry) {
        for (String name : names) {
            for (String host : entry.hostNames()) {
                if (Hostname.matches(name, host)) {
                    return true;
                }
            }
        }
        return false;
    }
}
