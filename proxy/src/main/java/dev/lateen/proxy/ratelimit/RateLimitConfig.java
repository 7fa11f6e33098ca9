package dev.lateen.proxy.ratelimit;

import dev.lateen.proxy.config.Fraction;
import dev.lateen.proxy.route.HeaderChanges;
import dev.lateen.proxy.route.RateLimitPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How requests are held to the limits of a service outside.
///
/// Source: envoy.extensions.filters.http.ratelimit.v3.RateLimit. Thread: any (immutable).
///
/// @param stage which of the routes' policies this filter looks at
/// @param enabled the share of requests that is asked about
/// @param enforced the share of those over their limit that is refused
public record RateLimitConfig(
        Service service,
        int stage,
        RequestType requests,
        Refusal refusal,
        Failure failure,
        Fraction enabled,
        Fraction enforced,
        String statPrefix) {
    /// Which requests are asked about.
    public enum RequestType {
        BOTH,
        INTERNAL,
        EXTERNAL
    }

    /// Whom to ask, and in which domain.
    ///
    /// @param timeout zero: none
    /// @param metadata sent along, by lower-case name
    public record Service(
            String domain, String cluster, String authority, Duration timeout, Map<String, String> metadata) {
        public Service {
            metadata = Map.copyOf(metadata);
        }
    }

    /// What those over their limit get.
    ///
    /// @param exhausted gRPC clients get RESOURCE_EXHAUSTED rather than UNAVAILABLE
    /// @param marks with `x-envoy-ratelimited`
    /// @param tellsLimits in `x-ratelimit-…`, to all
    public record Refusal(
            int status, boolean exhausted, boolean marks, boolean tellsLimits, HeaderChanges.Change headers) {}

    /// What happens where the service does not answer.
    ///
    /// @param denies refuse with this status, rather than let the request pass
    public record Failure(boolean denies, int status) {}

    /// What a route says to the filter.
    ///
    /// @param policies in place of those of the route and its virtual host
    /// @param domain empty: the filter's
    public record Route(VirtualHosts virtualHosts, Optional<List<RateLimitPolicy>> policies, String domain) {
        public static final Route NONE = new Route(VirtualHosts.OVERRIDE, Optional.empty(), "");
    }

    /// What becomes of the virtual host's policies.
    public enum VirtualHosts {
        /// They count where the route has none.
        OVERRIDE,
        INCLUDE,
        IGNORE
    }
}
