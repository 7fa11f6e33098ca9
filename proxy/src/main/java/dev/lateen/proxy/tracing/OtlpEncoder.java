package dev.lateen.proxy.tracing;

import com.google.protobuf.ByteString;
import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.cluster.GrpcMessages;
import dev.lateen.proxy.collector.OtlpAttributes;
import dev.lateen.proxy.tracing.TracingConfig.Collector;
import dev.lateen.proxy.tracing.TracingConfig.Endpoint;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Status;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Spans in OpenTelemetry's protocol, by gRPC or by HTTP. Source: OTLP 1, `TraceService/Export` and `POST /v1/traces`.
final class OtlpEncoder implements SpanEncoder {
    private static final String METHOD = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
    private static final int HALF = 8;

    private final Collector.OpenTelemetry collector;
    private final Resource resource;

    OtlpEncoder(Collector.OpenTelemetry collector, String serviceCluster) {
        this.collector = collector;
        String service = collector.service().isEmpty() ? serviceCluster : collector.service();
        Resource.Builder built = Resource.newBuilder().addAttributes(OtlpAttributes.text("service.name", service));
        collector.attributes().forEach((name, value) -> {
            if (!name.equals("service.name")) {
                built.addAttributes(OtlpAttributes.text(name, value));
            }
        });
        this.resource = built.build();
    }

    @Override
    public RequestHead head() {
        return switch (collector.endpoint()) {
            case Endpoint.Grpc(String authority) ->
                GrpcMessages.head(authority, METHOD, collector.timeout(), collector.headers());
            case Endpoint.Http(String authority, String path) -> {
                Headers headers = new Headers(4);
                headers.add("content-type", "application/x-protobuf");
                collector.headers().forEach(headers::set);
                yield new RequestHead(HttpVersion.HTTP_1_1, "POST", "http", authority, path, headers);
            }
        };
    }

    @Override
    public byte[] body(List<Span> spans) {
        ScopeSpans.Builder scope = ScopeSpans.newBuilder();
        for (Span span : spans) {
            scope.addSpans(encode(span));
        }
        byte[] message = ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(
                        ResourceSpans.newBuilder().setResource(resource).addScopeSpans(scope))
                .build()
                .toByteArray();
        return collector.endpoint() instanceof Endpoint.Grpc ? GrpcMessages.frame(message) : message;
    }

    private static io.opentelemetry.proto.trace.v1.Span encode(Span span) {
        TraceContext context = span.context();
        long start = TimeUnit.MICROSECONDS.toNanos(span.startMicros());
        var encoded = io.opentelemetry.proto.trace.v1.Span.newBuilder()
                .setTraceId(ByteString.copyFrom(ByteBuffer.allocate(2 * HALF)
                        .putLong(context.high())
                        .putLong(context.low())
                        .flip()))
                .setSpanId(id(context.span()))
                .setName(span.name())
                .setKind(
                        span.kind() == Span.Kind.SERVER
                                ? io.opentelemetry.proto.trace.v1.Span.SpanKind.SPAN_KIND_SERVER
                                : io.opentelemetry.proto.trace.v1.Span.SpanKind.SPAN_KIND_CLIENT)
                .setStartTimeUnixNano(start)
                .setEndTimeUnixNano(start + span.nanos());
        if (context.parent() != 0) {
            encoded.setParentSpanId(id(context.parent()));
        }
        for (Span.Tag tag : span.tags()) {
            encoded.addAttributes(OtlpAttributes.text(tag.name(), tag.value()));
        }
        if (span.failed()) {
            encoded.setStatus(Status.newBuilder().setCode(Status.StatusCode.STATUS_CODE_ERROR));
        }
        return encoded.build();
    }

    private static ByteString id(long id) {
        return ByteString.copyFrom(ByteBuffer.allocate(HALF).putLong(id).flip());
    }

    @Override
    public boolean isTaken(int status, Headers headers, byte[] body) {
        return collector.endpoint() instanceof Endpoint.Grpc
                ? GrpcMessages.isOk(status, headers)
                : status >= 200 && status < 300;
    }
}
