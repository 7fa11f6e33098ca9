package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// EnvoyFilters in a mesh that runs, for workloads with our proxy (`ours`) and with real Envoy (`theirs`). Each is
/// taken away again, and what was before has to come back. Routes, hosts, filters and clusters are asked, one each.
final class EnvoyFilterIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    private static Path directory;

    private static RunningMesh mesh;
    private static Path file;

    @BeforeAll
    static void start() throws IOException {
        RunningMesh.assumeAsked("explicit", "envoy");
        mesh = RunningMesh.of(
                directory,
                RunningMesh.peer("ours", "", "")
                        + RunningMesh.peer("theirs", ", local.lateen.dev/proxy: envoy", "")
                        + RunningMesh.gateway("ours", "theirs"),
                "--capture",
                "explicit");
        file = directory.resolve("manifests/filters.yaml");
        for (String peer : new String[] {"ours", "theirs"}) {
            await().atMost(SOON).until(() -> mesh.answer(peer, "/", "").statusCode() == 200);
        }
    }

    @AfterAll
    static void stop() {
        if (mesh != null) {
            mesh.close();
        }
    }

    @AfterEach
    void remove() throws IOException {
        Files.deleteIfExists(file);
    }

    private static void apply(String name, String app, String patches) throws IOException {
        String yaml = """
                apiVersion: networking.istio.io/v1alpha3
                kind: EnvoyFilter
                metadata: {name: %s, namespace: default}
                spec:
                  workloadSelector: {labels: {app: %s}}
                  configPatches:
                %s""".formatted(name, app, patches.indent(2));
        Path draft = Files.writeString(directory.resolve("draft"), yaml);
        Files.move(draft, file);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ours", "theirs"})
    void aRouteOfTheInboundListenerGetsAHeader(String peer) throws IOException {
        apply("header", peer, """
                - applyTo: HTTP_ROUTE
                  match: {context: SIDECAR_INBOUND, routeConfiguration: {portNumber: 8080}}
                  patch:
                    operation: MERGE
                    value: {response_headers_to_add: [{header: {key: x-patched, value: "yes"}}]}
                """);

        await().atMost(SOON).until(() -> patched(peer).equals("yes"));
        remove();
        await().atMost(SOON).until(() -> patched(peer).isEmpty());
    }

    private static String patched(String peer) throws IOException {
        return mesh.answer(peer, "/", "").headers().firstValue("x-patched").orElse("");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ours", "theirs"})
    void aRateLimitStandsBeforeTheRouter(String peer) throws IOException {
        apply("limit", peer, """
                - applyTo: HTTP_FILTER
                  match:
                    context: SIDECAR_INBOUND
                    listener:
                      portNumber: 8080
                      filterChain: {filter: {name: envoy.filters.network.http_connection_manager}}
                  patch:
                    operation: ADD
                    value:
                      name: envoy.filters.http.local_ratelimit
                      typed_config:
                        "@type": type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit
                        stat_prefix: patched
                        token_bucket: {max_tokens: 1, tokens_per_fill: 1, fill_interval: 3600s}
                        filter_enabled: {default_value: {numerator: 100, denominator: HUNDRED}}
                        filter_enforced: {default_value: {numerator: 100, denominator: HUNDRED}}
                """);

        await().atMost(SOON).until(() -> mesh.answer(peer, "/limited", "").statusCode() == 429);
        if (peer.equals("ours")) {
            mesh.explains(429, "/limited", "EnvoyFilter default/limit", "applyTo: HTTP_FILTER");
        }
        remove();
        await().atMost(SOON).until(() -> mesh.answer(peer, "/", "").statusCode() == 200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ours", "theirs"})
    void aClustersCircuitBreakerIsSetAnew(String peer) throws IOException {
        String other = peer.equals("ours") ? "theirs" : "ours";
        await().atMost(SOON)
                .until(() -> mesh.ask(peer, "/fetch", "http://" + other + "/").startsWith("200 " + other));
        apply("breaker", peer, """
                - applyTo: CLUSTER
                  match: {context: SIDECAR_OUTBOUND, cluster: {service: %s.default.svc.cluster.local}}
                  patch:
                    operation: MERGE_AND_REPLACE_LIST
                    value: {circuit_breakers: {thresholds: [{max_requests: 0}]}}
                """.formatted(other));

        await().atMost(SOON)
                .until(() ->
                        mesh.ask(peer, "/fetch", "http://" + other + "/full").startsWith("503"));
        mesh.explains(503, "/full", "EnvoyFilter default/breaker", "applyTo: CLUSTER");
        remove();
        await().atMost(SOON)
                .until(() -> mesh.ask(peer, "/fetch", "http://" + other + "/").startsWith("200 " + other));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ours", "theirs"})
    void aServicesHostsAreAskedHowTheyAre(String peer) throws IOException {
        String other = peer.equals("ours") ? "theirs" : "ours";
        apply("health", peer, """
                - applyTo: CLUSTER
                  match: {context: SIDECAR_OUTBOUND, cluster: {service: %s.default.svc.cluster.local}}
                  patch:
                    operation: MERGE
                    value:
                      common_lb_config: {healthy_panic_threshold: {value: 0}}
                      health_checks:
                      - timeout: 1s
                        interval: 0.2s
                        no_traffic_interval: 0.2s
                        unhealthy_threshold: 1
                        healthy_threshold: 1
                        http_health_check: {path: /, expected_statuses: [{start: 418, end: 419}]}
                """.formatted(other));

        await().atMost(SOON)
                .until(() ->
                        mesh.ask(peer, "/fetch", "http://" + other + "/sick").startsWith("503"));
        if (peer.equals("ours")) {
            mesh.explains(503, "/sick", "EnvoyFilter default/health", "applyTo: CLUSTER");
        }
        remove();
        await().atMost(SOON)
                .until(() -> mesh.ask(peer, "/fetch", "http://" + other + "/").startsWith("200 " + other));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ours", "theirs"})
    void aRouteIsInsertedFirst(String peer) throws IOException {
        String other = peer.equals("ours") ? "theirs" : "ours";
        apply("route", peer, """
                - applyTo: HTTP_ROUTE
                  match:
                    context: SIDECAR_OUTBOUND
                    routeConfiguration: {vhost: {name: "%s.default.svc.cluster.local:80"}}
                  patch:
                    operation: INSERT_FIRST
                    value: {match: {path: /teapot}, direct_response: {status: 418, body: {inline_string: short}}}
                """.formatted(other));

        await().atMost(SOON)
                .until(() ->
                        mesh.ask(peer, "/fetch", "http://" + other + "/teapot").startsWith("418 short"));
        if (peer.equals("ours")) {
            mesh.explains(418, "/teapot", "EnvoyFilter default/route", "applyTo: HTTP_ROUTE");
        }
        remove();
        await().atMost(SOON)
                .until(() ->
                        mesh.ask(peer, "/fetch", "http://" + other + "/teapot").startsWith("200"));
    }

    @Test
    void envoyRunsLuaAndOurProxyNamesWhatItHasNot() throws IOException {
        String lua = """
                - applyTo: HTTP_FILTER
                  match: {context: SIDECAR_INBOUND, listener: {portNumber: 8080}}
                  patch:
                    operation: ADD
                    value:
                      name: envoy.filters.http.lua
                      typed_config:
                        "@type": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua
                        default_source_code:
                          inline_string: |
                            function envoy_on_response(handle) handle:headers():add("x-patched", "lua") end
                """;
        apply("lua", "theirs", lua);
        await().atMost(SOON).until(() -> patched("theirs").equals("lua"));
        remove();
        await().atMost(SOON).until(() -> patched("theirs").isEmpty());

        apply("lua", "ours", lua);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(resource("lua").path("rejected").toString())
                        .contains("envoy.extensions.filters.http.lua.v3.Lua"));
        assertThat(mesh.answer("ours", "/", "").statusCode()).isEqualTo(200);
    }

    @Test
    void aMistakeIsReportedAtItsLineAndCostsItsPatchAlone() throws IOException {
        apply("mistake", "ours", """
                - applyTo: CLUSTER
                  match: {context: SIDECAR_OUTBOUND}
                  patch: {operation: MERGE, value: {connect_timout: 1s}}
                - applyTo: HTTP_ROUTE
                  match: {context: SIDECAR_INBOUND, routeConfiguration: {portNumber: 8080}}
                  patch:
                    operation: MERGE
                    value: {response_headers_to_add: [{header: {key: x-patched, value: still}}]}
                """);

        await().atMost(SOON).until(() -> patched("ours").equals("still"));
        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(resource("mistake").path("diagnostics").toString())
                                .contains("filters.yaml:9:", "did you mean connect_timeout?"));
    }

    private static JsonNode resource(String name) throws IOException {
        for (JsonNode resource : status().path("resources")) {
            if (resource.path("kind").asString("").equals("EnvoyFilter")
                    && resource.path("name").asString("").equals(name)) {
                return resource;
            }
        }
        return new JsonMapper().createObjectNode();
    }

    private static JsonNode status() throws IOException {
        return new JsonMapper().readTree(get());
    }

    private static String get() throws IOException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(URI.create("http://" + mesh.debugAddress() + "/debug/statusz"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException(interrupted);
        }
    }
}
