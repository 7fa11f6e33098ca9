package dev.lateen.control.dashboard;

import dev.lateen.dashboard.trace.Span;
import dev.lateen.kubernetes.tree.Trees;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// Asks Jaeger for traces. It knows those of a service only, so all are those of each service in turn.
///
/// Limits: as `TraceStore`; 100 services.
///
/// Source: Jaeger's query service, JSON over HTTP: `/api/services`, `/api/traces`, `/api/traces/{traceID}`.
///
/// Thread: any that may block.
///
/// @param address such as `http://jaeger-query:16686`, with the path below which it is served where it has one
public record Jaeger(URI address, InstantSource clock) implements TraceStore {
    private static final int MOST_SERVICES = 100;
    private static final int SHORT_ID = 16;

    @Override
    public List<List<Span>> traces(String service, Duration lookback, int most) throws IOException {
        Map<String, List<Span>> traces = new LinkedHashMap<>();
        for (String one : service.isEmpty() ? services() : List.of(service)) {
            for (JsonNode trace : ask(query(one, lookback, most)).path("data")) {
                if (traces.size() < most) {
                    traces.putIfAbsent(padded(Trees.text(trace, "traceID")), spans(trace));
                }
            }
        }
        return List.copyOf(traces.values());
    }

    private String query(String service, Duration lookback, int most) {
        long end = clock.millis() * 1_000;
        return "/api/traces?service=" + URLEncoder.encode(service, StandardCharsets.UTF_8) + "&limit=" + most
                + "&start=" + (end - lookback.toMillis() * 1_000) + "&end=" + end;
    }

    @Override
    public List<Span> trace(String id) throws IOException {
        return TraceStore.isId(id) ? spans(ask("/api/traces/" + id).path("data").path(0)) : List.of();
    }

    private List<String> services() throws IOException {
        return ask("/api/services")
                .path("data")
                .valueStream()
                .map(name -> name.asString(""))
                .filter(name -> !name.isEmpty())
                .sorted()
                .limit(MOST_SERVICES)
                .toList();
    }

    private JsonNode ask(String path) throws IOException {
        return new JsonApi(address, "Jaeger").ask(path);
    }

    private static List<Span> spans(JsonNode trace) {
        List<Span> spans = new ArrayList<>();
        for (JsonNode span : trace.path("spans")) {
            if (spans.size() < MOST_SPANS) {
                spans.add(span(span, trace.path("processes")));
            }
        }
        return spans;
    }

    private static Span span(JsonNode span, JsonNode processes) {
        Map<String, String> tags = new HashMap<>();
        for (JsonNode tag : span.path("tags")) {
            boolean nothing = Trees.text(tag, "key").equals("error")
                    && tag.path("value").asString("").equals("false");
            if (tags.size() < MOST_TAGS && !nothing) {
                tags.put(Trees.text(tag, "key"), tag.path("value").asString(""));
            }
        }
        return new Span(
                padded(Trees.text(span, "traceID")),
                padded(Trees.text(span, "spanID")),
                parent(span),
                Trees.text(processes.path(Trees.text(span, "processID")), "serviceName"),
                Trees.text(span, "operationName"),
                tags.getOrDefault("span.kind", "").toUpperCase(Locale.ROOT),
                span.path("startTime").asLong(0),
                span.path("duration").asLong(0),
                tags);
    }

    /// The span that called it; others that it refers to are of other traces, or did not wait for it.
    private static String parent(JsonNode span) {
        for (JsonNode reference : span.path("references")) {
            if (Trees.text(reference, "refType").equals("CHILD_OF")
                    && Trees.text(reference, "traceID").equals(Trees.text(span, "traceID"))) {
                return padded(Trees.text(reference, "spanID"));
            }
        }
        return "";
    }

    /// Jaeger leaves out zeros in front.
    private static String padded(String id) {
        int length = id.length() > SHORT_ID ? 2 * SHORT_ID : SHORT_ID;
        return id.isEmpty() || id.length() >= length ? id : "0".repeat(length - id.length()) + id;
    }
}
