package dev.lateen.proxy.telemetry;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// A distribution in buckets that grow by a factor, of which only those are kept that lie between the smallest and the
/// largest value seen: bucket `i` holds what is above 2^((i-1)/2^schema) and at most 2^(i/2^schema).
///
/// Limits: `MOST` buckets; where values lie further apart, two neighbours become one, as often as it takes. What is at
/// most
/// `ZERO_THRESHOLD` counts as nothing.
///
/// Source: Prometheus, "Native Histograms", standard schemas.
///
/// Thread: record on one thread only; read on any.
final class NativeBuckets {
    /// Neighbours differ by 9 %.
    static final int FINEST_SCHEMA = 3;

    static final int COARSEST_SCHEMA = -4;
    static final int MOST = 160;
    static final double ZERO_THRESHOLD = 0x1p-10;

    private static final int PARTS = 1 << FINEST_SCHEMA;
    private static final int SPARE = 4;
    private static final int MANTISSA_BITS = 52;
    private static final long MANTISSA = (1L << MANTISSA_BITS) - 1;
    private static final long[] BOUNDS = bounds();
    private static final VarHandle ELEMENT = MethodHandles.arrayElementVarHandle(long[].class);

    private volatile Window window = new Window(FINEST_SCHEMA, 0, new long[0]);
    private final Cell zero = new Cell();

    /// Immutable but for the numbers, which only grow.
    ///
    /// @param first index of the first bucket
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Window(int schema, int first, long[] counts) {
        long count(int slot) {
            return (long) ELEMENT.getOpaque(counts, slot);
        }
    }

    void record(double value) {
        add(value, 1);
    }

    void add(double value, long times) {
        if (!(value > ZERO_THRESHOLD)) {
            zero.add(times);
            return;
        }
        int finest = indexOf(value);
        Window now = window;
        int slot = coarser(finest, FINEST_SCHEMA - now.schema) - now.first;
        if (slot < 0 || slot >= now.counts.length) {
            now = stretched(now, finest);
            window = now;
            slot = coarser(finest, FINEST_SCHEMA - now.schema) - now.first;
        }
        ELEMENT.setOpaque(now.counts, slot, now.counts[slot] + times);
    }

    Window window() {
        return window;
    }

    long zero() {
        return zero.value();
    }

    /// A window that has a place for this bucket too.
    private static Window stretched(Window old, int finest) {
        if (old.counts.length == 0) {
            return new Window(FINEST_SCHEMA, finest - SPARE / 2, new long[SPARE]);
        }
        int schema = old.schema;
        while (true) {
            int by = old.schema - schema;
            int index = coarser(finest, FINEST_SCHEMA - schema);
            int first = Math.min(coarser(old.first, by), index);
            int last = Math.max(coarser(old.first + old.counts.length - 1, by), index);
            if (last - first < MOST || schema == COARSEST_SCHEMA) {
                long[] counts = new long[Math.max(last - first + 1, Math.min(MOST, last - first + 1 + SPARE))];
                for (int slot = 0; slot < old.counts.length; slot++) {
                    counts[coarser(old.first + slot, by) - first] += old.counts[slot];
                }
                return new Window(schema, first, counts);
            }
            schema--;
        }
    }

    /// In the finest schema.
    static int indexOf(double value) {
        long bits = Double.doubleToRawLongBits(value);
        int exponent = Math.getExponent(value);
        long mantissa = bits & MANTISSA;
        int part = 0;
        for (int step = PARTS / 2; step > 0; step /= 2) {
            if (mantissa > BOUNDS[part + step - 1]) {
                part += step;
            }
        }
        return exponent * PARTS + (mantissa > BOUNDS[part] ? part + 1 : part);
    }

    /// The bucket that holds this one when neighbours have become one so often.
    static int coarser(int index, int times) {
        return -(-index >> times);
    }

    /// Mantissas of 2^(part/PARTS).
    private static long[] bounds() {
        long[] bounds = new long[PARTS];
        for (int part = 0; part < PARTS; part++) {
            bounds[part] = Double.doubleToRawLongBits(Math.pow(2, (double) part / PARTS)) & MANTISSA;
        }
        return bounds;
    }
}
