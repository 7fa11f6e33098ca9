package dev.lateen.translate.patch;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.lateen.model.istio.EnvoyFilter.ChainMatch;
import dev.lateen.model.istio.EnvoyFilter.ListenerMatch;
import dev.lateen.model.istio.EnvoyFilter.Part;
import dev.lateen.translate.message.MessageMerge;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilter;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/// Patches of listeners and of all that stands in them, outermost first: listener, listener filters, filter chains,
/// network filters, HTTP filters.
///
/// Source: Istio's reference of EnvoyFilter.
///
/// Thread: control loop.
final class ListenerPatches {
    private static final Set<String> VIRTUAL = Set.of("virtualInbound", "virtualOutbound");

    private final ProxyPatches patches;
    private final MessageMerge merge;
    private final UnaryOperator<RouteConfiguration> routes;

    /// @param routes patches the routes that stand in a connection manager
    ListenerPatches(ProxyPatches patches, MessageMerge merge, UnaryOperator<RouteConfiguration> routes) {
        this.patches = patches;
        this.merge = merge;
        this.routes = routes;
    }

    boolean any() {
        return patches.any(
                Part.LISTENER, Part.LISTENER_FILTER, Part.FILTER_CHAIN, Part.NETWORK_FILTER, Part.HTTP_FILTER);
    }

    /// Empty where it is removed.
    Optional<Listener> apply(Listener listener) {
        return patches.changed(
                        Part.LISTENER,
                        listener,
                        patch -> isFor(patch, listener) && isPort(patch, listener),
                        this::merged)
                .map(now -> chains(filters(now)));
    }

    /// The listeners that are added.
    List<Listener> added() {
        return patches.added(Part.LISTENER, Listener.class, _ -> true);
    }

    private <M extends Message> M merged(CompiledPatch patch, M message) {
        return patch.mergedInto(message, merge);
    }

    private Listener filters(Listener listener) {
        List<CompiledPatch> mine = patches.of(Part.LISTENER_FILTER).stream()
                .filter(p -> isFor(p, listener))
                .toList();
        if (mine.isEmpty()) {
            return listener;
        }
        var list = new ListPatches<>(
                ListenerFilter.class,
                (p, filter) -> named(filterName(p), filter.getName()),
                p -> !filterName(p).isEmpty(),
                UnaryOperator.identity(),
                (_, items) -> items.size());
        return listener.toBuilder()
                .clearListenerFilters()
                .addAllListenerFilters(list.apply(listener.getListenerFiltersList(), mine, merge, patches.notes()))
                .build();
    }

    private Listener chains(Listener listener) {
        Listener.Builder now = listener.toBuilder().clearFilterChains();
        for (FilterChain chain : listener.getFilterChainsList()) {
            chain(listener, chain).ifPresent(now::addFilterChains);
        }
        if (listener.hasDefaultFilterChain()) {
            now.clearDefaultFilterChain();
            chain(listener, listener.getDefaultFilterChain()).ifPresent(now::setDefaultFilterChain);
        }
        now.addAllFilterChains(patches.added(Part.FILTER_CHAIN, FilterChain.class, patch -> isFor(patch, listener)));
        return now.build();
    }

    private Optional<FilterChain> chain(Listener listener, FilterChain chain) {
        return patches.changed(Part.FILTER_CHAIN, chain, patch -> isFor(patch, listener, chain), this::merged)
                .map(now -> networkFilters(listener, now));
    }

    private FilterChain networkFilters(Listener listener, FilterChain chain) {
        List<CompiledPatch> mine = inChain(Part.NETWORK_FILTER, listener, chain);
        List<CompiledPatch> below = inChain(Part.HTTP_FILTER, listener, chain);
        boolean inner = !below.isEmpty() || patches.any(Part.ROUTE_CONFIGURATION, Part.VIRTUAL_HOST, Part.HTTP_ROUTE);
        if (mine.isEmpty() && !inner) {
            return chain;
        }
        var list = new ListPatches<>(
                Filter.class,
                (p, filter) -> named(networkName(p), filter.getName()),
                p -> !networkName(p).isEmpty(),
                filter -> inner ? connectionManager(filter, below) : filter,
                (_, items) -> items.size());
        return chain.toBuilder()
                .clearFilters()
                .addAllFilters(list.apply(chain.getFiltersList(), mine, merge, patches.notes()))
                .build();
    }

