package dev.lateen.proxy.telemetry;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Native buckets of several event loops together, for one who reads them.
///
/// Thread: one.
final class NativeSum {
    private final int most;
    private SortedMap<Integer, Long> buckets = new TreeMap<>();
    private int schema = NativeBuckets.FINEST_SCHEMA;
    private long zero;

    /// @param most how many buckets there may be in the end
    NativeSum(int most) {
        this.most = most;
    }

    /// Buckets that follow each other.
    ///
    /// @param gap from the end of those before; of the first, its index
    record Span(int gap, List<Long> counts) {}

    void add(NativeBuckets more) {
        zero += more.zero();
        NativeBuckets.Window window = more.window();
        coarsen(window.schema());
        int by = window.schema() - schema;
        for (int slot = 0; slot < window.counts().length; slot++) {
            long count = window.count(slot);
            if (count > 0) {
                buckets.merge(NativeBuckets.coarser(window.first() + slot, by), count, Long::sum);
            }
        }
        while (buckets.size() > most && schema > NativeBuckets.COARSEST_SCHEMA) {
            coarsen(schema - 1);
        }
    }

    private void coarsen(int wanted) {
        if (wanted >= schema) {
            return;
        }
        SortedMap<Integer, Long> wider = new TreeMap<>();
        int by = schema - wanted;
        buckets.forEach((index, count) -> wider.merge(NativeBuckets.coarser(index, by), count, Long::sum));
        buckets = wider;
        schema = wanted;
    }

    int schema() {
        return schema;
    }

    long zero() {
        return zero;
    }

    long total() {
        long total = zero;
        for (long count : buckets.values()) {
            total += count;
        }
        return total;
    }

    List<Span> spans() {
        List<Span> spans = new ArrayList<>();
        int next = 0;
        for (var bucket : buckets.entrySet()) {
            if (spans.isEmpty() || bucket.getKey() != next) {
                spans.add(new Span(bucket.getKey() - next, new ArrayList<>()));
            }
            spans.getLast().counts().add(bucket.getValue());
            next = bucket.getKey() + 1;
        }
        return spans;
    }
}
