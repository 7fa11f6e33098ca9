package dev.lateen.proxy.telemetry;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/// A distribution in buckets with upper bounds.
///
/// Source: Envoy's default histogram buckets, which Istio's metrics use too.
///
/// Thread: any.
public final class Histogram {
    private static final double[] BOUNDS = {
        0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000,
        3_600_000
    };

    private final String name;
    private final AtomicLongArray buckets = new AtomicLongArray(BOUNDS.length + 1);
    private final AtomicLong sumThousandths = new AtomicLong();

    Histogram(String name) {
        this.name = name;
    }

    public String name() {
        return name;
    }

    public void record(long value) {
        buckets.getAndIncrement(bucketOf((double) value));
        sumThousandths.getAndAdd(value * 1000);
    }

    /// @param nanos recorded as milliseconds
    public void recordNanos(long nanos) {
        buckets.getAndIncrement(bucketOf(nanos / 1e6));
        sumThousandths.getAndAdd(nanos / 1000);
    }

    public static double[] bounds() {
        return BOUNDS.clone();
    }

    static int bucketCount() {
        return BOUNDS.length + 1;
    }

    static int bucketOf(double value) {
        int index = Arrays.binarySearch(BOUNDS, value);
        return index >= 0 ? index : -index - 1;
    }

    /// Counts by bucket, not added up; the last is above all bounds.
    public long[] counts() {
        long[] counts = new long[buckets.length()];
        for (int index = 0; index < counts.length; index++) {
            counts[index] = buckets.get(index);
        }
        return counts;
    }

    public double sum() {
        return sumThousandths.get() / 1000.0;
    }
}
