package dev.lateen.translate;

import dev.lateen.model.istio.VirtualService;
import dev.lateen.model.istio.VirtualService.L4Match;
import dev.lateen.model.istio.VirtualService.TcpRoute;
import dev.lateen.model.istio.VirtualService.TlsRoute;
import dev.lateen.model.istio.VirtualService.WeightedDestination;
import dev.lateen.model.mesh.Hostname;
import dev.lateen.model.mesh.MeshService;
import dev.lateen.model.mesh.ServicePort;
import io.envoyproxy.envoy.config.core.v3.CidrRange;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Filter chains for connections that are not looked into, by server name and destination.
final class TcpChains {
    private final Scene scene;
    private final List<VirtualService> routes;

    TcpChains(Scene scene, List<VirtualService> routes) {
        this.scene = scene;
        this.routes = routes;
    }

    /// @param wide whether the listener takes connections to any address
    /// @param range of the service's addresses, if it has one
    List<FilterChain> of(MeshService service, ServicePort port, int listenPort, boolean wide, Optional<String> range) {
        List<FilterChain> chains = new ArrayList<>();
        boolean tlsRoutes = false;
        if (port.protocol().isTls() || port.protocol().isAuto()) {
            List<FilterChain> made = tls(service, listenPort, range);
            tlsRoutes = !made.isEmpty();
            chains.addAll(made);
        }
        if (port.protocol().isTls() && !tlsRoutes) {
            boolean byName = (wide || range.isPresent()) && !Hostname.isWildcard(service.hostname());
            boolean byWildName = (wide || range.isPresent())
                    && Hostname.isWildcard(service.hostname())
                    && service.hostname().length() > 1;
            FilterChainMatch.Builder match = FilterChainMatch.newBuilder();
            range.ifPresent(r -> match.addPrefixRanges(cidr(r)));
            if (byName || byWildName) {
                match.addServerNames(service.hostname());
                for (String alias : service.aliases()) {
                    match.addServerNames(alias)
                            .addAllServerNames(
                                    Domains.alternatives(alias, scene.node().dnsDomain()));
                }
            }
            chains.add(chain(match, TcpProxies.outbound(scene, service, port)).build());
            return chains;
        }
        if (port.protocol().isTls()) {
            return chains;
        }
        chains.addAll(tcp(service, port, listenPort, range));
        return distinct(chains);
    }

    /// Of chains with the same conditions the first counts; a proxy refuses a listener with more.
    static List<FilterChain> distinct(List<FilterChain> chains) {
        Map<FilterChainMatch, FilterChain> byMatch = new LinkedHashMap<>();
        chains.forEach(chain -> byMatch.putIfAbsent(canonical(chain.getFilterChainMatch()), chain));
        return List.copyOf(byMatch.values());
    }

    /// Whether one that comes late has to go because another has its conditions, and leads elsewhere than the one that
    /// has its conditions.
    static boolean collide(List<FilterChain> standing, List<FilterChain> late) {
        for (FilterChain one : late) {
            FilterChainMatch match = canonical(one.getFilterChainMatch());
            for (FilterChain other : standing) {
                if (canonical(other.getFilterChainMatch()).equals(match) && !other.equals(one)) {
                    return true;
                }
            }
        }
        return false;
    }

    /// Ranges that differ only in bits behind their prefix are one.
    private static FilterChainMatch canonical(FilterChainMatch match) {
        if (match.getPrefixRangesCount() == 0) {
            return match;
        }
        FilterChainMatch.Builder same = match.toBuilder().clearPrefixRanges();
        match.getPrefixRangesList()
                .forEach(range -> same.addPrefixRanges(range.toBuilder()
                        .setAddressPrefix(Addresses.firstOf(
                                range.getAddressPrefix(), range.getPrefixLen().getValue()))));
        return same.build();
    }

