package dev.lateen.translate.policy;

import dev.lateen.model.mesh.MeshSnapshot;
import dev.lateen.model.mesh.ProxyNode;
import io.envoyproxy.envoy.config.route.v3.RateLimit;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.ArrayList;
import java.util.List;

/// Rate limits and quotas as one proxy gets them.
///
/// @param filters those that need nobody first, then those that ask the rate-limit service
/// @param limits what every virtual host has the service asked about
public record RateLimiting(List<HttpFilter> filters, List<RateLimit> limits) {
    /// The cluster that leads to the rate-limit service; a proxy needs it where it has `limits`.
    public static final String CLUSTER = MeshLimits.CLUSTER;

    private static final RateLimiting NONE = new RateLimiting(List.of(), List.of());

    public static RateLimiting of(MeshSnapshot snapshot, ProxyNode node) {
        ProxyPolicies own = ProxyPolicies.of(snapshot, node);
        if (own.rateLimits().isEmpty() && own.quotas().isEmpty()) {
            return NONE;
        }
        List<HttpFilter> filters = new ArrayList<>(LocalLimits.filters(own.rateLimits()));
        filters.addAll(MeshLimits.filters(own.rateLimits(), own.quotas()));
        return new RateLimiting(List.copyOf(filters), List.copyOf(MeshLimits.limits(own.rateLimits(), own.quotas())));
    }
}
