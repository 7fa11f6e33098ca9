package dev.lateen.proxy.overload;

/// How much of the heap is in use. What is garbage is only known after a collection: where the heap looks full, one is
/// asked for before anybody is refused, at most once a second, or at once where it looks very full. The collector would
/// be about to do the same.
///
/// Thread: chores loop.
final class HeapPressure {
    private static final double LOOKS_FULL = 0.80;
    private static final double LOOKS_VERY_FULL = 0.95;
    private static final long PAUSE_NANOS = 1_000_000_000L;

    private final long maxBytes;
    private double live;
    private long collectedNanos = System.nanoTime() - PAUSE_NANOS;

    /// @param maxBytes 0 for the heap's own limit
    HeapPressure(long maxBytes) {
        long limit = Runtime.getRuntime().maxMemory();
        this.maxBytes = maxBytes > 0 ? Math.min(maxBytes, limit) : limit;
    }

    double read() {
        double used = used();
        if (used < LOOKS_FULL) {
            live = used;
            return used;
        }
        long now = System.nanoTime();
        if (used >= LOOKS_VERY_FULL || now - collectedNanos >= PAUSE_NANOS) {
            System.gc();
            collectedNanos = System.nanoTime();
            live = used();
        }
        return live;
    }

    private double used() {
        Runtime runtime = Runtime.getRuntime();
        return (double) (runtime.totalMemory() - runtime.freeMemory()) / maxBytes;
    }
}
