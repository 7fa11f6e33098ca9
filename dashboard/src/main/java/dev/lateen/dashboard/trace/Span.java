package dev.lateen.dashboard.trace;

import java.util.Map;

/// One piece of a trace, as Zipkin has it. Of Jaeger's it is made.
///
/// Source: Zipkin API v2, `Span`.
///
/// @param parent empty for the first of a trace
/// @param service who recorded it, as the mesh names services in traces: `app.namespace`
/// @param kind `SERVER`, `CLIENT` or another; empty for none
/// @param startMicros since 1970
public record Span(
        String trace,
        String id,
        String parent,
        String service,
        String name,
        String kind,
        long startMicros,
        long durationMicros,
        Map<String, String> tags) {
    public Span {
        tags = Map.copyOf(tags);
    }

    public boolean isFailed() {
        return tags.containsKey("error")
                || tags.getOrDefault("http.status_code", "").startsWith("5");
    }
}
