package dev.lateen.e2e.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Real grpc-java and grpc-go clients that have their routes, clusters and endpoints from our control plane.
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
    private final Map<Library, PeerProcess> clients = new EnumMap<>(Library.class);

    @BeforeAll
    void start(@TempDir Path directory) throws IOException {
        mesh = new ProxylessMesh(directory);
        mesh.server(Library.JAVA.peer(), "v1a", "v1", "127.0.0.11");
        mesh.server(Library.JAVA.peer(), "v1b", "v1", "127.0.0.12");
        mesh.server(Library.JAVA.peer(), "v2a", "v2", "127.0.0.13");
        mesh.write("rule", SUBSETS);
    }

    private synchronized PeerProcess client(Library library) throws IOException {
        library.assumeAsked();
        PeerProcess known = clients.get(library);
        if (known != null) {
            return known;
        }
        PeerProcess started = mesh.peer(library.peer(), name(library), "127.0.0.14", Map.of("GRPC_XDS", "true"));
        clients.put(library, started);
        await().atMost(SOON)
                .until(() -> names(started.call(TARGET, "count=20")).keySet().equals(Set.of("v1a", "v1b", "v2a")));
        return started;
    }

    private static String name(Library library) {
        return "client-" + library.name().toLowerCase(Locale.ROOT);
    }

    @AfterAll
    void stop() {
        mesh.close();
    }

    @AfterEach
    void withoutRoutes() throws IOException {
        mesh.remove("routes");
    }

    @ParameterizedTest
    @EnumSource
    void answersToShortNamesOfTheServiceInTheCallersNamespace(Library library) throws IOException {
        PeerProcess client = client(library);
        for (String name : List.of("echo", "echo.shop", "echo.shop.svc")) {
            await(name)
                    .atMost(SOON)
                    .until(() -> names(client.call("xds:///" + name + ":7070", "count=20"))
                            .keySet()
                            .equals(Set.of("v1a", "v1b", "v2a")));
        }
    }

    @ParameterizedTest
    @EnumSource
    void failsCallsToServicesThatAreGone(Library library) throws IOException {
        PeerProcess client = client(library);
        mesh.write("brief", ProxylessMesh.service("brief"));
        await().atMost(SOON)
                .until(() -> names(client.call("xds:///brief:7070", "millis=20000")).keySet().stream()
                        .allMatch(name -> name.startsWith("v")));

        mesh.remove("brief");

        await().atMost(SOON)
                .until(() -> client.call("xds:///brief:7070", "millis=3000").keySet().stream()
                        .allMatch(answer -> answer.startsWith("UNAVAILABLE")));
    }

    @ParameterizedTest
    @EnumSource
    void sharesCallsByWeight(Library library) throws IOException {
        PeerProcess client = client(library);
        routes("""
                http:
                - route:
                  - {destination: {host: echo, subset: v1}, weight: 80}
                  - {destination: {host: echo, subset: v2}, weight: 20}
                """);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(share(names(client.call(TARGET, "count=200")), "v2a"))
                        .isBetween(0.12, 0.28));

        Map<String, Integer> counts = names(client.call(TARGET, "count=2000"));

        System.out.println(library + ", 2,000 calls by 80 to 20: " + counts);
        // Four standard deviations of 2,000 calls of which a fifth is expected.
        assertThat(share(counts, "v2a")).isBetween(0.2 - 0.036, 0.2 + 0.036);
        assertThat(share(counts, "v1a")).isBetween(0.38, 0.42);
    }

    @ParameterizedTest
    @EnumSource
    void matchesHeaders(Library library) throws IOException {
        PeerProcess client = client(library);
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

    @ParameterizedTest
    @EnumSource
    void retries(Library library) throws IOException {
        PeerProcess client = client(library);
        routes("""
                http:
                - retries: {attempts: 3, retryOn: "unavailable,5xx", backoff: 10ms}
                  route: [{destination: {host: echo, subset: v2}}]
                """);
        await().atMost(SOON)
                .until(() -> client.call(TARGET, "h=x-fail:3").keySet().equals(Set.of("v2a - 3")));

        assertThat(client.call(TARGET, "h=x-fail:2")).containsOnlyKeys("v2a - 2");
        assertThat(client.call(TARGET, "h=x-fail:4").keySet())
                .allSatisfy(
                        answer -> assertThat(answer).startsWith("UNAVAILABLE").endsWith("as asked"));
    }

    @ParameterizedTest
    @EnumSource
    void doesNotRetryWhereThatIsTurnedOff(Library library) throws IOException {
        PeerProcess client = client(library);
        routes("""
                http:
                - retries: {attempts: 0}
                  route: [{destination: {host: echo, subset: v2}}]
                """);

        await().atMost(SOON)
                .until(() -> client.call(TARGET, "h=x-fail:1").keySet().equals(Set.of("UNAVAILABLE as asked")));
    }

    @ParameterizedTest
    @EnumSource
    void limitsTheTimeOfACall(Library library) throws IOException {
        PeerProcess client = client(library);
        routes("""
                http:
                - timeout: 300ms
                  route: [{destination: {host: echo, subset: v2}}]
                """);

        await().atMost(SOON)
                .until(() -> client.call(TARGET, "h=x-delay:3000").keySet().stream()
                        .allMatch(answer -> answer.startsWith("DEADLINE_EXCEEDED")));
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(names(client.call(TARGET, "h=x-delay:10"))).containsOnlyKeys("v2a"));
    }

    @ParameterizedTest
    @EnumSource
    void injectsFaults(Library library) throws IOException {
        PeerProcess client = client(library);
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

    @ParameterizedTest
    @EnumSource
    void takesChangesOfRoutesWithoutAFailedCall(Library library) throws IOException {
        PeerProcess client = client(library);
        for (int round = 0; round < 5; round++) {
            String subset = round % 2 == 0 ? "v2" : "v1";
            routes("http: [{route: [{destination: {host: echo, subset: " + subset + "}}]}]\n");
            await().atMost(SOON).pollInterval(Duration.ofMillis(20)).until(() -> {
                Map<String, Integer> counts = client.call(TARGET, "count=20");
                if (library == Library.GO) {
                    // grpc-go gives a call to a cluster before its balancer knows that: its own race.
                    counts.keySet().removeIf(answer -> answer.startsWith("UNAVAILABLE unknown cluster selected"));
                }
                assertThat(counts.keySet())
                        .allSatisfy(answer -> assertThat(answer).startsWith("v"));
                return names(counts).keySet().stream().allMatch(name -> name.startsWith(subset));
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void leavesEndpointsThatAreGone(Library library) throws IOException {
        PeerProcess client = client(library);
        mesh.leave("v1b");
        try {
            await().atMost(SOON).until(() -> only(client.call(TARGET, "count=20"), "v1a", "v2a"));
        } finally {
            mesh.appear("v1b", "v1", "127.0.0.12");
        }
        await().atMost(SOON).until(() -> names(client.call(TARGET, "count=20")).containsKey("v1b"));
    }

    @ParameterizedTest
    @EnumSource
    void isSeenByTheControlPlane(Library library) throws IOException {
        PeerProcess client = client(library);
        assertThat(client.call(TARGET)).isNotEmpty();

        // What was sent last has been taken.
        await().atMost(SOON).until(() -> {
            String proxy = Stream.of(mesh.page("/debug/syncz").split("}"))
                    .filter(one -> one.contains("\"" + name(library) + ".shop\""))
                    .findFirst()
                    .orElse("");
            return Stream.of("cluster", "listener", "route", "endpoint")
                    .allMatch(type -> !field(proxy, type + "_sent").isEmpty()
                            && field(proxy, type + "_sent").equals(field(proxy, type + "_acked")));
        });
    }

    private static String field(String json, String name) {
        Matcher found = Pattern.compile("\"" + name + "\" : \"([^\"]*)\"").matcher(json);
        return found.find() ? found.group(1) : "";
    }

    @ParameterizedTest
    @EnumSource
    void saysAtTheRouteWhatGrpcCannotDo(Library library) throws IOException {
        client(library);
        routes("""
                http:
                - rewrite: {authority: other}
                  retries: {attempts: 2, retryOn: 5xx}
                  route: [{destination: {host: echo}}]
                """);

        await().atMost(SOON)
                .until(
                        () -> mesh.page("/debug/statusz"),
                        status -> status.contains("spec.http[0].rewrite")
                                && status.contains("spec.http[0].retries.retryOn")
                                && status.contains("without-effect-in-grpc"));
    }

    @ParameterizedTest
    @EnumSource
    void saysAtTheDestinationRuleWhatGrpcCannotDo(Library library) throws IOException {
        client(library);
        mesh.write("rule", SUBSETS + """
                  trafficPolicy:
                    connectionPool: {tcp: {maxConnections: 3}, http: {http2MaxRequests: 1000}}
                    portLevelSettings:
                    - port: {number: 7070}
                      connectionPool: {http: {http2KeepAlive: {interval: 5s}}}
                """);

        String status = await().atMost(SOON)
                .until(
                        () -> mesh.page("/debug/statusz"),
                        page -> page.contains("spec.trafficPolicy.connectionPool.tcp")
                                && page.contains("spec.trafficPolicy.portLevelSettings[0].connectionPool.http"));

        assertThat(status).doesNotContain("spec.trafficPolicy.connectionPool.http");
        mesh.write("rule", SUBSETS);
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
