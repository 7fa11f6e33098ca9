package dev.lateen.proxy.route;

import dev.lateen.net.http.Headers;
import java.util.List;

/// The routes of some domains.
///
/// Source: envoy.config.route.v3.VirtualHost. Thread: any (immutable).
///
/// @param domains exact, `*.suffix`, `prefix.*` or `*`; lower case
public record VirtualHostConfig(
        String name,
        List<String> domains,
        List<Route> routes,
        HeaderChanges headers,
        FilterOverrides overrides,
        TlsRequirement tls,
        AttemptCount attemptCount,
        List<RateLimitPolicy> rateLimits) {
    /// Before the names of the numbers of one of its routes that has a `stat_prefix`.
    String statPrefix(Route route) {
        return "vhost." + name + ".route." + route.statPrefix() + ".";
    }

    /// Whether plaintext requests are redirected to https.
    public enum TlsRequirement {
        NONE,
        EXTERNAL_ONLY,
        ALL;

        /// @param headers as sanitized, so that no client claims to be internal
        boolean refuses(Headers headers) {
            boolean wanted = switch (this) {
                case NONE -> false;
                case EXTERNAL_ONLY -> !"true".equals(headers.get("x-envoy-internal"));
                case ALL -> true;
            };
            return wanted && !"https".equals(headers.get("x-forwarded-proto"));
        }
    }

    /// Where `x-envoy-attempt-count` is shown.
    public record AttemptCount(boolean inRequest, boolean inResponse) {
        public static final AttemptCount NONE = new AttemptCount(false, false);
    }
}
