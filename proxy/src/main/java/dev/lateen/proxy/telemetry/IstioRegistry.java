package dev.lateen.proxy.telemetry;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// All series of Istio's metrics by their labels, over all loops and reporters.
///
/// Limits: above `maxSeries`, new label sets count under `other`, so that nobody can fill the memory by inventing
/// names.
///
/// Thread: any.
final class IstioRegistry {
    static final int DEFAULT_MAX_SERIES = 10_000;

    private final ConcurrentMap<String, List<IstioSeries.Requests>> requests = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, List<IstioSeries.Connections>> connections = new ConcurrentHashMap<>();
    private final AtomicInteger series = new AtomicInteger();
    private final int maxSeries;

    IstioRegistry(int maxSeries) {
        this.maxSeries = maxSeries;
    }

    /// Whether a series with these labels exists or may come into being.
    boolean admits(String labels) {
        return series.get() < maxSeries || requests.containsKey(labels) || connections.containsKey(labels);
    }

    void add(String labels, IstioSeries.Requests numbers) {
        requests.computeIfAbsent(labels, _ -> newList()).add(numbers);
    }

    void add(String labels, IstioSeries.Connections numbers) {
        connections.computeIfAbsent(labels, _ -> newList()).add(numbers);
    }

    private <T> List<T> newList() {
        series.incrementAndGet();
        return new CopyOnWriteArrayList<>();
    }

    int size() {
        return series.get();
    }

    List<Map.Entry<String, List<IstioSeries.Requests>>> requests() {
        return sorted(requests);
    }

    List<Map.Entry<String, List<IstioSeries.Connections>>> connections() {
        return sorted(connections);
    }

    private static <T> List<Map.Entry<String, List<T>>> sorted(Map<String, List<T>> map) {
        List<Map.Entry<String, List<T>>> entries = new ArrayList<>(map.entrySet());
        entries.sort(Map.Entry.comparingByKey());
        return entries;
    }
}
