package dev.lateen.proxy.tracing;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.accesslog.JsonText;
import dev.lateen.proxy.tracing.TracingConfig.Collector;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Spans as Zipkin's API takes them. Source: Zipkin API version 2, `POST /spans`.
record ZipkinEncoder(Collector.Zipkin collector, String service) implements SpanEncoder {
    @Override
    public RequestHead head() {
        Headers headers = new Headers(2);
        headers.add("content-type", "application/json");
        return new RequestHead(HttpVersion.HTTP_1_1, "POST", "http", collector.authority(), collector.path(), headers);
    }

    @Override
    public byte[] body(List<Span> spans) {
        StringBuilder out = new StringBuilder(spans.size() * 1_024);
        char separator = '[';
        for (Span span : spans) {
            out.append(separator);
            append(span, out);
            separator = ',';
        }
        return out.append(']').toString().getBytes(StandardCharsets.UTF_8);
    }

    private void append(Span span, StringBuilder out) {
        TraceContext context = span.context();
        out.append("{\"traceId\":\"").append(context.trace());
        out.append("\",\"id\":\"").append(HexIds.text(context.span()));
        if (context.parent() != 0) {
            out.append("\",\"parentId\":\"").append(HexIds.text(context.parent()));
        }
        out.append("\",\"kind\":\"").append(span.kind());
        member("\",\"name\":\"", span.name(), out);
        out.append("\",\"timestamp\":").append(span.startMicros());
        // A span without duration looks unfinished.
        out.append(",\"duration\":").append(Math.max(1, TimeUnit.NANOSECONDS.toMicros(span.nanos())));
        if (collector.sharedContext() && span.kind() == Span.Kind.SERVER && context.parent() != 0) {
            out.append(",\"shared\":true");
        }
        member(",\"localEndpoint\":{\"serviceName\":\"", service, out);
        String address = span.address();
        if (address != null) {
            member(address.indexOf(':') < 0 ? "\",\"ipv4\":\"" : "\",\"ipv6\":\"", address, out);
        }
        out.append("\"},\"tags\":");
        char separator = '{';
        for (Span.Tag tag : span.tags()) {
            out.append(separator);
            member("\"", tag.name(), out);
            member("\":\"", tag.value(), out);
            out.append('"');
            separator = ',';
        }
        out.append(separator == '{' ? "{}}" : "}}");
    }

    private static void member(String before, String value, StringBuilder out) {
        out.append(before);
        JsonText.escape(value, out);
    }

    @Override
    public boolean isTaken(int status, Headers headers, byte[] body) {
        return status >= 200 && status < 300;
    }
}
