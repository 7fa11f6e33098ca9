package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.e2e.behaviour.Share;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Near servers are preferred, from the file to the peer that answers: clients and servers run in zones a and b, one
/// more server in another region. A DestinationRule with `zoneAwareLbSetting` keeps calls in the caller's zone as far
/// as there is room, a Service with `trafficDistribution` as long as anybody is there. With our proxy, and with real
/// Envoy where all integration tests are asked for.
final class ZonesIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int CALLS = 200;
    private static final String ASKS =
            ", proxy.istio.io/config: 'proxyMetadata: {ISTIO_META_ENABLE_SELF_DISCOVERY: \"true\"}'";
    private static final String SERVICES = """
            apiVersion: v1
            kind: Service
            metadata: {name: client, namespace: default}
            spec: {selector: {role: client}, ports: [{name: http, port: 80, targetPort: 8080}]}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: server, namespace: default}
            spec: {selector: {role: server}, ports: [{name: http, port: 80, targetPort: 8080}]}
            ---
            """;
    private static final String RULE = """
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: server, namespace: default}
            spec:
              host: server
              trafficPolicy:
                loadBalancer: {simple: ROUND_ROBIN, zoneAwareLbSetting: {minClusterSize: 2}}
            ---
            """;
    /// A second client in zone a, as the registry sees it.
    private static final String ANOTHER = """
            apiVersion: networking.istio.io/v1
            kind: WorkloadEntry
            metadata: {name: another, namespace: default}
            spec: {address: 127.99.0.1, locality: eu/a, labels: {role: client, service.istio.io/workload-name: client}}
            ---
            """;

    @TempDir
    Path directory = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"lateen", "envoy"})
    void keepsCallsInTheCallersZoneAsFarAsThereIsRoom(String proxy) throws Exception {
        RunningMesh.assumeAsked("explicit", proxy);
        String workloads = SERVICES
                + workload("client-a", "client", "eu.a", ASKS)
                + workload("client-b", "client", "eu.b", ASKS)
                + workload("server-a", "server", "eu.a", "")
                + workload("server-b", "server", "eu.b", "")
                + workload("server-far", "server", "us.a", "")
                + RunningMesh.gateway("client-a", "client-b");
        try (RunningMesh mesh =
                RunningMesh.of(directory, workloads + RULE, "--proxy", proxy, "--capture", "explicit")) {
            await().atMost(SOON).until(() -> calls(mesh, "client-a", 20).equals(Map.of("server-a", 20)));
            assertThat(calls(mesh, "client-a", CALLS)).isEqualTo(Map.of("server-a", CALLS));
            assertThat(calls(mesh, "client-b", CALLS)).isEqualTo(Map.of("server-b", CALLS));

            // Two thirds of the clients are in zone a, half of the servers: three quarters of their calls stay.
            mesh.replace(workloads + RULE + ANOTHER);
            await().atMost(SOON).until(() -> calls(mesh, "client-a", 20).containsKey("server-b"));
            Map<String, Integer> split = calls(mesh, "client-a", CALLS);
            new Share(CALLS, 0.75).check(split.getOrDefault("server-a", 0), "calls that stay");
            assertThat(split.keySet()).containsExactly("server-a", "server-b");
            assertThat(calls(mesh, "client-b", CALLS)).isEqualTo(Map.of("server-b", CALLS));

            // Without the rule zones and regions do not count, though the proxies still know their own kind.
            mesh.replace(workloads);
            await().atMost(SOON).until(() -> calls(mesh, "client-b", 20).size() == 3);
            Map<String, Integer> all = calls(mesh, "client-b", CALLS);
            all.forEach((server, count) -> new Share(CALLS, 1.0 / 3).check(count, server));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lateen", "envoy"})
    void prefersWhatIsNearAsTheServiceWants(String proxy) throws Exception {
        RunningMesh.assumeAsked("explicit", proxy);
        String services = SERVICES.replace(
                "{selector: {role: server}", "{trafficDistribution: PreferClose, selector: {role: server}");
        String others = services
                + workload("client-a", "client", "eu.a", "")
                + workload("client-b", "client", "eu.b", "")
                + workload("server-b", "server", "eu.b", "")
                + workload("server-far", "server", "us.a", "")
                + RunningMesh.gateway("client-a", "client-b");
        String serverA = workload("server-a", "server", "eu.a", "");
        try (RunningMesh mesh =
                RunningMesh.of(directory, others + serverA, "--proxy", proxy, "--capture", "explicit")) {
            await().atMost(SOON).until(() -> calls(mesh, "client-a", 20).equals(Map.of("server-a", 20)));
            await().atMost(SOON).until(() -> calls(mesh, "client-b", 20).equals(Map.of("server-b", 20)));
            assertThat(calls(mesh, "client-a", CALLS)).isEqualTo(Map.of("server-a", CALLS));
            assertThat(calls(mesh, "client-b", CALLS)).isEqualTo(Map.of("server-b", CALLS));

            // Who is left of the region takes over, and nobody of another one.
            mesh.replace(others);
            await().atMost(SOON).until(() -> calls(mesh, "client-a", 20).equals(Map.of("server-b", 20)));
            assertThat(calls(mesh, "client-a", CALLS)).isEqualTo(Map.of("server-b", CALLS));
        }
    }

    private static String workload(String name, String role, String locality, String annotations) {
        return RunningMesh.peer(name, annotations, "")
                .replace(
                        "labels: {app: " + name + ", ",
                        "labels: {role: %s, istio-locality: %s, service.istio.io/workload-name: %s, app: %s, "
                                .formatted(role, locality, role, name));
    }

    /// How many calls of a client which server answered; what fails counts as an answer of its own.
    private static Map<String, Integer> calls(RunningMesh mesh, String client, int count) {
        Map<String, Integer> answers = new TreeMap<>();
        for (int call = 0; call < count; call++) {
            String answer = mesh.ask(client, "/fetch", "http://server/");
            answers.merge(answer.replaceFirst("^200 ", "").split(" ")[0], 1, Integer::sum);
        }
        return answers;
    }
}
