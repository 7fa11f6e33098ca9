package dev.lateen.proxy.telemetry;

/// A distribution with one writer, in the buckets of `Histogram`.
///
/// Thread: record on one thread only; read on any.
final class HistogramCells {
    private final Cell[] buckets = new Cell[Histogram.bucketCount()];
    private final Cell sumThousandths = new Cell();

    HistogramCells() {
        for (int index = 0; index < buckets.length; index++) {
            buckets[index] = new Cell();
        }
    }

    void record(long value) {
        buckets[Histogram.bucketOf((double) value)].increment();
        sumThousandths.add(value * 1000);
    }

    /// @param nanos recorded as milliseconds
    void recordNanos(long nanos) {
        buckets[Histogram.bucketOf(nanos / 1e6)].increment();
        sumThousandths.add(nanos / 1000);
    }

    void addTo(long[] counts) {
        for (int index = 0; index < counts.length; index++) {
            counts[index] += buckets[index].value();
        }
    }

    double sum() {
        return sumThousandths.value() / 1000.0;
    }
}
