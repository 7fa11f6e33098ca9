package dev.lateen.proxy.telemetry;

import dev.lateen.net.EventLoops;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// Forgets now and then what metrics nobody uses: where a proxy's annotation says so, and where there is no room for
/// what is new. Thread: any; the work is the first loop's.
public final class Eviction {
    /// What came once an hour would begin at nothing each time, and collectors would get as many new series as there
    /// is room for, were it less.
    private static final long ROOM_MILLIS = 3_600_000;

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
