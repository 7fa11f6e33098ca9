package dev.lateen.translate.patch;

import dev.lateen.model.istio.EnvoyFilter.Context;
import dev.lateen.model.istio.EnvoyFilter.EntryMatch;
import dev.lateen.model.istio.EnvoyFilter.HostMatch;
import dev.lateen.model.istio.EnvoyFilter.Part;
import dev.lateen.model.istio.EnvoyFilter.RouteMatch;
import dev.lateen.translate.message.MessageMerge;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/// Patches of route configurations, of their virtual hosts and routes, outermost first.
///
/// Source: Istio's reference of EnvoyFilter.
///
/// Thread: control loop.
final class RoutePatches {
    private final ProxyPatches patches;
    private final MessageMerge merge;
    private final Context context;
    private final Map<Integer, Set<Integer>> servicePorts;

    /// @param servicePorts of a gateway: the ports of its services by the port that it listens on
    RoutePatches(ProxyPatches patches, MessageMerge merge, Context context, Map<Integer, Set<Integer>> servicePorts) {
        this.patches = patches;
        this.merge = merge;
        this.context = context;
        this.servicePorts = servicePorts;
    }

    boolean any() {
        return patches.any(Part.ROUTE_CONFIGURATION, Part.VIRTUAL_HOST, Part.HTTP_ROUTE);
    }

    RouteConfiguration apply(RouteConfiguration configuration) {
        RouteConfiguration now = configuration;
        for (CompiledPatch patch : patches.of(Part.ROUTE_CONFIGURATION)) {
            if (isFor(patch, configuration)) {
                if (patch.merges()) {
                    patches.notes().applied(patch);
                    now = patch.mergedInto(now, merge);
                } else {
                    patches.notes()
                            .problem(
                                    patch,
                                    patch.operation() + " cannot be applied to a whole route configuration",
                                    "use MERGE");
                }
            }
        }
        List<CompiledPatch> hosts = meantFor(Part.VIRTUAL_HOST, configuration);
        List<CompiledPatch> routes = meantFor(Part.HTTP_ROUTE, configuration);
        if (hosts.isEmpty() && routes.isEmpty()) {
            return now;
        }
        var list = new ListPatches<>(
                VirtualHost.class,
                RoutePatches::isForHost,
                p -> hostMatch(p).isPresent(),
                host -> routes(host, routes),
                (_, items) -> items.size());
        return now.toBuilder()
                .clearVirtualHosts()
                .addAllVirtualHosts(list.apply(now.getVirtualHostsList(), hosts, merge, patches.notes()))
                .build();
    }

    private VirtualHost routes(VirtualHost host, List<CompiledPatch> ofConfiguration) {
        List<CompiledPatch> mine =
                ofConfiguration.stream().filter(p -> isForHost(p, host)).toList();
        if (mine.isEmpty()) {
            return host;
        }
        var list = new ListPatches<>(
                Route.class,
                RoutePatches::isForRoute,
                p -> entryMatch(p).isPresent(),
                UnaryOperator.identity(),
                (_, items) -> items.size());
        return host.toBuilder()
                .clearRoutes()
                .addAllRoutes(list.apply(host.getRoutesList(), mine, merge, patches.notes()))
                .build();
    }

    private List<CompiledPatch> meantFor(Part part, RouteConfiguration configuration) {
        return patches.of(part).stream().filter(p -> isFor(p, configuration)).toList();
    }

    private boolean isFor(CompiledPatch patch, RouteConfiguration configuration) {
        RouteMatch match = patch.match().routeConfiguration().orElse(null);
        if (match == null) {
            return true;
        }
        String name = configuration.getName();
        if (!match.name().isEmpty() && !match.name().equals(name)) {
            return false;
        }
        RouteName read = RouteName.parse(name, context);
        boolean port = match.port() == 0
                || read.port() == match.port()
                || servicePorts.getOrDefault(read.port(), Set.of()).contains(match.port());
        if (context != Context.GATEWAY) {
            return port;
        }
        return port
                && (match.portName().isEmpty() || match.portName().equals(read.portName()))
                && (match.gateway().isEmpty() || match.gateway().equals(read.gateway()));
    }

    private static boolean isForHost(CompiledPatch patch, VirtualHost host) {
        HostMatch match = hostMatch(patch).orElse(null);
        if (match == null) {
            return true;
        }
        if (!match.name().isEmpty()) {
            return match.name().equals(host.getName());
        }
        return match.domain().isEmpty() || host.getDomainsList().contains(match.domain());
    }

    private static boolean isForRoute(CompiledPatch patch, Route route) {
        EntryMatch match = entryMatch(patch).orElse(null);
        if (match == null) {
            return true;
        }
        if (!match.name().isEmpty()) {
            return match.name().equals(route.getName());
        }
        return switch (match.action()) {
            case "ROUTE" -> route.hasRoute();
            case "REDIRECT" -> route.hasRedirect();
            case "DIRECT_RESPONSE" -> route.hasDirectResponse();
            default -> true;
        };
    }

    private static Optional<HostMatch> hostMatch(CompiledPatch patch) {
        return patch.match().routeConfiguration().flatMap(RouteMatch::virtualHost);
    }

    private static Optional<EntryMatch> entryMatch(CompiledPatch patch) {
        return hostMatch(patch).flatMap(HostMatch::route);
    }
}
