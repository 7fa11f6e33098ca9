package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.e2e.grpc.UnaryServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Requests become spans at a collector of OpenTelemetry's protocol, by gRPC and by HTTP.
@ParameterizedClass
@EnumSource(DataPlane.class)
class OpenTelemetryIT {
    private static final String TRACE = "80f198ee56343ba864fe8b2a57d3eff7";
    private static final String PARENT = "e457b5a2e4d86bd1";
    private static final Duration SOON = Duration.ofSeconds(20);

    @Parameter
    DataPlane plane;

    private final List<ExportTraceServiceRequest> received = new CopyOnWriteArrayList<>();
    private Upstream echo;

    @BeforeEach
    void start() throws IOException {
        echo = Upstream.echo();
    }

    @AfterEach
    void stop() throws IOException {
        echo.close();
    }

    private RunningProxy traced(Bootstrap collector, String service) throws Exception {
        String tracing = """
                tracing: {random_sampling: {value: 100}, provider: {name: envoy.tracers.opentelemetry, typed_config: {
                  "@type": type.googleapis.com/envoy.config.trace.v3.OpenTelemetryConfig,
                  %s, service_name: orders.shop}}},
                """.formatted(service);
        return plane.start(collector
                .cluster("echo", echo.port())
                .http("main", tracing, "", "{match: {prefix: /}, route: {cluster: echo}}"));
    }

    private ResourceSpans afterOneRequest(RunningProxy proxy) throws IOException {
        Reply reply =
                proxy.client("main").get("/a", "host: shop.test", "traceparent: 00-" + TRACE + "-" + PARENT + "-01");
        await().atMost(SOON).until(() -> !received.isEmpty());
        ResourceSpans spans = received.getFirst().getResourceSpans(0);
        Span span = spans.getScopeSpans(0).getSpans(0);
        assertThat(reply.body().toLowerCase(java.util.Locale.ROOT))
                .contains("traceparent: 00-" + TRACE + "-"
                        + HexFormat.of().formatHex(span.getSpanId().toByteArray()) + "-01");
        return spans;
    }

    private static Map<String, String> texts(List<KeyValue> attributes) {
        return attributes.stream()
                .collect(Collectors.toMap(
                        KeyValue::getKey,
                        attribute -> attribute.getValue().getStringValue(),
                        (first, second) -> first));
    }

    private static void check(ResourceSpans spans) {
        assertThat(texts(spans.getResource().getAttributesList())).containsEntry("service.name", "orders.shop");
        Span span = spans.getScopeSpans(0).getSpans(0);
        HexFormat hex = HexFormat.of();
        assertThat(hex.formatHex(span.getTraceId().toByteArray())).isEqualTo(TRACE);
        assertThat(hex.formatHex(span.getParentSpanId().toByteArray())).isEqualTo(PARENT);
        assertThat(span.getEndTimeUnixNano()).isGreaterThanOrEqualTo(span.getStartTimeUnixNano());
        assertThat(texts(span.getAttributesList()))
                .containsEntry("http.url", "http://shop.test/a")
                .containsEntry("http.method", "GET")
                .containsEntry("upstream_cluster", "echo")
                .containsEntry("http.status_code", "200");
    }

    @Test
    void sendsSpansByGrpc() throws Exception {
        try (UnaryServer collector = UnaryServer.traces((request, answer) -> {
                    received.add(request);
                    answer.onNext(ExportTraceServiceResponse.getDefaultInstance());
                    answer.onCompleted();
                });
                RunningProxy proxy = traced(
                        new Bootstrap().grpcCluster("collector", collector.port()),
                        "grpc_service: {envoy_grpc: {cluster_name: collector}, timeout: 5s}")) {
            check(afterOneRequest(proxy));
        }
    }

    @Test
    void sendsSpansByHttp() throws Exception {
        Upstream.Script taking = (request, socket) -> {
            received.add(
                    ExportTraceServiceRequest.parseFrom(Upstream.body(request).getBytes(StandardCharsets.ISO_8859_1)));
            HttpClient.write(socket, Upstream.response(200, ""));
        };
        try (Upstream collector = new Upstream(taking);
                RunningProxy proxy = traced(
                        new Bootstrap().cluster("collector", collector.port()),
                        "http_service: {http_uri: {uri: \"http://collector.test/v1/traces\", cluster: collector,"
                                + " timeout: 5s}, request_headers_to_add: [{header: {key: x-key, value: secret}}]}")) {
            check(afterOneRequest(proxy));
            assertThat(collector.requests().getFirst())
                    .startsWith("POST /v1/traces HTTP/1.1\r\n")
                    .containsIgnoringCase("content-type: application/x-protobuf")
                    .containsIgnoringCase("x-key: secret");
        }
    }
}
