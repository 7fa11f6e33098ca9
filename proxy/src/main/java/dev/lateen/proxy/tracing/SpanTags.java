package dev.lateen.proxy.tracing;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.stream.Addresses;
import dev.lateen.proxy.stream.StreamInfo;
import dev.lateen.proxy.tracing.TracingConfig.CustomTag;
import org.jspecify.annotations.Nullable;

/// The tags of spans: Envoy's, and those of the configuration.
///
/// Source: Envoy, "Tracing: what data each trace contains". Thread: any (immutable).
final class SpanTags {
    private static final int SERVER_ERROR = 500;

    private final TracingConfig config;
    private final String node;

    SpanTags(TracingConfig config, String node) {
        this.config = config;
        this.node = node;
    }

    void ofRequest(Span span, StreamInfo info) {
        span.tag("node_id", node);
        RequestHead head = info.request;
        if (head != null) {
            ofHead(span, head, info);
        }
        span.tag(
                "peer.address",
                Addresses.text(
                        info.downstreamDirectRemote == null ? info.downstreamRemote : info.downstreamDirectRemote));
        span.tag("request_size", info.bytesReceived);
        span.tag("response_size", info.bytesSent);
        ofOutcome(span, info, info.status);
        for (CustomTag tag : config.tags()) {
            span.tag(tag.name(), value(tag, info));
        }
    }

    private void ofHead(Span span, RequestHead head, StreamInfo info) {
        Headers headers = head.headers();
        span.tag("guid:x-request-id", headers.get("x-request-id"));
        span.tag("http.url", url(head, info));
        span.tag("http.method", head.method());
        span.tag("http.protocol", head.version().text());
        span.tag("downstream_cluster", orDash(headers.get("x-envoy-downstream-service-cluster")));
        span.tag("user_agent", orDash(headers.get("user-agent")));
        span.tag("guid:x-client-trace-id", headers.get("x-client-trace-id"));
        String type = headers.get("content-type");
        if (type != null && type.startsWith("application/grpc")) {
            span.tag("grpc.path", head.path());
            span.tag("grpc.authority", head.authority());
            span.tag("grpc.content_type", type);
            span.tag("grpc.timeout", headers.get("grpc-timeout"));
        }
    }

    private static String orDash(@Nullable String text) {
        return text == null || text.isEmpty() ? "-" : text;
    }

    /// As the client wrote it, cut where it is long.
    private String url(RequestHead head, StreamInfo info) {
        String path = info.originalPath == null ? head.path() : info.originalPath;
        if (path.length() > config.maxUrlLength()) {
            path = path.substring(0, config.maxUrlLength());
        }
        String scheme = head.headers().get("x-forwarded-proto");
        return (scheme == null ? head.scheme() : scheme) + "://" + head.authority() + path;
    }

    void ofAttempt(Span span, StreamInfo info, int status) {
        RequestHead head = info.request;
        if (head != null) {
            span.tag("http.protocol", head.version().text());
        }
        String host = Addresses.text(info.upstreamHost);
        span.tag("upstream_address", host);
        span.tag("peer.address", host);
        ofOutcome(span, info, status);
    }

    private static void ofOutcome(Span span, StreamInfo info, int status) {
        span.tag("component", "proxy");
        span.tag("upstream_cluster", info.clusterName);
        span.tag("upstream_cluster.name", info.clusterName);
        span.tag("http.status_code", status);
        span.tag("response_flags", info.flagsText());
        String grpc = grpcField(info, "grpc-status");
        span.tag("grpc.status_code", grpc);
        if (grpc != null) {
            span.tag("grpc.message", grpcField(info, "grpc-message"));
        }
        if (status == 0 || status >= SERVER_ERROR || (grpc != null && !grpc.equals("0"))) {
            span.fail();
        }
    }

    private static @Nullable String grpcField(StreamInfo info, String name) {
        String value = info.responseTrailers == null ? null : info.responseTrailers.get(name);
        return value != null || info.responseHeaders == null ? value : info.responseHeaders.get(name);
    }

    private static @Nullable String value(CustomTag tag, StreamInfo info) {
        return switch (tag) {
            case CustomTag.Literal literal -> literal.value();
            case CustomTag.Header header -> {
                RequestHead head = info.request;
                String value = head == null ? null : head.headers().get(header.header());
                yield value == null ? header.otherwise() : value;
            }
            case CustomTag.Formatted formatted -> formatted.format().line(info);
            case CustomTag.RequestMetadata metadata -> {
                Object value = info.metadata(metadata.namespace(), metadata.path());
                yield value == null ? metadata.otherwise() : value.toString();
            }
        };
    }
}
