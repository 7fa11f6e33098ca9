package dev.lateen.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import tools.jackson.databind.json.JsonMapper;

/// The CNI agent instead of init containers: pods without rights are captured, also those that came too early;
/// and what happens when the agent is not there. Where the cluster has its plugins and its network's
/// configuration is told by `LATEEN_CNI_BIN` and `LATEEN_CNI_CONF`; with the latter readable here, it is looked
/// at too.
@EnabledIfSystemProperty(named = "lateen.cluster", matches = "true", disabledReason = "./dev cluster runs it")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class CniInClusterIT {
    private static final String BIN = System.getenv().getOrDefault("LATEEN_CNI_BIN", "/opt/cni/bin");
    private static final String CONF = System.getenv().getOrDefault("LATEEN_CNI_CONF", "/etc/cni/net.d");
    private static final String AGENT = "daemonset/istio-cni-node";
    private static final String SPACE = "captured";
    private static final ConditionFactory PATIENTLY =
            Awaitility.await().atMost(Duration.ofSeconds(90)).ignoreExceptions();

    private static InstalledMesh mesh;
    private static Kubectl cluster;
    private static String before = "";

    @BeforeAll
    static void install() throws IOException, InterruptedException {
        before = configuration();
        mesh = InstalledMesh.install(
                "--set",
                "components.cni.enabled=true",
                "--set",
                "components.ingressGateways[name:istio-ingressgateway].enabled=false",
                "--set",
                "values.cni.cniBinDir=" + BIN,
                "--set",
                "values.cni.cniConfDir=" + CONF);
        cluster = mesh.cluster();
        mesh.deploy("captured.yaml", SPACE);
    }

    @AfterAll
    static void uninstall() throws IOException, InterruptedException {
        mesh.remove(SPACE);
    }

    @Test
    @Order(1)
    void capturesPodsThatHaveNoRightToDoSo() throws IOException, InterruptedException {
        assertThat(pods(".items[*].spec.initContainers[*].name"))
                .contains("istio-validation")
                .doesNotContain("istio-init");
        assertThat(pods(".items[*].spec.initContainers[*].securityContext.capabilities.add"))
                .isEmpty();
        assertCalls();
    }

    @Test
    @Order(2)
    void costsAStartingPodLittle() throws IOException, InterruptedException {
        String numbers = agentPage("/metrics");
        double asked = number(numbers, "lateen_cni_requests_total{answer=\"pass\"}");
        double seconds = number(numbers, "lateen_cni_request_seconds_total");
        System.out.printf("cni: %.0f pods asked about, %.1f ms each%n", asked, 1000 * seconds / asked);
        assertThat(asked).isPositive();
        assertThat(seconds / asked).isLessThan(1);
    }

    @Test
    @Order(3)
    void comesBackWhenAnotherToolWritesTheConfigurationAnew() throws IOException {
        if (before.isEmpty()) {
            System.out.println("cni: the node's configuration cannot be seen here, " + CONF);
            return;
        }
        assertThat(configuration()).contains("istio-cni");
        Files.writeString(file().orElseThrow(), before);
        PATIENTLY.untilAsserted(() -> assertThat(configuration()).contains("istio-cni"));
    }

    @Test
    @Order(4)
    void letsNoPodOfTheMeshStartWithoutTheAgentButAllOthers() throws IOException, InterruptedException {
        moveAgent("nowhere");
        cluster.run("-n", SPACE, "rollout", "restart", "deployment/order-service");
        cluster.apply(InstalledMesh.manifest("outside.yaml"));
        cluster.run("-n", SPACE, "wait", "--for=condition=ready", "pod/outside", "--timeout=60s");
        PATIENTLY.untilAsserted(
                () -> assertThat(cluster.run("-n", SPACE, "get", "events", "-o", "jsonpath={.items[*].message}"))
                        .contains("node agent (istio-cni-node) does not answer"));
        moveAgent("");
        cluster.run("-n", SPACE, "rollout", "status", "deployment/order-service", "--timeout=120s");
        assertCalls();
    }

    @Test
    @Order(5)
    void mendsPodsThatStartedBeforeThePluginWasThere() throws IOException, InterruptedException {
        if (before.isEmpty()) {
            return;
        }
        moveAgent("nowhere");
        Files.writeString(file().orElseThrow(), before);
        cluster.run("-n", SPACE, "rollout", "restart", "deployment/order-service");
        PATIENTLY.untilAsserted(
                () -> assertThat(pods(".items[*].status.initContainerStatuses[*].state.terminated.exitCode")
                                + pods(".items[*].status.initContainerStatuses[*].lastState.terminated.exitCode"))
                        .contains("126"));
        moveAgent("");
        cluster.run("-n", SPACE, "rollout", "status", "deployment/order-service", "--timeout=120s");
        assertCalls();
        assertThat(number(agentPage("/metrics"), "istio_cni_repair_pods_repaired_total{result=\"SUCCESS\"}"))
                .isPositive();
    }

    @Test
    @Order(6)
    void leavesTheNodeAsItWas() throws IOException, InterruptedException {
        cluster.run("delete", "namespace", SPACE, "--wait=true");
        mesh.uninstall();
        assertThat(configuration()).isEqualTo(before.isEmpty() ? "" : compact(before));
        if (!before.isEmpty()) {
            assertThat(Path.of(BIN, "istio-cni")).doesNotExist();
        }
    }

    /// The callee refuses calls without a certificate.
    private static void assertCalls() {
        PATIENTLY.untilAsserted(() -> {
            try (PortForward caller = PortForward.start(SPACE, "deployment/order-service", 8080)) {
                assertThat(get(caller.port(), "/api/orders")).contains("\"status\":200", "\"version\":\"v1\"");
            }
        });
    }

    private static String agentPage(String path) throws IOException, InterruptedException {
        try (PortForward agent = PortForward.start("istio-system", AGENT, 15014)) {
            return get(agent.port(), path);
        }
    }

    private static String get(int port, String path) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                    .timeout(Duration.ofSeconds(10))
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        }
    }

    private static double number(String numbers, String name) {
        return numbers.lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name + " in " + numbers));
    }

    /// @param node a label that nodes must have; empty for the usual
    private static void moveAgent(String node) throws IOException, InterruptedException {
        String value = node.isEmpty() ? "null" : "\"" + node + "\"";
        cluster.run(
                "-n",
                "istio-system",
                "patch",
                AGENT,
                "--type=merge",
                "-p",
                "{\"spec\":{\"template\":{\"spec\":{\"nodeSelector\":{\"lateen.dev/none\":" + value + "}}}}}");
        if (node.isEmpty()) {
            cluster.run("-n", "istio-system", "rollout", "status", AGENT, "--timeout=120s");
        } else {
            PATIENTLY.untilAsserted(() -> assertThat(cluster.run(
                            "-n", "istio-system", "get", "pods", "-l", "k8s-app=istio-cni-node", "-o", "name"))
                    .isEmpty());
        }
    }

    private static String pods(String path) throws IOException, InterruptedException {
        return cluster.run("-n", SPACE, "get", "pods", "-l", "app", "-o", "jsonpath={" + path + "}");
    }

    /// Empty where the node's directory cannot be seen from here.
    private static String configuration() throws IOException {
        Optional<Path> file = file();
        return file.isEmpty() ? "" : Files.readString(file.get());
    }

    private static Optional<Path> file() throws IOException {
        Path directory = Path.of(CONF);
        if (!Files.isReadable(directory)) {
            return Optional.empty();
        }
        try (var files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".conflist"))
                    .sorted()
                    .findFirst();
        }
    }

    /// As it is written again.
    private static String compact(String json) {
        return new JsonMapper().readTree(json) + "\n";
    }
}
