package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Access rules on connections, and those of requests that go beyond paths and headers.
@ParameterizedClass
@EnumSource(DataPlane.class)
class RbacIT {
    private static final String NETWORK = "type.googleapis.com/envoy.extensions.filters.network.rbac.v3.RBAC";
    private static final String HTTP = "type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC";
    private static final String TEMPLATE =
            "type.googleapis.com/envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig";
    private static final String ROUTE = "{match: {prefix: /}, route: {cluster: echo}}";
    private static final String NEAR = "{direct_remote_ip: {address_prefix: 127.0.0.0, prefix_len: 8}}";
    private static final String FAR = "{direct_remote_ip: {address_prefix: 198.51.100.0, prefix_len: 24}}";
    private static final String ANY = "{any: true}";
    private static RunningProxy proxy;
    private static Upstream echo;

    @Parameter
    DataPlane plane;

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        echo = Upstream.echo();
        String manager = Bootstrap.manager("guarded", "", "", "{name: all, domains: [\"*\"], routes: [" + ROUTE + "]}");
        proxy = plane.start(new Bootstrap()
                .cluster("echo", echo.port())
                .listener("relay-allowed", chain(network("relay-allowed", rules("ALLOW", ANY, NEAR)), tcp()))
                .listener("relay-denied", chain(network("relay-denied", rules("DENY", ANY, NEAR)), tcp()))
                .listener("relay-not-allowed", chain(network("relay-not-allowed", rules("ALLOW", ANY, FAR)), tcp()))
                .listener(
                        "relay-late",
                        chain(network("relay-late", rules("DENY", ANY, NEAR) + ", delay_deny: 0.4s"), tcp()))
                .listener(
                        "relay-two",
                        chain(
                                network("two-a", rules("DENY", ANY, FAR)),
                                network("two-b", rules("ALLOW", ANY, "{not_id: " + NEAR + "}")),
                                tcp()))
                .listener(
                        "relay-path",
                        chain(network("relay-path", rules("ALLOW", "{url_path: {path: {prefix: /}}}", ANY)), tcp()))
                .listener(
                        "relay-tried",
                        chain(
                                network(
                                        "relay-tried",
                                        "shadow_rules_stat_prefix: dry_, shadow_" + rules("DENY", ANY, NEAR)),
                                tcp()))
                .listener("http-denied", chain(network("http-denied", rules("DENY", ANY, NEAR)), manager))
                .listener("http-allowed", chain(network("http-allowed", rules("ALLOW", ANY, NEAR)), manager))
                .http(
                        "template",
                        "",
                        http(rules(
                                "ALLOW",
                                "{or_rules: {rules: [" + template("/users/{id}/files/**") + ", " + template("/a/*/b")
                                        + ", " + template("/v/{x=y/*}.z") + "]}}",
                                ANY)),
                        ROUTE)
                .http(
                        "tried",
                        "",
                        http("shadow_rules_stat_prefix: dry_, track_per_rule_stats: true, shadow_"
                                        + rules("DENY", "{url_path: {path: {prefix: /secret}}}", ANY))
                                + http(rules("DENY", metadata("dry_shadow_engine_result", "exact: denied"), ANY)),
                        ROUTE)
                .http(
                        "counted",
                        "",
                        http("track_per_rule_stats: true, "
                                + rules("DENY", "{url_path: {path: {prefix: /secret}}}", ANY)),
                        ROUTE)
                .http(
                        "metadata",
                        "",
                        http("shadow_" + rules("ALLOW", ANY, ANY))
                                + http(rules(
                                        "ALLOW",
                                        "{or_rules: {rules: ["
                                                + "{and_rules: {rules: [" + path("/present") + ", "
                                                + presence("shadow_engine_result", true) + "]}},"
                                                + "{and_rules: {rules: [" + path("/absent") + ", "
                                                + presence("nothing", true) + "]}},"
                                                + "{and_rules: {rules: [" + path("/not-present") + ", "
                                                + presence("nothing", false) + "]}},"
                                                + "{and_rules: {rules: [" + path("/inverted") + ", "
                                                + inverted("nothing") + "]}},"
                                                + "{and_rules: {rules: [" + path("/or") + ", "
                                                + metadata("shadow_engine_result", null) + "]}}"
                                                + "]}}",
                                        ANY)),
                        ROUTE));
    }

    private static String path(String path) {
        return "{url_path: {path: {exact: " + path + "}}}";
    }

    private static String rules(String action, String permission, String principal) {
        return "rules: {action: %s, policies: {\"the rule\": {permissions: [%s], principals: [%s]}}}"
                .formatted(action, permission, principal);
    }

    private static String template(String template) {
        return "{uri_template: {name: t, typed_config: {\"@type\": %s, path_template: \"%s\"}}}"
                .formatted(TEMPLATE, template);
    }

    private static String at(String key) {
        return "filter: envoy.filters.http.rbac, path: [{key: " + key + "}]";
    }

    /// @param text null: one of two texts
    private static String metadata(String key, String text) {
        String value = text == null
                ? "{or_match: {value_matchers: [{string_match: {exact: nonsense}}, {string_match: {prefix: allow}}]}}"
                : "{string_match: {" + text + "}}";
        return "{metadata: {" + at(key) + ", value: " + value + "}}";
    }

    private static String presence(String key, boolean wanted) {
        return "{sourced_metadata: {metadata_matcher: {" + at(key) + ", value: {present_match: " + wanted + "}}}}";
    }

    private static String inverted(String key) {
        return "{metadata: {" + at(key) + ", value: {string_match: {exact: a}}, invert: true}}";
    }

    private static String network(String prefix, String fields) {
        return "{name: envoy.filters.network.rbac, typed_config: {\"@type\": %s, stat_prefix: %s, %s}}"
                .formatted(NETWORK, prefix, fields);
    }

    private static String http(String fields) {
        return "{name: envoy.filters.http.rbac, typed_config: {\"@type\": %s, %s}},".formatted(HTTP, fields);
    }

    private static String tcp() {
        return Bootstrap.tcp("cluster: echo");
    }

    private static String chain(String... filters) {
        return "filter_chains: [{filters: [" + String.join(", ", filters) + "]}]";
    }

    @AfterParameterizedClassInvocation
    static void stop() throws Exception {
        proxy.close();
        echo.close();
    }

    /// All that comes back until the connection ends.
    private static String ask(String listener) throws IOException {
        return proxy.client(listener).exchange(HttpClient.head("GET", "/"));
    }

    private static boolean counted(String statistic, int atLeast) {
        try {
            return proxy.client("admin").get("/stats").body().lines().anyMatch(line -> {
                String[] parts = line.split(": ", 2);
                return parts[0].equals(statistic) && Integer.parseInt(parts[1].trim()) >= atLeast;
            });
        } catch (IOException _) {
            return false;
        }
    }

    @Test
    void letsConnectionsThrough() throws Exception {
        assertThat(proxy.client("relay-allowed").get("/").status()).isEqualTo(200);
        assertThat(counted("relay-allowed.rbac.allowed", 1)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"relay-denied", "relay-not-allowed", "relay-two", "relay-path", "http-denied"})
    void closesConnections(String listener) throws Exception {
        int before = echo.requests().size();
        assertThat(ask(listener)).isEmpty();
        assertThat(echo.requests()).hasSize(before);
        String statistics = listener.equals("relay-two") ? "two-b" : listener;
        await().until(() -> counted(statistics + ".rbac.denied", 1));
    }

    @Test
    void saysInTheLogWhoClosed() throws Exception {
        ask("relay-denied");
        await().until(() -> proxy.lines().stream()
                .map(LogLine::parse)
                .anyMatch(line -> line.termination().equals("rbac_access_denied_matched_policy[the_rule]")
                        && line.flags().equals("-")
                        && line.details().equals("-")
                        && line.cluster().equals("echo")));
        ask("relay-not-allowed");
        await().until(() -> proxy.lines().stream()
                .map(LogLine::parse)
                .anyMatch(line -> line.termination().equals("rbac_access_denied_matched_policy[none]")));
    }

    @Test
    void closesLateWhereAsked() throws Exception {
        long start = System.nanoTime();
        try (Socket socket = proxy.connect("relay-late")) {
            HttpClient.write(socket, "hello");
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                    .isEmpty();
        } catch (SocketException _) {
            // Reset, since nobody read what was sent.
        }
        assertThat(System.nanoTime() - start).isBetween(350_000_000L, 5_000_000_000L);
    }

    @Test
    void triesRulesOnConnections() throws Exception {
        assertThat(proxy.client("relay-tried").get("/").status()).isEqualTo(200);
        await().until(() -> counted("relay-tried.rbac.dry_.shadow_denied", 1));
    }

    @Test
    void guardsHttp() throws Exception {
        assertThat(proxy.client("http-allowed").get("/").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "/users/7/files/a/b, 200",
        "/users/7/files/, 200",
        "/users/7/files/a?b=/c, 200",
        "/users/7/8/files/a, 403",
        "/users//files/a, 403",
        "/a/x/b, 200",
        "/a/x=1/b, 200",
        "/a/x/y/b, 403",
        "/a/x/b/c, 403",
        "/v/y/1.z, 200",
        "/v/y/1.y, 403",
    })
    void matchesPathTemplates(String path, int status) throws Exception {
        assertThat(proxy.client("template").get(path).status()).isEqualTo(status);
    }

    @Test
    void tellsLaterFiltersWhatItOnlyTried() throws Exception {
        assertThat(proxy.client("tried").get("/secret").status()).isEqualTo(403);
        assertThat(proxy.client("tried").get("/public").status()).isEqualTo(200);
        assertThat(counted("http.tried.rbac.dry_.shadow_denied", 1)).isTrue();
        assertThat(counted("http.tried.rbac.dry_.shadow_allowed", 1)).isTrue();
        assertThat(counted("http.tried.rbac.dry_.policy.the rule.shadow_denied", 1))
                .isTrue();
    }

    /// Operators learn from the log and from statistics which policy refused; the caller learns nothing.
    @Test
    void namesThePolicyThatRefusesToOperatorsOnly() throws Exception {
        String answer = proxy.client("counted").exchange(HttpClient.head("GET", "/secret"));
        assertThat(answer)
                .startsWith("HTTP/1.1 403 ")
                .endsWith("RBAC: access denied")
                .doesNotContainIgnoringCase("rule");
        await().until(() -> proxy.lines().stream()
                .map(LogLine::parse)
                .anyMatch(line -> line.details().equals("rbac_access_denied_matched_policy[the_rule]")));
        await().until(() -> counted("http.counted.rbac.policy.the rule.denied", 1));
    }

    @ParameterizedTest
    @CsvSource({"/present, 200", "/absent, 403", "/not-present, 403", "/inverted, 200", "/or, 200"})
    void matchesMetadata(String path, int status) throws Exception {
        assertThat(proxy.client("metadata").get(path).status()).isEqualTo(status);
    }
}
