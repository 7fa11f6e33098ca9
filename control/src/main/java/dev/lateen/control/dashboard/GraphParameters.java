package dev.lateen.control.dashboard;

import dev.lateen.dashboard.graph.GraphQuery;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// What a page asks of the graph, from the parameters of its address. What cannot be read is as if it were not there.
///
/// Limits: spans between 2 s and an hour; 100 namespaces.
///
/// Thread: any.
///
/// @param at the end of the span for a look back; empty for now
record GraphParameters(GraphQuery query, Optional<Instant> at) {
    private static final int MOST_NAMESPACES = 100;
    private static final long SHORTEST_SECONDS = 2;
    private static final long LONGEST_SECONDS = 3_600;
    private static final long USUAL_SECONDS = 10;

    static GraphParameters of(Map<String, String> query) {
        Set<String> namespaces = Arrays.stream(
                        query.getOrDefault("namespaces", "").split(",", MOST_NAMESPACES))
                .filter(name -> !name.isBlank())
                .collect(Collectors.toSet());
        long seconds = Math.clamp(number(query, "window").orElse(USUAL_SECONDS), SHORTEST_SECONDS, LONGEST_SECONDS);
        return new GraphParameters(
                new GraphQuery(
                        type(query.getOrDefault("type", "")),
                        Duration.ofSeconds(seconds),
                        namespaces,
                        query.getOrDefault("services", "").equals("true"),
                        query.getOrDefault("idle", "").equals("true")),
                number(query, "at").map(Instant::ofEpochMilli));
    }

    private static GraphQuery.Type type(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "app" -> GraphQuery.Type.APP;
            case "workload" -> GraphQuery.Type.WORKLOAD;
            case "service" -> GraphQuery.Type.SERVICE;
            default -> GraphQuery.Type.VERSIONED_APP;
        };
    }

    private static Optional<Long> number(Map<String, String> query, String name) {
        try {
            return Optional.ofNullable(query.get(name)).map(Long::parseLong);
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }
}
