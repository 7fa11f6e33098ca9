package dev.lateen.proxy.route;

import java.util.List;
import java.util.Optional;

/// How one descriptor for rate limits is made of a request.
///
/// Source: envoy.config.route.v3.RateLimit. Thread: any (immutable).
///
/// @param stage of the filters that look at it
/// @param override where a limit that replaces the service's own is found
/// @param onStreamDone counted when the exchange has ended, and never refused
public record RateLimitPolicy(
        int stage, List<RateLimitAction> actions, Optional<Replacement> override, Hits hits, boolean onStreamDone) {
    public RateLimitPolicy {
        actions = List.copyOf(actions);
    }

    /// A place in the metadata that filters leave.
    public record Replacement(String namespace, List<String> path) {}

    /// How much one request counts.
    ///
    /// @param number fixed; -1: not said
    /// @param format makes the number of the request
    public record Hits(long number, Optional<HeaderFormat> format) {
        public static final Hits UNSAID = new Hits(-1, Optional.empty());
    }
}