    private List<FilterChain> tls(MeshService service, int listenPort, Optional<String> range) {
        List<FilterChain> chains = new ArrayList<>();
        for (VirtualService route : routes) {
            if (!concerns(route, service)) {
                continue;
            }
            for (TlsRoute tls : route.tls()) {
                for (L4Match match : tls.match()) {
                    if (!applies(match, listenPort)) {
                        continue;
                    }
                    FilterChainMatch.Builder to = FilterChainMatch.newBuilder();
                    List<String> subnets = match.destinationSubnets().isEmpty()
                            ? range.map(List::of).orElse(List.of())
                            : match.destinationSubnets();
                    subnets.forEach(s -> to.addPrefixRanges(cidr(s)));
                    to.addAllServerNames(match.sniHosts());
                    chains.add(routed(route, to, tls.route(), listenPort).toBuilder()
                            .setMetadata(Provenance.config(route.origin()))
                            .build());
                }
            }
        }
        return chains;
    }

    private List<FilterChain> tcp(MeshService service, ServicePort port, int listenPort, Optional<String> range) {
        List<FilterChain> chains = new ArrayList<>();
        boolean takesAll = false;
        for (VirtualService route : routes) {
            if (takesAll || !concerns(route, service)) {
                continue;
            }
            for (TcpRoute tcp : route.tcp()) {
                if (tcp.match().isEmpty()) {
                    chains.add(routed(route, ranges(range.map(List::of).orElse(List.of())), tcp.route(), listenPort));
                    takesAll = true;
                    break;
                }
                for (L4Match match : tcp.match()) {
                    if (applies(match, listenPort)) {
                        List<String> subnets = match.destinationSubnets().isEmpty()
                                ? range.map(List::of).orElse(List.of())
                                : match.destinationSubnets();
                        chains.add(routed(route, ranges(subnets), tcp.route(), listenPort));
                        takesAll |= match.destinationSubnets().isEmpty();
                    }
                }
            }
            if (!chains.isEmpty()) {
                break;
            }
        }
        if (!takesAll) {
            chains.add(chain(ranges(range.map(List::of).orElse(List.of())), TcpProxies.outbound(scene, service, port))
                    .build());
        }
        return chains;
    }

    private static FilterChainMatch.Builder ranges(List<String> subnets) {
        FilterChainMatch.Builder match = FilterChainMatch.newBuilder();
        subnets.forEach(s -> match.addPrefixRanges(cidr(s)));
        return match;
    }

    private FilterChain routed(
            VirtualService route, FilterChainMatch.Builder match, List<WeightedDestination> to, int listenPort) {
        String name = route.metadata().name() + "." + route.metadata().namespace();
        return chain(match, TcpProxies.outbound(scene, to, route.metadata().namespace(), listenPort, name))
                .setMetadata(Provenance.place(route.origin()))
                .build();
    }

    private static FilterChain.Builder chain(
            FilterChainMatch.Builder match, List<io.envoyproxy.envoy.config.listener.v3.Filter> filters) {
        FilterChain.Builder chain = FilterChain.newBuilder()
                .addAllFilters(filters)
                .setTransportSocketConnectTimeout(FilterChains.HANDSHAKE_TIMEOUT);
        if (!match.build().equals(FilterChainMatch.getDefaultInstance())) {
            chain.setFilterChainMatch(match);
        }
        return chain;
    }

    private boolean concerns(VirtualService route, MeshService service) {
        for (String host : route.hosts()) {
            String full = Hostname.resolve(
                    host, route.metadata().namespace(), scene.settings().shortNames());
            if (Hostname.matches(full, service.hostname())) {
                return true;
            }
        }
        return false;
    }

    private boolean applies(L4Match match, int listenPort) {
        return (match.port().isEmpty() || match.port().getAsInt() == listenPort)
                && (match.gateways().isEmpty() || match.gateways().contains("mesh"))
                && scene.node()
                        .labels()
                        .entrySet()
                        .containsAll(match.sourceLabels().entrySet())
                && (match.sourceNamespace().isEmpty()
                        || match.sourceNamespace().equals(scene.node().namespace()));
    }

    /// An address with or without the length of its prefix.
    static CidrRange cidr(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        int length = slash < 0 ? (text.indexOf(':') >= 0 ? 128 : 32) : Integer.parseInt(text.substring(slash + 1));
        return CidrRange.newBuilder()
                .setAddressPrefix(address)
                .setPrefixLen(Protos.uint(length))
                .build();
    }
}
