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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Requests become spans at a collector of OpenTelemetry's protocol, by gRPC and by HTTP.
@ParameterizedClass
@EnumSource(DataPlane.class)
class OpenTelemetryIT {
    private static final String TRACE = "80f198ee56343ba864fe8b2a57d3eff7";
    private static final String PARENT = "e457b5a2e4d86bd1";
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int LOAD = 400;
    private static final int DECIDED = 20;
    private static final String GRPC = "grpc_service: {envoy_grpc: {cluster_name: collector}, timeout: 5s}";
    private static final String HTTP =
            "http_service: {http_uri: {uri: \"http://collector.test/v1/traces\", cluster: collector, timeout: 5s},"
                    + " request_headers_to_add: [{header: {key: x-key, value: secret}}]}";

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
        return traced(100, collector, service);
    }

    /// @param share percent of requests that are traced
    private RunningProxy traced(int share, Bootstrap collector, String service) throws Exception {
        String tracing = """
                tracing: {random_sampling: {value: %d}, provider: {name: envoy.tracers.opentelemetry, typed_config: {
                  "@type": type.googleapis.com/envoy.config.trace.v3.OpenTelemetryConfig,
                  %s, service_name: orders.shop}}},
                """.formatted(share, service);
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

    private UnaryServer byGrpc() throws IOException {
        return UnaryServer.traces((request, answer) -> {
            received.add(request);
            answer.onNext(ExportTraceServiceResponse.getDefaultInstance());
            answer.onCompleted();
        });
    }

    private Upstream byHttp() throws IOException {
        return new Upstream((request, socket) -> {
            received.add(
                    ExportTraceServiceRequest.parseFrom(Upstream.body(request).getBytes(StandardCharsets.ISO_8859_1)));
            HttpClient.write(socket, Upstream.response(200, ""));
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 10, 0})
    void sendsTheWantedShareByGrpc(int share) throws Exception {
        try (UnaryServer collector = byGrpc();
                RunningProxy proxy = traced(share, new Bootstrap().grpcCluster("collector", collector.port()), GRPC)) {
            checkShare(proxy, share);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 10, 0})
    void sendsTheWantedShareByHttp(int share) throws Exception {
        try (Upstream collector = byHttp();
                RunningProxy proxy = traced(share, new Bootstrap().cluster("collector", collector.port()), HTTP)) {
            checkShare(proxy, share);
        }
    }

    /// Who has decided is believed at any share (by Envoy, no more often than the share says); of the others so many
    /// are
    /// chosen, and just their spans arrive.
    private void checkShare(RunningProxy proxy, int share) throws IOException {
        HttpClient client = proxy.client("main");
        int chosen = 0;
        for (int index = 0; index < LOAD; index++) {
            chosen += client.get("/any", "host: shop.test").body().contains("-01\r\n") ? 1 : 0;
        }
        new Share(LOAD, share / 100.0).check(chosen, "requests without a trace");
        for (int index = 0; index < DECIDED; index++) {
            String parent = "traceparent: 00-" + TRACE.substring(6) + (100_000 + index) + "-" + PARENT;
            client.get("/no", "host: shop.test", parent + "-00");
            client.get("/yes", "host: shop.test", parent + "-01");
        }
        int sampled = chosen;
        Share decided = new Share(DECIDED, plane == DataPlane.LATEEN ? 1 : share / 100.0);
        await().atMost(SOON).untilAsserted(() -> {
            Map<String, Integer> spans = urls();
            assertThat(spans.getOrDefault("http://shop.test/any", 0)).isEqualTo(sampled);
            decided.check(spans.getOrDefault("http://shop.test/yes", 0), "requests of sampled traces");
            assertThat(spans).doesNotContainKey("http://shop.test/no");
        });
    }

    /// How many spans have arrived, by what was asked for.
    private Map<String, Integer> urls() {
        return received.stream()
                .flatMap(request -> request.getResourceSpansList().stream())
                .flatMap(spans -> spans.getScopeSpansList().stream())
                .flatMap(spans -> spans.getSpansList().stream())
                .map(span -> texts(span.getAttributesList()).getOrDefault("http.url", ""))
                .collect(Collectors.groupingBy(url -> url, Collectors.summingInt(_ -> 1)));
    }

    @Test
    void sendsSpansByGrpc() throws Exception {
        try (UnaryServer collector = byGrpc();
                RunningProxy proxy = traced(new Bootstrap().grpcCluster("collector", collector.port()), GRPC)) {
            check(afterOneRequest(proxy));
        }
    }

    @Test
    void sendsSpansByHttp() throws Exception {
        try (Upstream collector = byHttp();
                RunningProxy proxy = traced(new Bootstrap().cluster("collector", collector.port()), HTTP)) {
            check(afterOneRequest(proxy));
            assertThat(collector.requests().getFirst())
                    .startsWith("POST /v1/traces HTTP/1.1\r\n")
                    .containsIgnoringCase("content-type: application/x-protobuf")
                    .containsIgnoringCase("x-key: secret");
        }
    }
}
