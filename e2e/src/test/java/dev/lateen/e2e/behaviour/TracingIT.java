package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Requests become spans at a Zipkin collector, and tell the next hop of their trace.
@ParameterizedClass
@EnumSource(DataPlane.class)
class TracingIT {
    private static final String TRACE = "80f198ee56343ba864fe8b2a57d3eff7";
    private static final String PARENT = "e457b5a2e4d86bd1";

    @Parameter
    DataPlane plane;

    private Upstream echo;
    private Upstream collector;
    private RunningProxy proxy;

    @BeforeEach
    void start() throws Exception {
        echo = Upstream.echo();
        collector = new Upstream((_, socket) -> HttpClient.write(socket, Upstream.response(202, "")));
    }

    @AfterEach
    void stop() throws Exception {
        if (proxy != null) {
            proxy.close();
        }
        echo.close();
        collector.close();
    }

    /// @param share percent of requests that are traced
    private HttpClient traced(int share, String more) throws Exception {
        return traced(share, more, true);
    }

    /// @param byId whether ids of requests decide which are traced
    private HttpClient traced(int share, String more, boolean byId) throws Exception {
        String tracing = """
                request_id_extension: {typed_config: {
                  "@type": type.googleapis.com/envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig,
                  use_request_id_for_trace_sampling: %s}},
                tracing: {random_sampling: {value: %d}, %s
                  custom_tags: [{tag: who, request_header: {name: x-who, default_value: nobody}},
                                {tag: mesh, literal: {value: shop}}],
                  provider: {name: envoy.tracers.zipkin, typed_config: {
                    "@type": type.googleapis.com/envoy.config.trace.v3.ZipkinConfig,
                    collector_cluster: collector, collector_endpoint: /api/v2/spans,
                    collector_endpoint_version: HTTP_JSON, trace_id_128bit: true, shared_span_context: false}}},
                """.formatted(byId, share, more);
        String broken = "{match: {prefix: /broken}, direct_response: {status: 500}}";
        String route = "{match: {prefix: /}, route: {cluster: echo}, decorator: {operation: shop/all}}";
        proxy = plane.start(new Bootstrap()
                .node("{id: sidecar~1, cluster: orders.shop}")
                .cluster("echo", echo.port())
                .cluster("collector", collector.port())
                .http("main", tracing, "", broken + ", " + route));
        return proxy.client("main");
    }

    private List<JsonObject> spans() {
        List<JsonObject> spans = new ArrayList<>();
        for (String request : collector.requests()) {
            JsonArray array = JsonParser.parseString(Upstream.body(request)).getAsJsonArray();
            array.forEach(span -> spans.add(span.getAsJsonObject()));
        }
        return spans;
    }

    private List<JsonObject> awaitSpans(int count) {
        await().atMost(Duration.ofSeconds(20)).until(() -> spans().size() >= count);
        return spans();
    }

    private static String text(JsonObject span, String member) {
        return Optional.ofNullable(span.get(member)).map(e -> e.getAsString()).orElse("");
    }

    private static String tag(JsonObject span, String name) {
        return text(span.getAsJsonObject("tags"), name);
    }

    /// A header field as the upstream saw it.
    private static String seen(Reply reply, String name) {
        return reply.body()
                .lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElse("");
    }

    /// Neither the share nor the id decides then, only what the trace says itself; the id stays as it came.
    @Test
    void leavesTheDecisionToTheTraceWhereIdsDoNotDecide() throws Exception {
        HttpClient client = traced(0, "", false);
        String id = "00000031-1234-4567-89ab-0123456789ab";
        Reply reply = client.get("/a", "host: shop.test", "x-request-id: " + id);
        assertThat(seen(reply, "x-b3-sampled")).isEqualTo("1");
        assertThat(seen(reply, "x-request-id").charAt(14)).isEqualTo('4');
        Reply excluded = client.get(
                "/b",
                "host: shop.test",
                "x-b3-traceid: 463ac35c9f6413ad48485a3953bb6124",
                "x-b3-spanid: a2fb4a1d1a96d312",
                "x-b3-sampled: 0");
        assertThat(seen(excluded, "x-b3-sampled")).isEqualTo("0");
        awaitSpans(1);
        assertThat(spans()).hasSize(1);
    }

