package dev.lateen.e2e.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// A real grpc-java client that has its routes, clusters and endpoints from our control plane.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ProxylessGrpcIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String TARGET = "xds:///" + ProxylessMesh.HOST + ":7070";
    private static final String SUBSETS = """
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: echo, namespace: shop}
            spec:
              host: echo
              subsets:
              - {name: v1, labels: {version: v1}}
              - {name: v2, labels: {version: v2}}
            """;

    private ProxylessMesh mesh;
    private PeerProcess client;

    @BeforeAll
    void start(@TempDir Path directory) throws IOException {
        mesh = new ProxylessMesh(directory);
        mesh.server(PeerProcess.java(), "v1a", "v1", "127.0.0.11");
        mesh.server(PeerProcess.java(), "v1b", "v1", "127.0.0.12");
        mesh.server(PeerProcess.java(), "v2a", "v2", "127.0.0.13");
        mesh.write("rule", SUBSETS);
        client = mesh.peer(PeerProcess.java(), "client", "127.0.0.14", Map.of("GRPC_XDS", "true"));
        await().atMost(SOON).until(() -> names(client.call(TARGET, "count=20")).size() == 3);
    }

    @AfterAll
    void stop() {
        mesh.close();
    }

    @AfterEach
    void withoutRoutes() throws IOException {
        mesh.remove("routes");
    }

    @Test
    void answersToShortNamesOfTheServiceInTheCallersNamespace() {
        for (String name : List.of("echo", "echo.shop", "echo.shop.svc")) {
            assertThat(names(client.call("xds:///" + name + ":7070", "count=20")))
                    .as(name)
                    .containsKeys("v1a", "v1b", "v2a");
        }
    }

    @Test
    void failsCallsToServicesThatAreGone() throws IOException {
        mesh.write("brief", ProxylessMesh.service("brief"));
        await().atMost(SOON)
                .until(() -> names(client.call("xds:///brief:7070", "millis=20000")).keySet().stream()
                        .allMatch(name -> name.startsWith("v")));

        mesh.remove("brief");

        await().atMost(SOON)
                .until(() -> client.call("xds:///brief:7070", "millis=3000").keySet().stream()
                        .allMatch(answer -> answer.startsWith("UNAVAILABLE")));
    }

    @Test
    void sharesCallsByWeight() throws IOException {
        routes("""
                http:
                - route:
                  - {destination: {host: echo, subset: v1}, weight: 80}
                  - {destination: {host: echo, subset: v2}, weight: 20}
                """);
        await().atMost(SOON).until(() -> share(names(client.call(TARGET, "count=200")), "v2a") < 0.28);

        Map<String, Integer> counts = names(client.call(TARGET, "count=2000"));

        System.out.println("2,000 calls by 80 to 20: " + counts);
        // Four standard deviations of 2,000 calls of which a fifth is expected.
        assertThat(share(counts, "v2a")).isBetween(0.2 - 0.036, 0.2 + 0.036);
        assertThat(share(counts, "v1a")).isBetween(0.38, 0.42);
    }

    @Test
    void matchesHeaders() throws IOException {
        routes("""
                http:
                - match: [{headers: {x-user: {exact: tester}}, withoutHeaders: {x-old: {exact: "yes"}}}]
                  route: [{destination: {host: echo, subset: v2}}]
                - route: [{destination: {host: echo, subset: v1}}]
                """);
        await().atMost(SOON).until(() -> only(client.call(TARGET, "count=20"), "v1a", "v1b"));

        assertThat(names(client.call(TARGET, "count=20", "h=x-user:tester"))).containsOnlyKeys("v2a");
        assertThat(names(client.call(TARGET, "count=20", "h=x-user:tester", "h=x-old:no")))
                .containsOnlyKeys("v2a");
        assertThat(names(client.call(TARGET, "count=20", "h=x-user:tester", "h=x-old:yes")))
                .doesNotContainKey("v2a");
    }

    @Test
    void retries() throws IOException {
        routes("""
                http:
                - retries: {attempts: 3, retryOn: "unavailable,5xx", backoff: 10ms}
                  route: [{destination: {host: echo, subset: v2}}]
                """);
        await().atMost(SOON)
                .until(() -> client.call(TARGET, "h=x-fail:3").keySet().equals(Set.of("v2a - 3")));

        assertThat(client.call(TARGET, "h=x-fail:2")).containsOnlyKeys("v2a - 2");
        assertThat(client.call(TARGET, "h=x-fail:4")).containsOnlyKeys("UNAVAILABLE as asked");
    }

    @Test
    void doesNotRetryWhereThatIsTurnedOff() throws IOException {
        routes("""
                http:
                - retries: {attempts: 0}
                  route: [{destination: {host: echo, subset: v2}}]
                """);

        await().atMost(SOON)
                .until(() -> client.call(TARGET, "h=x-fail:1").keySet().equals(Set.of("UNAVAILABLE as asked")));
    }

    @Test
    void limitsTheTimeOfACall() throws IOException {
        routes("""
                http:
                - timeout: 300ms
                  route: [{destination: {host: echo, subset: v2}}]
                """);

        await().atMost(SOON)
                .until(() -> client.call(TARGET, "h=x-delay:3000").keySet().stream()
                        .allMatch(answer -> answer.startsWith("DEADLINE_EXCEEDED")));
        assertThat(names(client.call(TARGET, "h=x-delay:10"))).containsOnlyKeys("v2a");
    }

    @Test
    void injectsFaults() throws IOException {
        routes("""
                http:
                - match: [{headers: {x-fault: {exact: grpc}}}]
                  fault: {abort: {grpcStatus: RESOURCE_EXHAUSTED, percentage: {value: 100}}}
                  route: [{destination: {host: echo}}]
                - match: [{headers: {x-fault: {exact: http}}}]
                  fault: {abort: {httpStatus: 404, percentage: {value: 100}}}
                  route: [{destination: {host: echo}}]
                - route: [{destination: {host: echo}}]
                """);

        await().atMost(SOON)
                .until(() -> client.call(TARGET, "h=x-fault:grpc").keySet().stream()
                        .allMatch(answer -> answer.startsWith("RESOURCE_EXHAUSTED")));
        assertThat(client.call(TARGET, "h=x-fault:http").keySet())
                .allSatisfy(answer -> assertThat(answer).startsWith("UNIMPLEMENTED"));
    }

    @Test
    void takesChangesOfRoutesWithoutAFailedCall() throws IOException {
        for (int round = 0; round < 5; round++) {
            String subset = round % 2 == 0 ? "v2" : "v1";
            routes("http: [{route: [{destination: {host: echo, subset: " + subset + "}}]}]\n");
            await().atMost(SOON).pollInterval(Duration.ofMillis(20)).until(() -> {
                Map<String, Integer> counts = client.call(TARGET, "count=20");
                assertThat(counts.keySet())
                        .allSatisfy(answer -> assertThat(answer).startsWith("v"));
                return names(counts).keySet().stream().allMatch(name -> name.startsWith(subset));
            });
        }
    }

    @Test
    void leavesEndpointsThatAreGone() throws IOException {
        mesh.leave("v1b");
        try {
            await().atMost(SOON).until(() -> only(client.call(TARGET, "count=20"), "v1a", "v2a"));
        } finally {
            mesh.appear("v1b", "v1", "127.0.0.12");
        }
        await().atMost(SOON).until(() -> names(client.call(TARGET, "count=20")).containsKey("v1b"));
    }

    @Test
    void isSeenByTheControlPlane() {
        // What was sent last has been taken.
        await().atMost(SOON).until(() -> {
            String status = mesh.page("/debug/syncz");
            return status.contains("client.shop")
                    && List.of("cluster", "listener", "route", "endpoint").stream()
                            .allMatch(type -> status.contains("\"" + type + "_sent\"")
                                    && field(status, type + "_sent").equals(field(status, type + "_acked")));
        });
    }

    private static String field(String json, String name) {
        Matcher found = Pattern.compile("\"" + name + "\" : \"([^\"]*)\"").matcher(json);
        return found.find() ? found.group(1) : "";
    }

    private void routes(String http) throws IOException {
        mesh.write("routes", """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: echo, namespace: shop}
                spec:
                  hosts: [echo]
                """ + http.indent(2));
    }

    /// Answers by who gave them.
    private static Map<String, Integer> names(Map<String, Integer> answers) {
        Map<String, Integer> names = new TreeMap<>();
        answers.forEach((answer, times) -> names.merge(answer.split(" ")[0], times, Integer::sum));
        return names;
    }

    private static boolean only(Map<String, Integer> answers, String... wanted) {
        return names(answers).keySet().equals(Set.of(wanted));
    }

    private static double share(Map<String, Integer> counts, String name) {
        int all = counts.values().stream().mapToInt(Integer::intValue).sum();
        return counts.getOrDefault(name, 0) / (double) all;
    }
}
