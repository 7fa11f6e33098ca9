package dev.lateen.translate.proxyless;

import com.google.protobuf.Any;
import io.envoyproxy.envoy.config.route.v3.NonForwardingAction;
import io.envoyproxy.envoy.config.route.v3.RetryPolicy;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteAction.HashPolicy;
import io.envoyproxy.envoy.config.route.v3.RouteAction.MaxStreamDuration;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Routes as gRPC takes them.
///
/// Differs: what answers by itself (a redirect, a direct response) fails the call as unavailable.
///
/// Thread: any.
///
/// Source: gRFC A28 (matching), A31 (timeouts), A33 (faults), A42 (hashing), A44 (retries).
public final class ClientRoutes {
    /// The statuses that gRPC retries upon.
    public static final Set<String> RETRIED =
            Set.of("cancelled", "deadline-exceeded", "internal", "resource-exhausted", "unavailable");

    private ClientRoutes() {}

    /// The configuration of one name of a service; whatever authority a call has, it is meant for that.
    public static RouteConfiguration of(String name, VirtualHost host) {
        VirtualHost.Builder only =
                VirtualHost.newBuilder().setName(host.getName()).addDomains("*");
        for (Route route : host.getRoutesList()) {
            only.addAllRoutes(of(route));
        }
        return RouteConfiguration.newBuilder()
                .setName(name)
                .addVirtualHosts(only)
                .build();
    }

    /// None for a route that no gRPC call takes.
    static List<Route> of(Route from) {
        Route.Builder to = Route.newBuilder().setName(from.getName());
        switch (from.getActionCase()) {
            case ROUTE -> to.setRoute(action(from.getRoute()));
            case REDIRECT, DIRECT_RESPONSE, FILTER_ACTION, NON_FORWARDING_ACTION, ACTION_NOT_SET ->
                to.setNonForwardingAction(NonForwardingAction.getDefaultInstance());
        }
        Any fault = from.getTypedPerFilterConfigMap().get(ClientListeners.FAULT);
        if (fault != null) {
            to.putTypedPerFilterConfig(ClientListeners.FAULT, fault);
        }
        List<Route> routes = new ArrayList<>();
        CallMatch.of(from.getMatch())
                .forEach(match -> routes.add(to.setMatch(match).build()));
        return routes;
    }

    private static RouteAction action(RouteAction from) {
        RouteAction.Builder to = RouteAction.newBuilder();
        if (from.hasWeightedClusters()) {
            WeightedCluster.Builder parts = WeightedCluster.newBuilder();
            from.getWeightedClusters()
                    .getClustersList()
                    .forEach(part -> parts.addClusters(WeightedCluster.ClusterWeight.newBuilder()
                            .setName(part.getName())
                            .setWeight(part.getWeight())));
            to.setWeightedClusters(parts);
        } else {
            to.setCluster(from.getCluster());
        }
        if (from.getTimeout().getSeconds() > 0 || from.getTimeout().getNanos() > 0) {
            to.setMaxStreamDuration(MaxStreamDuration.newBuilder().setMaxStreamDuration(from.getTimeout()));
        }
        if (from.hasRetryPolicy()) {
            retries(from.getRetryPolicy()).ifPresent(to::setRetryPolicy);
        }
        from.getHashPolicyList().stream().filter(HashPolicy::hasHeader).forEach(to::addHashPolicy);
        return to.build();
    }

    private static Optional<RetryPolicy> retries(RetryPolicy from) {
        Set<String> statuses = new LinkedHashSet<>(List.of(from.getRetryOn().split(",")));
        statuses.retainAll(RETRIED);
        if (statuses.isEmpty() || from.getNumRetries().getValue() < 1) {
            return Optional.empty();
        }
        RetryPolicy.Builder to =
                RetryPolicy.newBuilder().setRetryOn(String.join(",", statuses)).setNumRetries(from.getNumRetries());
        if (from.hasRetryBackOff()) {
            to.setRetryBackOff(from.getRetryBackOff());
        }
        return Optional.of(to.build());
    }
}
