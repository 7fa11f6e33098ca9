package dev.lateen.proxy.telemetry;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/// The series of one reporter and kind that one event loop writes.
///
/// Thread: its event loop.
final class LoopSeries<T extends IstioSeries> {
    private final SeriesTable<T> all;
    private final SeriesBudget budget;
    private final SeriesTable.Labels labels;
    private final Supplier<T> maker;
    private final Map<SeriesKey, T> known = new HashMap<>();
    /// As many as we have taken notice of.
    private long evictions;

    LoopSeries(SeriesTable<T> all, SeriesBudget budget, SeriesTable.Labels labels, Supplier<T> maker) {
        this.all = all;
        this.budget = budget;
        this.labels = labels;
        this.maker = maker;
    }

    /// The series of a key, which is folded where there is no room for its label set: rendering its labels to no end
    /// would cost each request.
    T find(SeriesKey key) {
        T series = known.get(key);
        return series == null || series.retired() ? make(key) : series;
    }

    private T make(SeriesKey key) {
        forgetRetired();
        LabelSet<T> set = key.isFolded() ? all.require(key, labels) : all.admit(key, labels);
        if (set == null) {
            budget.folded(key);
            key.fold();
            return find(key);
        }
        T series = maker.get();
        known.put(key.copy(), series);
        set.series.add(series);
        return series;
    }

    private void forgetRetired() {
        long now = budget.evictions();
        if (now != evictions) {
            evictions = now;
            known.values().removeIf(IstioSeries::retired);
        }
    }
}
