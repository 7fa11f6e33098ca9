package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// HTTP filters: access rules, faults, CORS, local rate limits.
@ParameterizedClass
@EnumSource(DataPlane.class)
class FiltersIT {
    private static final String RBAC = "type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC";
    private static final String FAULT = "type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault";
    private static final String CORS = "type.googleapis.com/envoy.extensions.filters.http.cors.v3.Cors";
    private static final String CORS_POLICY = "type.googleapis.com/envoy.extensions.filters.http.cors.v3.CorsPolicy";
    private static final String LIMIT =
            "type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit";
    private static final String ROUTE = "{match: {prefix: /}, route: {cluster: echo}}";
    private static RunningProxy proxy;
    private static Upstream echo;

    @Parameter
    DataPlane plane;

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        echo = Upstream.echo();
        proxy = plane.start(new Bootstrap()
                .cluster("echo", echo.port())
                .http("allow", "", filter("envoy.filters.http.rbac", RBAC, """
                        rules: {action: ALLOW, policies: {
                          readers: {permissions: [{and_rules: {rules: [
                              {header: {name: ":method", string_match: {exact: GET}}},
                              {url_path: {path: {prefix: /public}}},
                              {not_rule: {url_path: {path: {prefix: /public/secret}}}}]}}],
                            principals: [{any: true}]},
                          token: {permissions: [{any: true}],
                            principals: [{header: {name: x-token, string_match: {exact: sesame}}}]},
                          local: {permissions: [{url_path: {path: {exact: /from-loopback}}}],
                            principals: [{direct_remote_ip: {address_prefix: 127.0.0.0, prefix_len: 8}}]},
                          far: {permissions: [{url_path: {path: {exact: /from-afar}}}],
                            principals: [{direct_remote_ip: {address_prefix: 198.51.100.0, prefix_len: 24}}]}}}"""), ROUTE)
                .http("deny", "", filter("envoy.filters.http.rbac", RBAC, """
                        rules: {action: DENY, policies: {bad: {permissions: [{header: {name: x-bad, string_match: {exact: "1"}}}],
                          principals: [{any: true}]}}}"""), ROUTE)
                .http("abort", "", filter("envoy.filters.http.fault", FAULT, """
                        abort: {http_status: 555, percentage: {numerator: 100}},
                        headers: [{name: x-fail, present_match: true}]"""), ROUTE)
                .http("delay", "", filter("envoy.filters.http.fault", FAULT, """
                        delay: {fixed_delay: 0.3s, percentage: {numerator: 100}}"""), ROUTE)
                .http("asked", "", filter("envoy.filters.http.fault", FAULT, """
                        delay: {header_delay: {}, percentage: {numerator: 100}},
                        abort: {header_abort: {}, percentage: {numerator: 100}}"""), ROUTE)
                .http("half", "", filter("envoy.filters.http.fault", FAULT, """
                        abort: {http_status: 503, percentage: {numerator: 50}}"""), ROUTE)
                .http("cors", "", filter("envoy.filters.http.cors", CORS, ""), """
                        {match: {prefix: /}, route: {cluster: echo}, typed_per_filter_config: {envoy.filters.http.cors: {
                          "@type": "%s", allow_origin_string_match: [{exact: "https://good.test"}, {suffix: ".good.test"}],
                          allow_methods: "GET, PUT", allow_headers: x-custom, expose_headers: x-shown, max_age: "600",
                          allow_credentials: true}}}""".formatted(CORS_POLICY))
                .http("limited", "", filter("envoy.filters.http.local_ratelimit", LIMIT, """
                        stat_prefix: limit, token_bucket: {max_tokens: 3, tokens_per_fill: 3, fill_interval: 3600s},
                        filter_enabled: {default_value: {numerator: 100}}, filter_enforced: {default_value: {numerator: 100}},
                        response_headers_to_add: [{header: {key: x-limited, value: "yes"}}]"""), ROUTE));
    }

    private static String filter(String name, String type, String fields) {
        return "{name: %s, typed_config: {\"@type\": %s%s}},"
                .formatted(name, type, fields.isEmpty() ? "" : ", " + fields);
    }

    @AfterParameterizedClassInvocation
    static void stop() throws Exception {
        proxy.close();
        echo.close();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /public/a, 200",
        "GET, /public/secret, 403",
        "POST, /public/a, 403",
        "GET, /private, 403",
        "GET, /from-loopback, 200",
        "GET, /from-afar, 403",
    })
    void allowsWhatAPolicyNames(String method, String path, int status) throws Exception {
        assertThat(proxy.client("allow").call(method, path).status()).isEqualTo(status);
    }

    @Test
    void allowsByHeader() throws Exception {
        assertThat(proxy.client("allow").get("/private", "x-token: sesame").status())
                .isEqualTo(200);
        assertThat(proxy.client("allow").get("/private", "x-token: wrong").status())
                .isEqualTo(403);
    }

    @Test
    void saysWhoDenied() throws Exception {
        Reply reply = proxy.client("allow").get("/private?denied");
        assertThat(reply.body()).isEqualTo("RBAC: access denied");
        LogLine line = proxy.logged("?denied");
        assertThat(line.details()).isEqualTo("rbac_access_denied_matched_policy[none]");
        assertThat(proxy.client("deny").get("/?bad", "x-bad: 1").status()).isEqualTo(403);
        assertThat(proxy.logged("?bad").details()).isEqualTo("rbac_access_denied_matched_policy[bad]");
    }

    @Test
    void deniesWhereAnyValueIsDenied() throws Exception {
        assertThat(proxy.client("deny").get("/", "x-bad: 0").status()).isEqualTo(200);
        assertThat(proxy.client("deny").get("/", "x-bad: 0", "x-bad: 1").status())
                .isEqualTo(403);
    }

    @Test
    void abortsOnlyWhereTheHeaderAsks() throws Exception {
        Reply reply = proxy.client("abort").get("/?abort", "x-fail: 1");
        assertThat(reply.status()).isEqualTo(555);
        assertThat(reply.body()).isEqualTo("fault filter abort");
        assertThat(proxy.logged("?abort").flags()).isEqualTo("FI");
        assertThat(proxy.logged("?abort").details()).isEqualTo("fault_filter_abort");
        assertThat(proxy.client("abort").get("/").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "x-envoy-fault-abort-request: 503, 503",
        "x-envoy-fault-abort-request: 200, 200",
        "x-envoy-fault-abort-request: 599, 599",
        "x-envoy-fault-abort-request: 503|x-envoy-fault-abort-grpc-request: 5, 503",
        "x-envoy-fault-abort-request: 503|x-envoy-fault-abort-request-percentage: x, 503",
        "x-envoy-fault-abort-request: 503|x-envoy-fault-abort-request-percentage: 500, 503",
        "x-envoy-fault-abort-grpc-request: 5, 200",
        "x-envoy-fault-delay-request: 100|x-envoy-fault-abort-request: 503, 503",
    })
    void abortsAsARequestAsks(String fields, int status) throws Exception {
        Reply reply = proxy.client("asked").get("/", fields.split("\\|"));
        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.body()).isEqualTo("fault filter abort");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x-other: 1",
                "x-envoy-fault-abort-request: 199",
                "x-envoy-fault-abort-request: 600",
                "x-envoy-fault-abort-request: 503x",
                "x-envoy-fault-abort-request: 503|x-envoy-fault-abort-request-percentage: 0",
                "x-envoy-fault-abort-grpc-request: 5|x-envoy-fault-abort-request-percentage: 0",
                "x-envoy-fault-delay-request: 0",
                "x-envoy-fault-delay-request: -5",
                "x-envoy-fault-delay-request: 300000|x-envoy-fault-delay-request-percentage: 0"
            })
    void letsRequestsThroughThatAskForNothing(String fields) throws Exception {
        assertThat(proxy.client("asked").get("/", fields.split("\\|")).status()).isEqualTo(200);
        assertThat(proxy.client("asked").get("/", fields.split("\\|")).body()).startsWith("GET / ");
    }

    @Test
    void delaysForAsLongAsARequestAsks() throws Exception {
        long start = System.nanoTime();
        assertThat(proxy.client("asked")
                        .get("/?asked", "x-envoy-fault-delay-request: 300")
                        .status())
                .isEqualTo(200);
        assertThat(System.nanoTime() - start).isGreaterThan(290_000_000L);
        assertThat(proxy.logged("?asked").flags()).isEqualTo("DI");
    }

    @Test
    void tellsGrpcClientsTheStatusThatTheyAskFor() throws Exception {
        Reply reply =
                proxy.client("asked").get("/", "x-envoy-fault-abort-grpc-request: 5", "content-type: application/grpc");
        assertThat(reply.field("grpc-status")).isEqualTo("5");
    }

    @Test
    void delays() throws Exception {
        long start = System.nanoTime();
        assertThat(proxy.client("delay").get("/?delay").status()).isEqualTo(200);
        assertThat(System.nanoTime() - start).isGreaterThan(290_000_000L);
        assertThat(proxy.logged("?delay").flags()).isEqualTo("DI");
    }

    @Test
    void abortsTheShareThatIsAsked() throws Exception {
        int aborted = 0;
        try (var socket = proxy.connect("half")) {
            for (int i = 0; i < 1000; i++) {
                HttpClient.write(socket, "GET / HTTP/1.1\r\nhost: a\r\n\r\n");
                aborted += Reply.read(socket.getInputStream(), "GET").status() == 503 ? 1 : 0;
            }
        }
        assertThat(aborted).isBetween(430, 570);
    }

    @Test
    void answersPreflights() throws Exception {
        int before = echo.requests().size();
        Reply reply = proxy.client("cors")
                .call("OPTIONS", "/", "origin: https://good.test", "access-control-request-method: PUT");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.field("access-control-allow-origin")).isEqualTo("https://good.test");
        assertThat(reply.field("access-control-allow-methods")).isEqualTo("GET, PUT");
        assertThat(reply.field("access-control-allow-headers")).isEqualTo("x-custom");
        assertThat(reply.field("access-control-max-age")).isEqualTo("600");
        assertThat(reply.field("access-control-allow-credentials")).isEqualTo("true");
        assertThat(echo.requests()).hasSize(before);
    }

    @Test
    void namesTheOriginInResponses() throws Exception {
        Reply reply = proxy.client("cors").get("/", "origin: https://x.good.test");
        assertThat(reply.field("access-control-allow-origin")).isEqualTo("https://x.good.test");
        assertThat(reply.field("access-control-expose-headers")).isEqualTo("x-shown");
        Reply stranger = proxy.client("cors").get("/", "origin: https://bad.test");
        assertThat(stranger.status()).isEqualTo(200);
        assertThat(stranger.field("access-control-allow-origin")).isEqualTo("-");
    }

    @Test
    void limitsTheRate() throws Exception {
        for (int i = 0; i < 3; i++) {
            assertThat(proxy.client("limited").get("/").status()).isEqualTo(200);
        }
        Reply reply = proxy.client("limited").get("/?limited");
        assertThat(reply.status()).isEqualTo(429);
        assertThat(reply.body()).isEqualTo("local_rate_limited");
        assertThat(reply.field("x-limited")).isEqualTo("yes");
        assertThat(proxy.logged("?limited").flags()).isEqualTo("RL");
        assertThat(proxy.logged("?limited").details()).isEqualTo("local_rate_limited");
    }
}
