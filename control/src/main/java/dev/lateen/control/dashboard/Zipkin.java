package dev.lateen.control.dashboard;

import dev.lateen.dashboard.trace.Span;
import dev.lateen.kubernetes.tree.Trees;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// Asks Zipkin for traces.
///
/// Thread: any that may block.
///
/// Source: Zipkin API v2, `/traces`, `/trace/{traceId}`.
///
/// @param address such as `http://zipkin:9411`
public record Zipkin(URI address) implements TraceStore {
    @Override
    public List<List<Span>> traces(String service, Duration lookback, int most) throws IOException {
        String only = service.isEmpty() ? "" : "&serviceName=" + URLEncoder.encode(service, StandardCharsets.UTF_8);
        List<List<Span>> traces = new ArrayList<>();
        for (JsonNode trace : ask("/api/v2/traces?limit=" + most + "&lookback=" + lookback.toMillis() + only)) {
            traces.add(spans(trace));
        }
        return traces;
    }

    @Override
    public List<Span> trace(String id) throws IOException {
        return TraceStore.isId(id) ? spans(ask("/api/v2/trace/" + id)) : List.of();
    }

    private JsonNode ask(String path) throws IOException {
        return new JsonApi(address, "Zipkin").ask(path);
    }

    private static List<Span> spans(JsonNode trace) {
        List<Span> spans = new ArrayList<>();
        for (JsonNode span : trace) {
            if (spans.size() < MOST_SPANS) {
                spans.add(span(span));
            }
        }
        return spans;
    }

    private static Span span(JsonNode span) {
        Map<String, String> tags = new HashMap<>();
        span.path("tags").properties().forEach(tag -> {
            if (tags.size() < MOST_TAGS) {
                tags.put(tag.getKey(), tag.getValue().asString(""));
            }
        });
        return new Span(
                Trees.text(span, "traceId"),
                Trees.text(span, "id"),
                Trees.text(span, "parentId"),
                Trees.text(span.path("localEndpoint"), "serviceName"),
                Trees.text(span, "name"),
                Trees.text(span, "kind"),
                span.path("timestamp").asLong(0),
                span.path("duration").asLong(0),
                tags);
    }
}
