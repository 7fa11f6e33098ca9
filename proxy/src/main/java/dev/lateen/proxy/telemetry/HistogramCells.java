package dev.lateen.proxy.telemetry;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// A distribution with one writer, in the buckets of `Histogram`, each with the last trace that fell into it, and in
/// native
/// ones from the first time on that somebody asks for them. What was counted before stands at its bucket's upper bound
/// there.
///
/// Limits: an exemplar stays for a second at least, so that traffic of which every request is sampled costs no object
/// each.
///
/// Thread: record on one thread only; read on any.
final class HistogramCells {
    private static final VarHandle ELEMENT = MethodHandles.arrayElementVarHandle(long[].class);
    private static final VarHandle NATIVES;
    private static final NativeBuckets ASKED_FOR = new NativeBuckets();

    static {
        try {
            NATIVES = MethodHandles.lookup().findVarHandle(HistogramCells.class, "natives", NativeBuckets.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final long EXEMPLAR_MILLIS = 1_000;
    private static final int SUM = Histogram.bucketCount();

    /// Counts by bucket, then the sum in thousandths: one object, where one for each would cost thrice the memory.
    private final long[] numbers = new long[SUM + 1];
    /// Made with the first one. Read by others without a barrier: each is immutable, and a late one is soon enough.
    private @Nullable Exemplar @Nullable [] exemplars;
    /// None, or `ASKED_FOR` by a reader, or those of the writer.
    private @Nullable NativeBuckets natives;

    void record(long value) {
        if (natives != null) {
            toNatives((double) value);
        }
        add(Histogram.bucketOf((double) value), 1);
        add(SUM, value * 1000);
    }

    /// @param nanos recorded as milliseconds
    void recordNanos(long nanos) {
        if (natives != null) {
            toNatives(nanos / 1e6);
        }
        add(Histogram.bucketOf(nanos / 1e6), 1);
        add(SUM, nanos / 1000);
    }

    private void toNatives(double value) {
        NativeBuckets own = natives;
        if (own == ASKED_FOR) {
            NativeBuckets made = fromCounts();
            made.record(value);
            NATIVES.setRelease(this, made);
        } else if (own != null) {
            own.record(value);
        }
    }

    /// What they would be now, had each value been its bucket's upper bound.
    private NativeBuckets fromCounts() {
        NativeBuckets made = new NativeBuckets();
        double[] bounds = Histogram.bounds();
        for (int index = 0; index < SUM; index++) {
            long count = value(index);
            if (count > 0) {
                made.add(index < bounds.length ? bounds[index] : 2 * bounds[index - 1], count);
            }
        }
        return made;
    }

    /// From now on they are kept.
    NativeBuckets natives() {
        NATIVES.compareAndSet(this, (NativeBuckets) null, ASKED_FOR);
        NativeBuckets now = (NativeBuckets) NATIVES.getAcquire(this);
        return now == ASKED_FOR ? fromCounts() : now;
    }

    /// As `Cell` does it.
    private void add(int index, long amount) {
        ELEMENT.setOpaque(numbers, index, numbers[index] + amount);
    }

    private long value(int index) {
        return (long) ELEMENT.getOpaque(numbers, index);
    }

    /// Notes the trace of a value that has been recorded.
    void exemplar(long nanos, String traceId, long epochMillis) {
        @Nullable Exemplar[] kept = exemplars;
        if (kept == null) {
            kept = new Exemplar[SUM];
            exemplars = kept;
        }
        int bucket = Histogram.bucketOf(nanos / 1e6);
        Exemplar last = kept[bucket];
        if (last == null || epochMillis - last.epochMillis() >= EXEMPLAR_MILLIS) {
            kept[bucket] = new Exemplar(traceId, nanos / 1e6, epochMillis);
        }
    }

    void addTo(long[] counts) {
        for (int index = 0; index < counts.length; index++) {
            counts[index] += value(index);
        }
    }

    /// Puts in those that are newer than what is there.
    void addTo(@Nullable Exemplar[] newest) {
        @Nullable Exemplar[] kept = exemplars;
        if (kept == null) {
            return;
        }
        for (int index = 0; index < newest.length; index++) {
            Exemplar own = kept[index];
            Exemplar other = newest[index];
            if (own != null && (other == null || own.isNewerThan(other))) {
                newest[index] = own;
            }
        }
    }

    double sum() {
        return value(SUM) / 1000.0;
    }
}
