package dev.lateen.control.dashboard;

import dev.lateen.dashboard.trace.Span;
import dev.lateen.dashboard.trace.TraceDoctor;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Traces for the pages: those of a workload, one with its spans, and who loses them.
///
/// Thread: any; may block.
record TracePages(Optional<TraceStore> store) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration LOOKBACK = Duration.ofHours(1);
    private static final int MOST = 20;
    private static final int MOST_EXAMINED = 200;

    /// `service` lists its traces, `id` shows one, without either workloads are examined. Where nobody said where
    /// traces
    /// are, the answer says how to.
    Optional<JsonNode> json(Map<String, String> query) {
        ObjectNode json = JSON.createObjectNode();
        if (store.isEmpty()) {
            return Optional.of(
                    json.put(
                            "missing",
                            "Start the control plane with --zipkin URL (or LATEEN_ZIPKIN), or --jaeger URL (or LATEEN_JAEGER)."));
        }
        TraceStore traces = store.get();
        try {
            if (query.containsKey("id")) {
                spans(json.putArray("spans"), traces.trace(query.getOrDefault("id", "")));
            } else if (query.containsKey("service")) {
                ArrayNode list = json.putArray("traces");
                traces.traces(query.getOrDefault("service", ""), LOOKBACK, MOST).stream()
                        .filter(trace -> !trace.isEmpty())
                        .sorted(Comparator.comparingLong(TracePages::start).reversed())
                        .forEach(trace -> list.add(summary(trace)));
            } else {
                ArrayNode list = json.putArray("findings");
                for (TraceDoctor.Finding one : TraceDoctor.examine(traces.traces("", LOOKBACK, MOST_EXAMINED))) {
                    list.addObject()
                            .put("service", one.service())
                            .put("health", one.health().name().toLowerCase(java.util.Locale.ROOT))
                            .put("words", one.words())
                            .put("example", one.example());
                }
                TraceDoctor.FIELDS.forEach(json.putArray("fields")::add);
            }
        } catch (IOException failure) {
            json.put("failure", failure.getMessage());
        }
        return Optional.of(json);
    }

    private static ObjectNode summary(List<Span> trace) {
        Span first =
                trace.stream().min(Comparator.comparingLong(Span::startMicros)).orElseThrow();
        long end = trace.stream()
                .mapToLong(span -> span.startMicros() + span.durationMicros())
                .max()
                .orElse(0);
        ObjectNode json = JSON.createObjectNode()
                .put("id", first.trace())
                .put("name", first.name())
                .put("at", first.startMicros() / 1_000)
                .put("millis", (end - first.startMicros()) / 1e3)
                .put("spans", trace.size())
                .put("failed", trace.stream().anyMatch(Span::isFailed));
        ArrayNode services = json.putArray("services");
        new TreeSet<>(trace.stream().map(Span::service).toList()).forEach(services::add);
        return json;
    }

    private static long start(List<Span> trace) {
        return trace.stream().mapToLong(Span::startMicros).min().orElse(0);
    }

    private static void spans(ArrayNode list, List<Span> trace) {
        for (Span span : trace) {
            ObjectNode json = list.addObject()
                    .put("id", span.id())
                    .put("parent", span.parent())
                    .put("service", span.service())
                    .put("name", span.name())
                    .put("kind", span.kind())
                    .put("at", span.startMicros())
                    .put("micros", span.durationMicros())
                    .put("failed", span.isFailed());
            ObjectNode tags = json.putObject("tags");
            span.tags().entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .forEach(tag -> tags.put(tag.getKey(), tag.getValue()));
        }
    }
}
