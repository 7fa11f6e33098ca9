package dev.lateen.cli.explain;

import dev.lateen.cli.output.Json;
import dev.lateen.cli.output.Table;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// Live requests by proxy and route: how many, how many failed, how long they took. Thread: one.
public final class RouteRates {
    private final Map<Key, Numbers> byRoute = new TreeMap<>(Comparator.comparing(Key::proxy)
            .thenComparing(Key::direction)
            .thenComparing(Key::authority)
            .thenComparing(Key::route)
            .thenComparing(Key::cluster));

    private record Key(String proxy, String direction, String authority, String route, String cluster) {}

    private static final class Numbers {
        private long failed;
        private final List<Long> micros = new ArrayList<>();
    }

    public void add(Following.Batch batch) {
        for (Following.Item item : batch.items()) {
            JsonNode json = item.json();
            Key key = new Key(
                    item.proxy(),
                    Json.text(json, "direction"),
                    Json.text(json, "authority"),
                    Json.text(json, "route", "name"),
                    Json.text(json, "cluster", "name"));
            Numbers numbers = byRoute.computeIfAbsent(key, _ -> new Numbers());
            numbers.micros.add(json.path("micros").asLong(0));
            boolean failed = json.path("status").asInt(0) >= 500 || json.has("flags");
            numbers.failed += failed ? 1 : 0;
        }
    }

    /// The busiest first.
    ///
    /// @param seconds over which it was counted
    public String table(double seconds, int most) {
        Table table = new Table(2, "PROXY", "DIRECTION", "HOST", "ROUTE", "CLUSTER", "RATE", "SUCCESS", "P50", "P99");
        byRoute.entrySet().stream()
                .sorted(Comparator.comparingInt((Map.Entry<Key, Numbers> one) ->
                                one.getValue().micros.size())
                        .reversed())
                .limit(most)
                .forEach(one -> row(table, one.getKey(), one.getValue(), seconds));
        return table.isEmpty() ? "no requests\n" : table.toString();
    }

    private static void row(Table table, Key key, Numbers numbers, double seconds) {
        List<Long> sorted = new ArrayList<>(numbers.micros);
        Collections.sort(sorted);
        table.row(
                key.proxy(),
                key.direction(),
                dash(key.authority()),
                dash(key.route()),
                dash(key.cluster()),
                String.format(Locale.ROOT, "%.1f/s", sorted.size() / seconds),
                String.format(Locale.ROOT, "%.1f%%", 100.0 * (sorted.size() - numbers.failed) / sorted.size()),
                quantile(sorted, 0.5),
                quantile(sorted, 0.99));
    }

    private static String quantile(List<Long> sorted, double share) {
        int at = (int) Math.min(sorted.size() - 1L, Math.round(share * sorted.size()));
        return String.format(Locale.ROOT, "%.1fms", sorted.get(at) / 1_000.0);
    }

    private static String dash(String text) {
        return text.isEmpty() ? "-" : text;
    }
}
