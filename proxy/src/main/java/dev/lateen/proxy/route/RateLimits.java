package dev.lateen.proxy.route;

import java.util.List;

/// What a route says of rate limits.
///
/// Thread: any (immutable).
///
/// @param includesVirtualHost those of the virtual host count too
public record RateLimits(List<RateLimitPolicy> policies, boolean includesVirtualHost) {
    public static final RateLimits NONE = new RateLimits(List.of(), false);

    public RateLimits {
        policies = List.copyOf(policies);
    }
}
