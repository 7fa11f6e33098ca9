package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Asking an authorization server by HTTP.
@ParameterizedClass
@EnumSource(DataPlane.class)
class ExtAuthzIT {
    private static final String AUTHZ = "type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthz";
    private static final String PER_ROUTE =
            "type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute";
    private static final String RBAC = "type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC";
    private static final String ROUTE = "{match: {prefix: /}, route: {cluster: echo}}";
    private static RunningProxy proxy;
    private static Upstream echo;
    private static Upstream server;

    @Parameter
    DataPlane plane;

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        echo = Upstream.echo();
        server = new Upstream((request, socket) -> {
            String line = request.lines().findFirst().orElse("");
            if (line.contains("slow")) {
                Thread.sleep(3000);
            }
            HttpClient.write(socket, answer(line, request));
        });
        proxy = plane.start(new Bootstrap()
                .cluster("echo", echo.port())
                .cluster("server", server.port())
                .cluster("gone", Ports.free())
                .http("asks", "", authz("server", ""), perRoute() + ROUTE)
                .http(
                        "open",
                        "",
                        authz("gone", "failure_mode_allow: true, failure_mode_allow_header_add: true,"),
                        ROUTE)
                .http("closed", "", authz("gone", "status_on_error: {code: ServiceUnavailable},"), ROUTE)
                .http("body", "", authz("server", "with_request_body: {max_request_bytes: 10},"), ROUTE)
                .http(
                        "cut",
                        "",
                        authz("server", "with_request_body: {max_request_bytes: 10, allow_partial_message: true},"),
                        ROUTE)
                .http(
                        "chosen",
                        "",
                        "{name: envoy.filters.http.rbac, typed_config: {\"@type\": " + RBAC
                                + ", shadow_rules_stat_prefix: istio_ext_authz_, shadow_rules: {action: DENY, policies: {istio-ext-authz-a: {"
                                + "permissions: [{url_path: {path: {prefix: /deny}}}], principals: [{any: true}]}}}}},"
                                + authz(
                                        "server",
                                        "filter_enabled_metadata: {filter: envoy.filters.http.rbac, path: [{key: istio_ext_authz_shadow_effective_policy_id}],"
                                                + " value: {string_match: {prefix: istio-ext-authz}}},"),
                        ROUTE));
    }

    private static String answer(String line, String request) {
        if (line.contains("deny")) {
            return Upstream.response(402, "pay first", "x-why: money", "x-inner: hidden", "location: /pay");
        }
        if (line.contains("fail")) {
            return Upstream.response(500, "broken");
        }
        String shown = request.replace("\r\n", "|").replace(':', '=');
        return Upstream.response(
                200,
                "",
                "x-user: me",
                "x-added: two",
                "x-inner: hidden",
                "x-seen: " + shown,
                "x-to-client: hello",
                "x-envoy-auth-headers-to-remove: x-secret");
    }

    private static String authz(String cluster, String fields) {
        return """
                {name: envoy.filters.http.ext_authz, typed_config: {"@type": %s, %s http_service: {
                  server_uri: {uri: "http://authz.test", cluster: %s, timeout: 2s}, path_prefix: /check,
                  authorization_request: {allowed_headers: {patterns: [{exact: x-shown}]},
                    headers_to_add: [{key: x-from, value: proxy}]},
                  authorization_response: {
                    allowed_upstream_headers: {patterns: [{exact: x-user}, {exact: x-seen}]},
                    allowed_upstream_headers_to_append: {patterns: [{exact: x-added}]},
                    allowed_client_headers: {patterns: [{exact: x-why}]},
                    allowed_client_headers_on_success: {patterns: [{exact: x-to-client}]}}}}},
                """.formatted(AUTHZ, fields, cluster);
    }

    private static String perRoute() {
        return "{match: {prefix: /deny/free}, route: {cluster: echo}, typed_per_filter_config: {envoy.filters.http.ext_authz: {"
                + "\"@type\": " + PER_ROUTE + ", disabled: true}}}, ";
    }

    @AfterParameterizedClassInvocation
    static void stop() throws Exception {
        proxy.close();
        echo.close();
        server.close();
    }

    @Test
    void passesWhatTheServerAllows() throws Exception {
        Reply reply = proxy.client("asks")
                .get(
                        "/a?b=c",
                        "x-shown: 1",
                        "x-hidden: 2",
                        "authorization: secret",
                        "x-user: forged",
                        "x-added: one",
                        "x-secret: s");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.field("x-to-client")).isEqualTo("hello");
        assertThat(reply.field("x-user")).isEqualTo("-");
        assertThat(reply.body())
                .contains("x-user: me", "x-added: one", "x-added: two")
                .doesNotContain("forged", "x-secret", "x-inner");
    }

    @Test
    void tellsTheServerWhatItMayKnow() throws Exception {
        String body = proxy.client("asks")
                .call("POST", "/a?b=c", "x-shown: 1", "x-hidden: 2", "authorization: secret", "content-length: 0")
                .body();
        String seen = body.lines()
                .filter(line -> line.startsWith("x-seen: "))
                .findFirst()
                .orElseThrow();
        assertThat(seen)
                .contains("POST /check/a?b=c HTTP/1.1", "|host= a.test|", "|x-shown= 1|", "|authorization= secret|")
                .contains("|x-from= proxy|", "|content-length= 0|")
                .doesNotContain("x-hidden");
    }

    @Test
    void givesTheClientTheServersRefusal() throws Exception {
        int before = echo.requests().size();
        Reply reply = proxy.client("asks").get("/deny?refused");
        assertThat(reply.status()).isEqualTo(402);
        assertThat(reply.body()).isEqualTo("pay first");
        assertThat(reply.field("x-why")).isEqualTo("money");
        assertThat(reply.field("location")).isEqualTo("/pay");
        assertThat(reply.field("x-inner")).isEqualTo("-");
        assertThat(echo.requests()).hasSize(before);
        LogLine line = proxy.logged("/deny?refused");
        assertThat(line.flags()).isEqualTo("UAEX");
        assertThat(line.details()).isEqualTo("ext_authz_denied");
        assertThat(proxy.client("asks").get("/deny/free").status()).isEqualTo(200);
    }

    @Test
    void refusesWhereTheServerFails() throws Exception {
        assertThat(proxy.client("asks").get("/fail?failed").status()).isEqualTo(403);
        LogLine line = proxy.logged("/fail?failed");
        assertThat(line.flags()).isEqualTo("UAEX");
        assertThat(line.details()).isEqualTo("ext_authz_error");
        assertThat(proxy.client("asks").get("/slow").status()).isEqualTo(403);
        assertThat(proxy.client("closed").get("/").status()).isEqualTo(503);
    }

    @Test
    void passesWhereTheServerFailsIfAsked() throws Exception {
        Reply reply = proxy.client("open").get("/");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body()).contains("x-envoy-auth-failure-mode-allowed: true");
    }

    @Test
    void showsTheServerTheBody() throws Exception {
        Reply reply = proxy.client("body").send(HttpClient.head("POST", "/", "content-length: 5") + "hello", "POST");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body()).contains("||hello").endsWith("hello").contains("x-envoy-auth-partial-body= false");
    }

    @Test
    void refusesBodiesThatAreTooLong() throws Exception {
        Reply reply = proxy.client("body")
                .send(HttpClient.head("POST", "/", "content-length: 20") + "01234567890123456789", "POST");
        assertThat(reply.status()).isEqualTo(413);
    }

    @Test
    void cutsLongBodiesForTheServerAlone() throws Exception {
        Reply reply = proxy.client("cut")
                .send(HttpClient.head("POST", "/", "content-length: 20") + "01234567890123456789", "POST");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body())
                .contains("||0123456789\r\n")
                .endsWith("01234567890123456789")
                .contains("x-envoy-auth-partial-body= true");
    }

    @Test
    void asksOnlyAboutWhatAPolicyNames() throws Exception {
        assertThat(proxy.client("chosen").get("/deny").status()).isEqualTo(402);
        long before = server.count("/check");
        assertThat(proxy.client("chosen").get("/fail").status()).isEqualTo(200);
        assertThat(server.count("/check")).isEqualTo(before);
    }
}
