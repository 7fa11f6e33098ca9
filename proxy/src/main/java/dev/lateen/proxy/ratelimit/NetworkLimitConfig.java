package dev.lateen.proxy.ratelimit;

import dev.lateen.proxy.route.HeaderFormat;
import java.util.List;

/// How connections are held to a rate.
///
/// Thread: any (immutable).
public sealed interface NetworkLimitConfig {
    /// In the names of numbers.
    String statPrefix();

    /// A service is asked about each.
    ///
    /// Source: envoy.extensions.filters.network.ratelimit.v3.RateLimit.
    ///
    /// @param denies connections where the service does not answer
    record Asked(RateLimitConfig.Service service, List<Described> descriptors, boolean denies, String statPrefix)
            implements NetworkLimitConfig {
        public Asked {
            descriptors = List.copyOf(descriptors);
        }
    }

    /// A descriptor whose values may hold command operators.
    ///
    /// @param keys in the order of their values
    record Described(List<String> keys, List<HeaderFormat> values) {}

    /// This proxy counts.
    ///
    /// Source: envoy.extensions.filters.network.local_ratelimit.v3.LocalRateLimit.
    ///
    /// @param enabled whether it limits at all
    record Local(TokenBucket.Size size, boolean enabled, String statPrefix) implements NetworkLimitConfig {}
}
