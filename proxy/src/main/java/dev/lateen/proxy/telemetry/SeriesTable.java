package dev.lateen.proxy.telemetry;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The label sets of one reporter and kind, over all loops, within the budget of the whole proxy.
///
/// A label set that nobody used between two sweeps is retired: it is shown no more, and who still holds its series
/// begins a new one when it comes again. What was counted in the very moment of retiring is found by the next sweep,
/// which shows the set again, so that nothing is lost.
///
/// Thread: any; `sweep` and `makeRoom` one at a time.
final class SeriesTable<T extends IstioSeries> {
    private final SeriesBudget budget;
    private final ConcurrentMap<SeriesKey, LabelSet<T>> sets = new ConcurrentHashMap<>();
    private final Map<SeriesKey, LabelSet<T>> retired = new ConcurrentHashMap<>();

    /// How label sets of a kind are written.
    @FunctionalInterface
    interface Labels {
        List<String> of(SeriesKey key);
    }

    SeriesTable(SeriesBudget budget) {
        this.budget = budget;
    }

    /// Null where it does not exist and there is no room for it.
    @Nullable
    LabelSet<T> admit(SeriesKey key, Labels labels) {
        LabelSet<T> known = sets.get(key);
        if (known != null) {
            return known;
        }
        return budget.take() ? create(key, labels) : null;
    }

    /// Whether there is room or not, for the few that all others are folded into.
    LabelSet<T> require(SeriesKey key, Labels labels) {
        LabelSet<T> known = sets.get(key);
        if (known != null) {
            return known;
        }
        budget.takeAnyway();
        return create(key, labels);
    }

    private LabelSet<T> create(SeriesKey key, Labels labels) {
        LabelSet<T> made = new LabelSet<>(labels.of(key));
        LabelSet<T> other = sets.putIfAbsent(key.copy(), made);
        if (other != null) {
            budget.giveBack();
            return other;
        }
        return made;
    }

    Iterable<LabelSet<T>> sets() {
        return sets.values();
    }

    void sweep() {
        restore();
        retire(LabelSet::isIdle, true);
    }

    /// @param evict whether what is idle goes; else it is only noted
    void makeRoom(boolean evict) {
        restore();
        retire(LabelSet::isIdleForRoom, evict);
    }

    private void restore() {
        retired.forEach(this::restoreIfUsed);
        retired.clear();
    }

    private void retire(Predicate<LabelSet<T>> idle, boolean evict) {
        List<SeriesKey> found = new ArrayList<>();
        sets.forEach((key, set) -> {
            if (idle.test(set) && evict) {
                found.add(key);
            }
        });
        for (SeriesKey key : found) {
            LabelSet<T> set = sets.remove(key);
            if (set != null) {
                set.retire();
                retired.put(key, set);
                budget.evicted();
            }
        }
    }

    private void restoreIfUsed(SeriesKey key, LabelSet<T> set) {
        if (set.isUsedAgain()) {
            require(key, _ -> set.texts).series.addAll(set.series);
        }
    }
}
