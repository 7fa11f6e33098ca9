package dev.lateen.control.ratelimit;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;

/// Where the counters of mesh-wide limits are kept.
///
/// @param redis such as `redis://host:6379`, for several control planes that count together; absent: in memory, and
///     quotas in a file beside the other state. May hold a password
/// @param mostCounters in memory
public record LimitSettings(Optional<String> redis, int mostCounters) {
    public static final LimitSettings EMBEDDED = new LimitSettings(Optional.empty(), EmbeddedStore.DEFAULT_MOST);

    public LimitSettings withRedis(String address) {
        return new LimitSettings(Optional.of(address), mostCounters);
    }

    /// @param journal the file that keeps quotas where counters are in memory
    public LimitStore open(Path journal, LimitStats stats, InstantSource clock) throws IOException {
        return redis.isPresent()
                ? RedisStore.open(redis.get(), clock)
                : EmbeddedStore.open(journal, mostCounters, stats, clock);
    }

    @Override
    public String toString() {
        return "LimitSettings[" + (redis.isPresent() ? "redis" : "embedded") + "]";
    }
}
