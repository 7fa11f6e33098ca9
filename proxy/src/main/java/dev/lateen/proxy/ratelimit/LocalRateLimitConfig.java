package dev.lateen.proxy.ratelimit;

import dev.lateen.proxy.config.Fraction;
import dev.lateen.proxy.ratelimit.RateLimitConfig.VirtualHosts;
import dev.lateen.proxy.route.HeaderChanges;
import dev.lateen.proxy.route.RateLimitPolicy;
import java.util.List;
import java.util.Optional;

/// How requests are held to limits that this proxy counts by itself.
///
/// Source: envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit. Thread: any.
///
/// @param limits those of all connections together
/// @param perConnection each connection has limits of its own
public record LocalRateLimitConfig(
        LocalLimits limits,
        boolean perConnection,
        Descriptors descriptors,
        Refusal refusal,
        Fraction enabled,
        Fraction enforced,
        HeaderChanges.Change unenforcedRequestHeaders,
        String statPrefix) {
    /// How requests are described.
    ///
    /// @param policies in place of those of routes and virtual hosts
    /// @param stage of the routes' policies
    public record Descriptors(Optional<List<RateLimitPolicy>> policies, int stage, VirtualHosts virtualHosts) {}

    /// What those over their limit get.
    ///
    /// @param exhausted gRPC clients get RESOURCE_EXHAUSTED rather than UNAVAILABLE
    /// @param tellsLimits in `x-ratelimit-…`, to all
    public record Refusal(int status, boolean exhausted, boolean tellsLimits, HeaderChanges.Change headers) {}
}
