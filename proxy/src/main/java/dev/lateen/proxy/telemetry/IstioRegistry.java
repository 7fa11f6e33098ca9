package dev.lateen.proxy.telemetry;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// All series of Istio's metrics, over all loops and reporters.
///
/// Thread: any; `sweep` and `makeRoom` one at a time.
final class IstioRegistry {
    private final SeriesBudget budget;
    private final List<SeriesTable<IstioSeries.Requests>> requests = new CopyOnWriteArrayList<>();
    private final List<SeriesTable<IstioSeries.Messages>> messages = new CopyOnWriteArrayList<>();
    private final List<SeriesTable<IstioSeries.Connections>> connections = new CopyOnWriteArrayList<>();

    IstioRegistry(SeriesBudget budget) {
        this.budget = budget;
    }

    SeriesBudget budget() {
        return budget;
    }

    SeriesTable<IstioSeries.Requests> newRequests() {
        SeriesTable<IstioSeries.Requests> table = new SeriesTable<>(budget);
        requests.add(table);
        return table;
    }

    SeriesTable<IstioSeries.Messages> newMessages() {
        SeriesTable<IstioSeries.Messages> table = new SeriesTable<>(budget);
        messages.add(table);
        return table;
    }

    SeriesTable<IstioSeries.Connections> newConnections() {
        SeriesTable<IstioSeries.Connections> table = new SeriesTable<>(budget);
        connections.add(table);
        return table;
    }

    /// Retires what was not used since the last call.
    void sweep() {
        requests.forEach(SeriesTable::sweep);
        messages.forEach(SeriesTable::sweep);
        connections.forEach(SeriesTable::sweep);
    }

    /// Retires what was not used since the last call, where something did not fit in since then.
    void makeRoom() {
        boolean evict = budget.wantsRoom();
        requests.forEach(table -> table.makeRoom(evict));
        messages.forEach(table -> table.makeRoom(evict));
        connections.forEach(table -> table.makeRoom(evict));
    }

    /// Label sets.
    int size() {
        return budget.used();
    }

    /// What this metric shows: series by its labels, sorted.
    SortedMap<String, List<IstioSeries.Requests>> requests(IstioMetric metric) {
        return byLabels(requests, metric);
    }

    SortedMap<String, List<IstioSeries.Messages>> messages(IstioMetric metric) {
        return byLabels(messages, metric);
    }

    SortedMap<String, List<IstioSeries.Connections>> connections(IstioMetric metric) {
        return byLabels(connections, metric);
    }

    /// Label sets that differ only in tags that this metric does not show come together.
    private static <T extends IstioSeries> SortedMap<String, List<T>> byLabels(
            List<SeriesTable<T>> tables, IstioMetric metric) {
        SortedMap<String, List<T>> shown = new TreeMap<>();
        for (SeriesTable<T> table : tables) {
            for (LabelSet<T> set : table.sets()) {
                String text = set.texts.get(metric.index());
                if (!text.equals(IstioLabels.DROPPED) && !set.series.isEmpty()) {
                    shown.merge(text, set.series, IstioRegistry::joined);
                }
            }
        }
        return shown;
    }

    private static <T> List<T> joined(List<T> some, List<T> more) {
        List<T> all = new ArrayList<>(some);
        all.addAll(more);
        return all;
    }
}
