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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Rate limits, quotas and access lists in a whole mesh, by what requests meet.
@ParameterizedClass
@ValueSource(strings = {"lateen", "envoy"})
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class PolicyKindsIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String BANNED = "cluster.local/ns/default/sa/order-service\n";
    private static final String POLICIES = """
            apiVersion: policy.lateen.dev/v1alpha1
            kind: RateLimit
            metadata: {name: each-user, namespace: default}
            spec:
              selector: {matchLabels: {app: user-service}}
              rules:
              - match: {paths: [/limited/*]}
                keys: [{header: x-user}]
                limit: {requests: 2, window: 1h}
            ---
            apiVersion: policy.lateen.dev/v1alpha1
            kind: RateLimit
            metadata: {name: trial, namespace: default}
            spec:
              selector: {matchLabels: {app: user-service}}
              shadow: true
              rules: [{match: {paths: [/trial]}, limit: {requests: 1, window: 1h}}]
            ---
            apiVersion: policy.lateen.dev/v1alpha1
            kind: RateLimit
            metadata: {name: together, namespace: istio-system}
            spec:
              scope: MESH
              onServiceLoss: DENY
              rules:
              - match: {paths: ["/shared/{id}"], methods: [GET]}
                keys: [{identity: {}}, {pathTemplates: {templates: ["/shared/{id}"]}}]
                limit: {requests: 3, window: 1h, algorithm: SLIDING_WINDOW}
              - match: {paths: [/warm]}
                limit: {requests: 100000, window: 1h}
            ---
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: routed, namespace: default}
            spec:
              hosts: [routed.test]
              gateways: [entry]
              http:
              - {name: local, match: [{uri: {prefix: /local}}], route: [{destination: {host: user-service, port: {number: 80}}}]}
              - {name: mesh, match: [{uri: {prefix: /mesh}}, {uri: {prefix: /same}}], route: [{destination: {host: user-service, port: {number: 80}}}]}
              - {name: both, match: [{uri: {prefix: /both}}], route: [{destination: {host: user-service, port: {number: 80}}}]}
              - {name: free, route: [{destination: {host: user-service, port: {number: 80}}}]}
            ---
            apiVersion: policy.lateen.dev/v1alpha1
            kind: RateLimit
            metadata: {name: route-local, namespace: istio-system}
            spec:
              selector: {matchLabels: {istio: ingressgateway}}
              rules:
              - match: {routes: [local], methods: [GET]}
                keys: [{header: x-user}]
                limit: {requests: 2, window: 1h}
              - match: {routes: [local]}
                limit: {requests: 5, window: 1h}
              - match: {routes: [both]}
                limit: {requests: 100, window: 1h}
            ---
            apiVersion: policy.lateen.dev/v1alpha1
            kind: RateLimit
            metadata: {name: route-mesh, namespace: istio-system}
            spec:
              selector: {matchLabels: {istio: ingressgateway}}
              scope: MESH
              rules:
              - match: {routes: [mesh]}
                limit: {requests: 3, window: 1h}
              - match: {routes: [both]}
                limit: {requests: 100, window: 1h}
              - match: {hosts: [routed.test]}
                keys: [{header: x-strict}]
                limit: {requests: 4, window: 1h}
            ---
            apiVersion: policy.lateen.dev/v1alpha1
            kind: Quota
            metadata: {name: consumers, namespace: istio-system}
            spec:
              selector: {matchLabels: {istio: ingressgateway}}
              match: {hosts: [order-service.test], headers: {x-consumer: {}}}
              consumer: [{header: x-consumer}]
              requests: 2
              period: YEAR
              overrides: [{consumer: [gold], requests: 4}]
            ---
            apiVersion: policy.lateen.dev/v1alpha1
            kind: AccessList
            metadata: {name: stolen-keys, namespace: istio-system}
            spec:
              selector: {matchLabels: {istio: ingressgateway}}
              action: DENY
              headers: [{name: x-api-key, values: [stolen, "leaked-*"]}]
            ---
            apiVersion: policy.lateen.dev/v1alpha1
            kind: AccessList
            metadata: {name: banned, namespace: default}
            spec:
              selector: {matchLabels: {app: user-service}}
              action: DENY
              sources: [{file: lists/banned.txt, holds: PRINCIPALS, refreshInterval: 1s}]
            ---
            apiVersion: policy.lateen.dev/v1alpha1
            kind: AccessList
            metadata: {name: known-callers, namespace: default}
            spec:
              selector: {matchLabels: {app: guarded}}
              principals: [cluster.local/ns/default/sa/order-service]
            """;

    private static RunningMesh mesh;
    private static Path list;

    @Parameter
    String proxy;

    @BeforeParameterizedClassInvocation
    static void start(String proxy) throws IOException {
        RunningMesh.assumeRuns("explicit", proxy);
        Path directory = Files.createTempDirectory("limits");
        list = directory.resolve("manifests/lists/banned.txt");
        Files.createDirectories(list.getParent());
        Files.writeString(list, "# nobody\n");
        mesh = RunningMesh.of(
                directory,
                RunningMesh.peer("user-service", "", "")
                        + RunningMesh.peer("order-service", "", "")
                        + RunningMesh.peer("guarded", "", "")
                        + RunningMesh.gateway("user-service", "order-service")
                        + POLICIES,
                "--capture",
                "explicit",
                "--proxy",
                proxy);
        await().atMost(SOON).until(() -> mesh.ask("user-service", "/", "").startsWith("user-service"));
        // The first question to the service takes longer, of each of Envoy's threads a handshake, and whoever waits too
        // long for its answer is refused, or is not counted.
        for (String peer : List.of("user-service", "order-service")) {
            await().atMost(SOON).until(() -> statuses(8, peer, "/warm").stream().allMatch(status -> status == 200));
        }
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        if (mesh != null) {
            mesh.close();
            mesh = null;
        }
    }

    private static List<Integer> statuses(int requests, String peer, String path, String... fields) throws IOException {
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            statuses.add(mesh.answer(peer, path, "", fields).statusCode());
        }
        return statuses;
    }

    @Test
    void eachUserHasABucketOfItsOwn() throws IOException {
        assertThat(statuses(3, "user-service", "/limited/a", "x-user", "ann")).containsExactly(200, 200, 429);
        assertThat(statuses(3, "user-service", "/limited/b?c=d", "x-user", "bob"))
                .containsExactly(200, 200, 429);
    }

    @Test
    void thoseWithoutAValueShareABucket() throws IOException {
        assertThat(statuses(3, "user-service", "/limited/a")).containsExactly(200, 200, 429);
    }

    @Test
    void aRefusalSaysWhenToComeAgain() throws IOException {
        statuses(2, "user-service", "/limited/a", "x-user", "cleo");
        HttpResponse<String> refusal = mesh.answer("user-service", "/limited/a", "", "x-user", "cleo");
        assertThat(refusal.statusCode()).isEqualTo(429);
        assertThat(refusal.headers().firstValue("retry-after")).contains("1800");
        assertThat(refusal.headers().firstValue("ratelimit-limit")).contains("2");
        assertThat(refusal.headers().firstValue("ratelimit-remaining")).contains("0");
        assertThat(refusal.headers().firstValue("x-ratelimit-remaining")).contains("0");
        mesh.explains(429, "/limited/a", "RateLimit default/each-user", "requests: 2, window: 1h");
    }

    @Test
    void aTrialRefusesNobody() throws IOException {
        assertThat(statuses(3, "user-service", "/trial")).containsOnly(200);
    }

    @Test
    void otherPathsAreNotLimited() throws IOException {
        assertThat(statuses(5, "user-service", "/free", "x-user", "dan")).containsOnly(200);
    }

    @Test
    void theMeshCountsTogetherWhatACallerAsksOfAllWorkloads() throws IOException {
        List<Integer> statuses = new ArrayList<>(statuses(2, "user-service", "/shared/a"));
        statuses.addAll(statuses(2, "order-service", "/shared/b"));
        assertThat(statuses).containsExactly(200, 200, 200, 429);
        mesh.explains(429, "/shared/b", "RateLimit istio-system/together", "algorithm: SLIDING_WINDOW");
    }

    @Test
    void aRouteIsLimitedByTheProxyUnderItsName() throws IOException {
        assertThat(statuses(3, "routed", "/local", "x-user", "ann", "x-strict", "a"))
                .containsExactly(200, 200, 429);
        mesh.explains(429, "/local", "RateLimit istio-system/route-local", "requests: 2, window: 1h");
        assertThat(statuses(2, "routed", "/local", "x-user", "bob", "x-strict", "b"))
                .containsExactly(200, 200);
        assertThat(statuses(2, "routed", "/local", "x-user", "cleo", "x-strict", "c"))
                .containsExactly(200, 429);
        mesh.explains(429, "/local", "RateLimit istio-system/route-local", "requests: 5, window: 1h");
    }

    @Test
    void aRouteIsLimitedForTheMeshUnderItsNameWithAllItsMatches() throws IOException {
        List<Integer> statuses = new ArrayList<>(statuses(2, "routed", "/mesh", "x-strict", "d"));
        statuses.addAll(statuses(2, "routed", "/same", "x-strict", "e"));
        assertThat(statuses).containsExactly(200, 200, 200, 429);
        mesh.explains(429, "/same", "RateLimit istio-system/route-mesh", "requests: 3, window: 1h");
    }

    @Test
    void whatHoldsForAllRoutesHoldsBesideARoutesOwnLimits() throws IOException {
        List<Integer> statuses = new ArrayList<>(statuses(2, "routed", "/free", "x-strict", "f"));
        statuses.addAll(statuses(3, "routed", "/both", "x-strict", "f"));
        assertThat(statuses).containsExactly(200, 200, 200, 200, 429);
        mesh.explains(429, "/both", "RateLimit istio-system/route-mesh", "requests: 4, window: 1h");
    }

    @Test
    void eachConsumerHasAQuotaAndSomeALargerOne() throws IOException {
        assertThat(statuses(3, "order-service", "/", "x-consumer", "iron")).containsExactly(200, 200, 429);
        mesh.explains(429, "/", "Quota istio-system/consumers", "requests: 2");
        assertThat(statuses(5, "order-service", "/", "x-consumer", "gold")).containsExactly(200, 200, 200, 200, 429);
    }

    @Test
    void whoeverIsOnADenyListIsRefused() throws IOException {
        assertThat(statuses(1, "user-service", "/", "x-api-key", "stolen")).containsExactly(403);
        assertThat(statuses(1, "user-service", "/keys", "x-api-key", "leaked-7"))
                .containsExactly(403);
        mesh.explains(403, "/keys", "AccessList istio-system/stolen-keys", "spec:");
        assertThat(statuses(1, "user-service", "/", "x-api-key", "mine")).containsExactly(200);
    }

    @Test
    void onlyThoseOnAnAllowListGetIn() throws IOException {
        assertThat(mesh.ask("order-service", "/fetch", "http://guarded/")).startsWith("200 guarded");
        assertThat(mesh.ask("user-service", "/fetch", "http://guarded/in")).startsWith("403 ");
        mesh.explains(403, "/in", "AccessList default/known-callers", "spec:");
    }

    /// Last, since other listeners begin with full buckets.
    @Test
    @Order(Integer.MAX_VALUE)
    void aListInAFileIsReadAgain() throws IOException {
        assertThat(mesh.ask("order-service", "/fetch", "http://user-service/")).startsWith("200 ");
        Files.writeString(list, BANNED);
        await().atMost(SOON).until(() -> fetchByOrders().startsWith("403 "));
        Files.writeString(list, "no identity, but nonsense\n");
        await().atMost(SOON).until(() -> diagnostics("banned").contains("banned.txt:1: not a principal"));
        assertThat(fetchByOrders()).startsWith("403 ");
        mesh.explains(403, "/", "AccessList default/banned", "spec:");
        Files.writeString(list, "");
        await().atMost(SOON).until(() -> fetchByOrders().startsWith("200 "));
    }

    private static String fetchByOrders() {
        return mesh.ask("order-service", "/fetch", "http://user-service/");
    }

    @Test
    void theStatusNamesTheWorkloadsThatCarryAPolicy() throws IOException {
        assertThat(resource("each-user").path("carriedBy").toString())
                .contains("user-service-")
                .doesNotContain("order-service-");
        assertThat(resource("consumers").path("carriedBy").toString()).contains("gateway");
    }

    private static String diagnostics(String policy) throws IOException {
        return resource(policy).path("diagnostics").toString();
    }

    private static JsonNode resource(String policy) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + mesh.debugAddress() + "/debug/statusz"))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            String page =
                    client.send(request, HttpResponse.BodyHandlers.ofString()).body();
            for (JsonNode resource : new JsonMapper().readTree(page).path("resources")) {
                if (resource.path("name").asString("").equals(policy)
                        && resource.path("group").asString("").equals("policy.lateen.dev")) {
                    return resource;
                }
            }
            throw new AssertionError("no policy " + policy + " in " + page);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException(interrupted);
        }
    }
}
