package dev.lateen.proxy.overload;

import java.util.function.LongSupplier;

/// Decides when the heap may be collected on demand. What that costs depends on the heap and on how busy the machine
/// is, so the pause until the next one follows from what the last one took: all of them together take a tenth of the
/// time at most, and a twentieth where nothing is urgent.
///
/// Thread: chores loop.
final class ForcedCollections {
    static final long PAUSE_NANOS = 1_000_000_000L;
    static final long URGENT_PAUSE_NANOS = 200_000_000L;
    private static final int SHARE = 20;
    private static final int URGENT_SHARE = 10;

    private final LongSupplier clock;
    private final Runnable collect;
    private boolean any;
    private long endedNanos;
    private long costNanos;

    ForcedCollections() {
        this(System::nanoTime, System::gc);
    }

    /// @param clock in nanoseconds
    ForcedCollections(LongSupplier clock, Runnable collect) {
        this.clock = clock;
        this.collect = collect;
    }

    /// Collects, unless the last time is too near.
    ///
    /// @param urgent somebody is about to be refused
    boolean tryCollect(boolean urgent) {
        long now = clock.getAsLong();
        if (any && now - endedNanos < pause(urgent)) {
            return false;
        }
        collect.run();
        endedNanos = clock.getAsLong();
        costNanos = endedNanos - now;
        any = true;
        return true;
    }

    private long pause(boolean urgent) {
        return urgent
                ? Math.max(URGENT_PAUSE_NANOS, costNanos * (URGENT_SHARE - 1))
                : Math.max(PAUSE_NANOS, costNanos * (SHARE - 1));
    }
}