    @Test
    void recordsWhatARequestWas() throws Exception {
        Reply reply = traced(100, "").get("/a?b=1", "host: shop.test", "x-who: me", "user-agent: test");
        JsonObject span = awaitSpans(1).getFirst();

        assertThat(text(span, "traceId")).hasSize(32).isEqualTo(seen(reply, "x-b3-traceid"));
        assertThat(text(span, "id")).isEqualTo(seen(reply, "x-b3-spanid"));
        assertThat(text(span, "name")).isEqualTo("shop/all");
        assertThat(text(span, "kind")).isIn("CLIENT", "SERVER");
        assertThat(span.get("duration").getAsLong()).isPositive();
        assertThat(Duration.ofMillis(System.currentTimeMillis()
                                - span.get("timestamp").getAsLong() / 1000)
                        .abs())
                .isLessThan(Duration.ofMinutes(1));
        assertThat(text(span.getAsJsonObject("localEndpoint"), "serviceName")).isEqualTo("orders.shop");
        assertThat(tag(span, "http.url")).isEqualTo("http://shop.test/a?b=1");
        assertThat(tag(span, "http.method")).isEqualTo("GET");
        assertThat(tag(span, "http.protocol")).isEqualTo("HTTP/1.1");
        assertThat(tag(span, "http.status_code")).isEqualTo("200");
        assertThat(tag(span, "user_agent")).isEqualTo("test");
        assertThat(tag(span, "upstream_cluster")).isEqualTo("echo");
        assertThat(tag(span, "guid:x-request-id")).isEqualTo(seen(reply, "x-request-id"));
        assertThat(tag(span, "node_id")).isEqualTo("sidecar~1");
        assertThat(tag(span, "response_flags")).isEqualTo("-");
        assertThat(tag(span, "component")).isEqualTo("proxy");
        assertThat(tag(span, "who")).isEqualTo("me");
        assertThat(tag(span, "mesh")).isEqualTo("shop");
        assertThat(tag(span, "error")).isEmpty();
    }

    @Test
    void goesOnWithTheTraceOfTheClient() throws Exception {
        Reply reply = traced(0, "")
                .get("/", "host: shop.test", "x-b3-traceid: " + TRACE, "x-b3-spanid: " + PARENT, "x-b3-sampled: 1");
        JsonObject span = awaitSpans(1).getFirst();

        assertThat(text(span, "traceId")).isEqualTo(TRACE);
        assertThat(text(span, "parentId")).isEqualTo(PARENT);
        assertThat(seen(reply, "x-b3-traceid")).isEqualTo(TRACE);
        assertThat(seen(reply, "x-b3-parentspanid")).isEqualTo(PARENT);
        assertThat(seen(reply, "x-b3-spanid")).isEqualTo(text(span, "id"));
        assertThat(seen(reply, "x-b3-sampled")).isEqualTo("1");
    }

    @Test
    void recordsNothingWhereTheClientDecidedAgainst() throws Exception {
        HttpClient client = traced(100, "");
        Reply reply = client.get(
                "/no", "host: shop.test", "x-b3-traceid: " + TRACE, "x-b3-spanid: " + PARENT, "x-b3-sampled: 0");
        assertThat(seen(reply, "x-b3-sampled")).isEqualTo("0");

        client.get("/yes", "host: shop.test");
        assertThat(awaitSpans(1)).extracting(span -> tag(span, "http.url")).containsOnly("http://shop.test/yes");
    }

    @Test
    void marksFailures() throws Exception {
        traced(100, "").get("/broken", "host: shop.test");
        JsonObject span = awaitSpans(1).getFirst();
        assertThat(tag(span, "error")).isEqualTo("true");
        assertThat(tag(span, "http.status_code")).isEqualTo("500");
        assertThat(tag(span, "who")).isEqualTo("nobody");
    }

    @Test
    void givesEachAttemptASpanWhereAsked() throws Exception {
        Reply reply = traced(100, "spawn_upstream_span: true,").get("/", "host: shop.test");
        List<JsonObject> spans = awaitSpans(2);
        JsonObject server = spans.stream()
                .filter(s -> text(s, "kind").equals("SERVER"))
                .findFirst()
                .orElseThrow();
        JsonObject client = spans.stream()
                .filter(s -> text(s, "kind").equals("CLIENT"))
                .findFirst()
                .orElseThrow();

        assertThat(text(client, "parentId")).isEqualTo(text(server, "id"));
        assertThat(text(client, "traceId")).isEqualTo(text(server, "traceId"));
        assertThat(seen(reply, "x-b3-spanid")).isEqualTo(text(client, "id"));
        assertThat(text(client, "name")).isEqualTo("router echo egress");
        assertThat(tag(client, "upstream_address")).isEqualTo("127.0.0.1:" + echo.port());
    }

    @Test
    void tracesTheWantedShare() throws Exception {
        HttpClient client = traced(10, "");
        int sampled = 0;
        for (int index = 0; index < 500; index++) {
            sampled += seen(client.get("/", "host: shop.test"), "x-b3-sampled").equals("1") ? 1 : 0;
        }
        int expected = sampled;
        new Share(500, 0.1).check(sampled, "requests");
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(spans()).hasSize(expected));
    }
}
