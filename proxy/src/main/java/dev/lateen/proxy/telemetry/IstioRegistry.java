package dev.lateen.proxy.telemetry;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// All series of Istio's metrics by their labels, one text for each metric, over all loops and reporters.
///
/// Limits: above `maxSeries`, new label sets count under `other`, so that nobody can fill the memory by inventing
/// names.
///
/// Thread: any.
final class IstioRegistry {
    static final int DEFAULT_MAX_SERIES = 10_000;

    private final ConcurrentMap<List<String>, List<IstioSeries.Requests>> requests = new ConcurrentHashMap<>();
    private final ConcurrentMap<List<String>, List<IstioSeries.Connections>> connections = new ConcurrentHashMap<>();
    private final AtomicInteger series = new AtomicInteger();
    private final int maxSeries;

    IstioRegistry(int maxSeries) {
        this.maxSeries = maxSeries;
    }

    /// Whether a series with these labels exists or may come into being.
    boolean admits(List<String> labels) {
        return series.get() < maxSeries || requests.containsKey(labels) || connections.containsKey(labels);
    }

    void add(List<String> labels, IstioSeries.Requests numbers) {
        requests.computeIfAbsent(labels, _ -> newList()).add(numbers);
    }

    void add(List<String> labels, IstioSeries.Connections numbers) {
        connections.computeIfAbsent(labels, _ -> newList()).add(numbers);
    }

    private <T> List<T> newList() {
        series.incrementAndGet();
        return new CopyOnWriteArrayList<>();
    }

    int size() {
        return series.get();
    }

    /// What this metric shows: series by its labels, sorted.
    SortedMap<String, List<IstioSeries.Requests>> requests(IstioMetric metric) {
        return byLabels(requests, metric);
    }

    SortedMap<String, List<IstioSeries.Connections>> connections(IstioMetric metric) {
        return byLabels(connections, metric);
    }

    /// Series that differ only in tags that this metric does not show come together.
    private static <T> SortedMap<String, List<T>> byLabels(Map<List<String>, List<T>> all, IstioMetric metric) {
        SortedMap<String, List<T>> shown = new TreeMap<>();
        all.forEach((labels, series) -> {
            String text = labels.get(metric.index());
            if (!text.equals(IstioLabels.DROPPED)) {
                shown.merge(text, series, IstioRegistry::joined);
            }
        });
        return shown;
    }

    private static <T> List<T> joined(List<T> some, List<T> more) {
        List<T> all = new ArrayList<>(some);
        all.addAll(more);
        return all;
    }
}
