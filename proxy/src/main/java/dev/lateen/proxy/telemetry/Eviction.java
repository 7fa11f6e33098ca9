package dev.lateen.proxy.telemetry;

import dev.lateen.net.EventLoops;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// Forgets now and then what metrics nobody uses: where a proxy's annotation says so, and where there is no room for
/// what is new. Thread: any; the work is the first loop's.
public final class Eviction {
    /// Longer than most collectors wait, so that they have seen the last of what goes.
    private static final long ROOM_MILLIS = 60_000;

    private Eviction() {}

    /// @param loops not those of traffic
    public static void whenFull(Stats stats, EventLoops loops) {
        loops.at(0).scheduleAtFixedRate(stats::makeRoom, ROOM_MILLIS, ROOM_MILLIS, TimeUnit.MILLISECONDS);
    }

    /// @param loops not those of traffic
    public static void every(Duration interval, Stats stats, EventLoops loops) {
        long millis = Math.max(1, interval.toMillis());
        loops.at(0).scheduleAtFixedRate(stats::evictUnused, millis, millis, TimeUnit.MILLISECONDS);
    }
}