    private Filter connectionManager(Filter filter, List<CompiledPatch> below) {
        if (!filter.getTypedConfig().is(HttpConnectionManager.class)) {
            return filter;
        }
        List<CompiledPatch> mine = below.stream()
                .filter(p -> named(networkName(p), filter.getName()))
                .toList();
        HttpConnectionManager manager = unpacked(filter);
        HttpConnectionManager.Builder now = manager.toBuilder();
        if (!mine.isEmpty()) {
            var list = new ListPatches<>(
                    HttpFilter.class,
                    (p, item) -> named(httpName(p), item.getName()),
                    p -> !httpName(p).isEmpty(),
                    UnaryOperator.identity(),
                    ListenerPatches::place);
            now.clearHttpFilters()
                    .addAllHttpFilters(list.apply(manager.getHttpFiltersList(), mine, merge, patches.notes()));
        }
        if (manager.hasRouteConfig()) {
            now.setRouteConfig(routes.apply(manager.getRouteConfig()));
        }
        HttpConnectionManager patched = now.build();
        return patched.equals(manager)
                ? filter
                : filter.toBuilder().setTypedConfig(Any.pack(patched)).build();
    }

    private static HttpConnectionManager unpacked(Filter filter) {
        try {
            return filter.getTypedConfig().unpack(HttpConnectionManager.class);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("it was encoded here: " + filter.getName(), e);
        }
    }

    /// Where `ADD` puts an HTTP filter: what stands behind the router is never reached, so it goes before.
    private static int place(CompiledPatch patch, List<HttpFilter> filters) {
        int end = filters.size();
        if (end > 0 && filters.getLast().getName().equals("envoy.filters.http.router")) {
            end--;
        }
        return FilterPlaces.of(patch.patch().filterClass(), filters, end);
    }

    private List<CompiledPatch> inChain(Part part, Listener listener, FilterChain chain) {
        return patches.of(part).stream().filter(p -> isFor(p, listener, chain)).toList();
    }

    private static boolean isFor(CompiledPatch patch, Listener listener) {
        ListenerMatch match = patch.match().listener().orElse(null);
        if (match == null) {
            return true;
        }
        if (!match.name().isEmpty() && !match.name().equals(listener.getName())) {
            return false;
        }
        // What stands in a virtual listener may be of any port: its chains know theirs.
        return VIRTUAL.contains(listener.getName()) || isPort(patch, listener);
    }

    private static boolean isPort(CompiledPatch patch, Listener listener) {
        int port = patch.match().listener().map(ListenerMatch::port).orElse(0);
        return port == 0 || listener.getAddress().getSocketAddress().getPortValue() == port;
    }

    private static boolean isFor(CompiledPatch patch, Listener listener, FilterChain chain) {
        if (!isFor(patch, listener)) {
            return false;
        }
        ListenerMatch match = patch.match().listener().orElse(null);
        if (match == null) {
            return true;
        }
        FilterChainMatch of = chain.getFilterChainMatch();
        boolean otherPort = VIRTUAL.contains(listener.getName())
                && match.port() != 0
                && of.getDestinationPort().getValue() != match.port();
        return !otherPort && match.filterChain().map(m -> isFor(m, chain, of)).orElse(true);
    }

    private static boolean isFor(ChainMatch match, FilterChain chain, FilterChainMatch of) {
        return (match.name().isEmpty() || match.name().equals(chain.getName()))
                && (match.sni().isEmpty() || of.getServerNamesList().contains(match.sni()))
                && (match.transportProtocol().isEmpty()
                        || match.transportProtocol().equals(of.getTransportProtocol()))
                && of.getApplicationProtocolsList().containsAll(match.applicationProtocols())
                && (match.destinationPort() == 0
                        || match.destinationPort() == of.getDestinationPort().getValue());
    }

    private static String filterName(CompiledPatch patch) {
        return patch.match().listener().map(ListenerMatch::listenerFilter).orElse("");
    }

    private static String networkName(CompiledPatch patch) {
        return chainMatch(patch).map(ChainMatch::filter).orElse("");
    }

    private static String httpName(CompiledPatch patch) {
        return chainMatch(patch).map(ChainMatch::subFilter).orElse("");
    }

    private static Optional<ChainMatch> chainMatch(CompiledPatch patch) {
        return patch.match().listener().flatMap(ListenerMatch::filterChain);
    }

    private static boolean named(String wanted, String name) {
        return wanted.isEmpty() || FilterPlaces.current(wanted).equals(name);
    }
}
