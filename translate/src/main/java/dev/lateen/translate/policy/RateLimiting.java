package dev.lateen.translate.policy;

import com.google.protobuf.Any;
import dev.lateen.model.mesh.MeshSnapshot;
import dev.lateen.model.mesh.ProxyNode;
import io.envoyproxy.envoy.config.route.v3.RateLimit;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.extensions.filters.http.ratelimit.v3.RateLimitPerRoute;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/// Rate limits and quotas as one proxy gets them.
///
/// @param filters those that need nobody first, then those that ask the rate-limit service
/// @param limits what every virtual host has the service asked about
/// @param ofRoutes what single routes have besides, by the name that a virtual service gives them
public record RateLimiting(List<HttpFilter> filters, List<RateLimit> limits, Map<String, List<RateLimit>> ofRoutes) {
    /// The cluster that leads to the rate-limit service; a proxy needs it where it `asks`.
    public static final String CLUSTER = MeshLimits.CLUSTER;

    /// Limits of a route otherwise take the place of its virtual host's.
    private static final Any BESIDES = Any.pack(RateLimitPerRoute.newBuilder()
            .setVhRateLimits(RateLimitPerRoute.VhRateLimitsOptions.INCLUDE)
            .build());

    public static final RateLimiting NONE = new RateLimiting(List.of(), List.of(), Map.of());

    public static RateLimiting of(MeshSnapshot snapshot, ProxyNode node) {
        ProxyPolicies own = ProxyPolicies.of(snapshot, node);
        if (own.rateLimits().isEmpty() && own.quotas().isEmpty()) {
            return NONE;
        }
        List<HttpFilter> filters = new ArrayList<>(LocalLimits.filters(own.rateLimits()));
        filters.addAll(MeshLimits.filters(own.rateLimits(), own.quotas()));
        List<RateLimit> everywhere = new ArrayList<>();
        Map<String, List<RateLimit>> ofRoutes = new LinkedHashMap<>();
        MeshLimits.limits(own.rateLimits(), own.quotas()).forEach(limit -> limit.addTo(everywhere, ofRoutes));
        LocalLimits.ofRoutes(own.rateLimits()).forEach(limit -> limit.addTo(everywhere, ofRoutes));
        return new RateLimiting(List.copyOf(filters), List.copyOf(everywhere), Map.copyOf(ofRoutes));
    }

    /// Whether requests are asked about.
    public boolean asks() {
        return filters.stream().anyMatch(MeshLimits::asks);
    }

    /// Adds to a route what it is limited by; what holds everywhere still does.
    ///
    /// @param name as the virtual service has it
    public void limit(Route.Builder route, String name) {
        List<RateLimit> own = ofRoutes.getOrDefault(name, List.of());
        if (!own.isEmpty()) {
            route.getRouteBuilder().addAllRateLimits(own);
        }
        if (!own.isEmpty() && asks()) {
            route.putTypedPerFilterConfig(MeshLimits.NAME, BESIDES);
        }
    }

    /// @param routes empty where it holds for all
    record Placed(RateLimit limit, List<String> routes) {
        void addTo(List<RateLimit> everywhere, Map<String, List<RateLimit>> ofRoutes) {
            if (routes.isEmpty()) {
                everywhere.add(limit);
            }
            for (String route : new LinkedHashSet<>(routes)) {
                ofRoutes.computeIfAbsent(route, _ -> new ArrayList<>()).add(limit);
            }
        }
    }
}
