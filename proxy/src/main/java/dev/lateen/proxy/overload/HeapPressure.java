package dev.lateen.proxy.overload;

/// How much of the heap is in use. What is garbage is only known after a collection: where the heap looks full, one is
/// asked for before anybody is refused, as often as `ForcedCollections` lets it. The collector would be about to do the
/// same.
///
/// Thread: chores loop.
final class HeapPressure {
    private static final double LOOKS_FULL = 0.80;
    private static final double LOOKS_VERY_FULL = 0.95;

    private final long maxBytes;
    private final ForcedCollections collections;
    private double live;

    /// @param maxBytes 0 for the heap's own limit
    HeapPressure(long maxBytes, ForcedCollections collections) {
        this.collections = collections;
        long limit = Runtime.getRuntime().maxMemory();
        this.maxBytes = maxBytes > 0 ? Math.min(maxBytes, limit) : limit;
    }

    double read() {
        double used = used();
        if (used < LOOKS_FULL) {
            live = used;
            return used;
        }
        if (collections.tryCollect(used >= LOOKS_VERY_FULL)) {
            live = used();
        }
        return live;
    }

    private double used() {
        Runtime runtime = Runtime.getRuntime();
        return (double) (runtime.totalMemory() - runtime.freeMemory()) / maxBytes;
    }
}
