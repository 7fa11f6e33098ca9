package dev.lateen.control.dashboard;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// Asks Prometheus.
///
/// Limits: 16 MiB of an answer, 10 s, 50,000 series.
///
/// Errors: `IOException` that names the address.
///
/// Thread: any that may block.
///
/// Source: Prometheus, "HTTP API", `/api/v1/query` and `/api/v1/query_range`.
///
/// @param address such as `http://prometheus:9090`
record Prometheus(URI address) {
    private static final int MOST_SERIES = 50_000;

    /// One series at one moment.
    record Sample(Map<String, String> labels, double value) {}

    record Point(Instant at, double value) {}

    List<Sample> at(String query, Instant at) throws IOException {
        List<Sample> samples = new ArrayList<>();
        for (JsonNode one : ask("/api/v1/query?time=" + seconds(at) + "&query=" + encoded(query))) {
            double value = number(one.path("value").path(1));
            if (samples.size() < MOST_SERIES && Double.isFinite(value)) {
                Map<String, String> labels = new HashMap<>();
                one.path("metric")
                        .properties()
                        .forEach(label ->
                                labels.put(label.getKey(), label.getValue().asString("")));
                samples.add(new Sample(labels, value));
            }
        }
        return samples;
    }

    /// The points of a query that has one series; none where it has none.
    List<Point> range(String query, Instant from, Instant to, Duration step) throws IOException {
        List<Point> points = new ArrayList<>();
        JsonNode result = ask("/api/v1/query_range?start=" + seconds(from) + "&end=" + seconds(to) + "&step="
                + step.toSeconds() + "&query=" + encoded(query));
        for (JsonNode point : result.path(0).path("values")) {
            double value = number(point.path(1));
            if (Double.isFinite(value)) {
                points.add(
                        new Point(Instant.ofEpochMilli(Math.round(point.path(0).asDouble(0) * 1e3)), value));
            }
        }
        return points;
    }

    private JsonNode ask(String path) throws IOException {
        return new JsonApi(address, "Prometheus").ask(path).path("data").path("result");
    }

    private static double number(JsonNode text) {
        try {
            return Double.parseDouble(text.asString("NaN"));
        } catch (NumberFormatException _) {
            return Double.NaN;
        }
    }

    private static String seconds(Instant at) {
        return Long.toString(at.getEpochSecond());
    }

    private static String encoded(String query) {
        return URLEncoder.encode(query, StandardCharsets.UTF_8);
    }
}
