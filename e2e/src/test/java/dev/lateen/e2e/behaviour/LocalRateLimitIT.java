package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.e2e.grpc.UnaryServer;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.Code;
import java.io.IOException;
import java.net.Socket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Limits that the proxy counts by itself, and limits of connections.
@ParameterizedClass
@EnumSource(DataPlane.class)
class LocalRateLimitIT {
    private static final String LOCAL =
            "type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit";
    private static final String NETWORK = "type.googleapis.com/envoy.extensions.filters.network.";
    private static final String ON = """
            filter_enabled: {default_value: {numerator: 100}}, filter_enforced: {default_value: {numerator: 100}},""";
    private static final String SHADOW = "filter_enabled: {default_value: {numerator: 100}},";
    private static final String ROUTE = "{match: {prefix: /}, route: {cluster: echo}}";
    private static final String BY_USER =
            "rate_limits: [{actions: [{request_headers: {header_name: x-user, descriptor_key: user}}]}],";
    private static RunningProxy proxy;
    private static Upstream echo;
    private static UnaryServer server;

    @Parameter
    DataPlane plane;

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        echo = Upstream.echo();
        server = UnaryServer.rateLimits((question, answer) -> {
            boolean over = question.getDescriptors(0).getEntries(0).getValue().equals("over");
            answer.onNext(RateLimitResponse.newBuilder()
                    .setOverallCode(over ? Code.OVER_LIMIT : Code.OK)
                    .build());
            answer.onCompleted();
        });
        proxy = plane.start(new Bootstrap()
                .cluster("echo", echo.port())
                .grpcCluster("server", server.port())
                .http("values", "", local(ON + BY_USER + "descriptors: [" + descriptor("", 2) + "],"), ROUTE)
                .http(
                        "named",
                        "",
                        local(ON + BY_USER + "enable_x_ratelimit_headers: DRAFT_VERSION_03,"
                                + "always_consume_default_token_bucket: false," + bucket(4) + ","
                                + "descriptors: [" + descriptor("gold", 6) + "],"),
                        ROUTE)
                .http(
                        "both",
                        "",
                        local(ON + BY_USER + bucket(3) + ",descriptors: [" + descriptor("gold", 2) + "],"),
                        ROUTE)
                .http("routed", "", local(ON + "descriptors: [" + descriptor("gold", 1) + "],"), """
                        {match: {prefix: /}, route: {cluster: echo, rate_limits: [{actions: [
                          {request_headers: {header_name: x-user, descriptor_key: user}}]}]}}""")
                .http("each", "", local(ON + bucket(2) + ", local_rate_limit_per_downstream_connection: true,"), ROUTE)
                .http("shadow", "", local(SHADOW + bucket(1) + """
                        , request_headers_to_add_when_not_enforced: [{header: {key: x-over, value: "yes"}}],"""), ROUTE)
                .http(
                        "two",
                        "",
                        local(ON + bucket(5) + ",") + local(ON + bucket(3) + ", status: {code: ServiceUnavailable},"),
                        ROUTE)
                .listener("connections", chain("local_ratelimit.v3.LocalRateLimit", """
                        stat_prefix: counted, token_bucket: {max_tokens: 2, tokens_per_fill: 1, fill_interval: 3600s}"""))
                .listener("over", chain("ratelimit.v3.RateLimit", asked("over")))
                .listener("under", chain("ratelimit.v3.RateLimit", asked("under"))));
    }

    private static String local(String fields) {
        return "{name: envoy.filters.http.local_ratelimit, typed_config: {\"@type\": %s, %s stat_prefix: local}},"
                .formatted(LOCAL, fields);
    }

    private static String bucket(int tokens) {
        return "token_bucket: {max_tokens: %d, tokens_per_fill: %d, fill_interval: 3600s}".formatted(tokens, tokens);
    }

    private static String descriptor(String user, int tokens) {
        return "{entries: [{key: user, value: \"%s\"}], %s}".formatted(user, bucket(tokens));
    }

    private static String asked(String value) {
        return """
                stat_prefix: asked, domain: shop, timeout: 2s, descriptors: [{entries: [{key: k, value: %s}]}],
                rate_limit_service: {transport_api_version: V3, grpc_service: {envoy_grpc: {cluster_name: server}}}""".formatted(value);
    }

    private static String chain(String type, String fields) {
        return "filter_chains: [{filters: [{name: limit, typed_config: {\"@type\": %s%s, %s}}, %s]}]"
                .formatted(NETWORK, type, fields, Bootstrap.tcp("cluster: echo"));
    }

    @AfterParameterizedClassInvocation
    static void stop() throws Exception {
        proxy.close();
        echo.close();
        server.close();
    }

    private static int admitted(String listener, int requests, String... fields) throws Exception {
        int admitted = 0;
        for (int request = 0; request < requests; request++) {
            admitted += proxy.client(listener).get("/", fields).status() == 200 ? 1 : 0;
        }
        return admitted;
    }

    @Test
    void countsEachValueForItself() throws Exception {
        assertThat(admitted("values", 5, "x-user: a")).isEqualTo(2);
        assertThat(admitted("values", 5, "x-user: b")).isEqualTo(2);
        assertThat(admitted("values", 5)).as("without the header").isEqualTo(5);
    }

    @Test
    void givesADescriptorItsOwnBucket() throws Exception {
        Reply first = proxy.client("named").get("/", "x-user: gold");
        assertThat(first.field("x-ratelimit-limit")).isEqualTo("6");
        assertThat(first.field("x-ratelimit-remaining")).isEqualTo("5");
        assertThat(admitted("named", 9, "x-user: gold")).isEqualTo(5);
        assertThat(admitted("named", 9, "x-user: other")).isEqualTo(4);
        Reply refused = proxy.client("named").get("/", "x-user: other");
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.field("x-ratelimit-limit")).isEqualTo("4");
        assertThat(refused.field("x-ratelimit-remaining")).isEqualTo("0");
    }

    @Test
    void takesFromTheStandardBucketToo() throws Exception {
        assertThat(admitted("both", 5, "x-user: gold")).isEqualTo(2);
        assertThat(admitted("both", 5, "x-user: other")).isEqualTo(1);
    }

    @Test
    void describesRequestsAsRoutesSay() throws Exception {
        assertThat(admitted("routed", 3, "x-user: gold")).isEqualTo(1);
        assertThat(admitted("routed", 3, "x-user: other")).isEqualTo(3);
    }

    @Test
    void countsEachConnectionForItself() throws Exception {
        for (int connection = 0; connection < 2; connection++) {
            try (Socket socket = proxy.connect("each")) {
                for (int request = 0; request < 4; request++) {
                    HttpClient.write(socket, "GET / HTTP/1.1\r\nhost: a\r\n\r\n");
                    assertThat(Reply.read(socket.getInputStream(), "GET").status())
                            .isEqualTo(request < 2 ? 200 : 429);
                }
            }
        }
    }

    @Test
    void marksRequestsWhereNothingIsEnforced() throws Exception {
        assertThat(proxy.client("shadow").get("/").body()).doesNotContain("x-over");
        assertThat(proxy.client("shadow").get("/").body()).contains("x-over: yes");
    }

    @Test
    void aChainMayHaveSeveralLimits() throws Exception {
        assertThat(admitted("two", 4)).isEqualTo(3);
        assertThat(proxy.client("two").get("/").status()).isEqualTo(503);
        assertThat(proxy.client("two").get("/").status()).isEqualTo(429);
    }

    private static boolean served(String listener) {
        try {
            return proxy.client(listener).get("/").status() == 200;
        } catch (IOException _) {
            return false;
        }
    }

    @Test
    void closesConnectionsAboveARate() {
        assertThat(served("connections")).isTrue();
        assertThat(served("connections")).isTrue();
        assertThat(served("connections")).isFalse();
    }

    @Test
    void closesConnectionsThatAServiceRefuses() {
        assertThat(served("under")).isTrue();
        assertThat(served("over")).isFalse();
    }
}
