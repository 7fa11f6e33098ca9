package dev.lateen.proxy.telemetry;

import dev.lateen.net.EventLoops;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// Forgets now and then what metrics nobody uses. Thread: any; the work is the first loop's.
public final class Eviction {
    private Eviction() {}

    /// @param loops not those of traffic
    public static void every(Duration interval, Stats stats, EventLoops loops) {
        long millis = Math.max(1, interval.toMillis());
        loops.at(0).scheduleAtFixedRate(stats::evictUnused, millis, millis, TimeUnit.MILLISECONDS);
    }
}
