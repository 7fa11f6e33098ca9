package dev.lateen.proxy.ratelimit;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one request is counted as.
///
/// Source: envoy.extensions.common.ratelimit.v3.RateLimitDescriptor. Thread: any (immutable).
///
/// @param override a limit in place of the service's own, or null
/// @param hits how much the request counts; -1: not said
public record Descriptor(List<Entry> entries, @Nullable Replacement override, long hits) {
    public Descriptor {
        entries = List.copyOf(entries);
    }

    public record Entry(String key, String value) {}

    /// @param unit number of envoy.type.v3.RateLimitUnit
    public record Replacement(int requests, int unit) {}
}
