package dev.lateen.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.lateen.kubernetes.tree.Trees;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/// A machine outside registers with a cluster's mesh: what the API server shows of it, while replicas of the control
/// plane come and go.
@EnabledIfSystemProperty(named = "lateen.cluster", matches = "true", disabledReason = "./dev cluster runs it")
final class WorkloadsInClusterIT {
    private static final Duration SOON = Duration.ofSeconds(120);
    private static final String SPACE = "machines";
    private static final String ADDRESS = "127.66.4.1";
    private static final String ENTRY = "cart-" + ADDRESS;

    @TempDir
    private static Path directory;

    private static Kubectl cluster;
    private static HostedControlPlanes mesh;

    private final AtomicInteger health = new AtomicInteger(200);
    private final List<Process> processes = new ArrayList<>();

    @BeforeAll
    static void prepare() throws IOException, InterruptedException {
        cluster = Kubectl.start();
        mesh = HostedControlPlanes.prepare(cluster, directory);
        cluster.run("create", "namespace", SPACE);
        cluster.run("-n", SPACE, "create", "serviceaccount", "cart");
    }

    @AfterAll
    static void clear() throws IOException, InterruptedException {
        if (cluster != null) {
            cluster.run("delete", "namespace", SPACE, "--wait=true");
            mesh.clear();
            cluster.close();
        }
    }

    @AfterEach
    void end() throws InterruptedException {
        mesh.end();
        for (Process process : processes) {
            process.destroyForcibly();
            process.waitFor(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void itsEntryFollowsItWhileReplicasComeAndGo() throws Exception {
        HttpServer application = application();
        try {
            Process first = mesh.start("first");
            Path machine = machine(application.getAddress().getPort());
            Process proxy = proxy(machine);
            await().atMost(SOON).untilAsserted(() -> assertThat(healthy()).isEqualTo("True"));
            ObjectNode made = entry();
            String uid = Trees.text(made, "metadata", "uid");
            assertThat(annotation("istio.io/autoRegistrationGroup")).isEqualTo("cart");
            assertThat(annotation("proxy.istio.io/health-checks-enabled")).isEqualTo("true");
            assertThat(annotation("istio.io/connectedAt")).isNotEmpty();
            assertThat(Trees.text(made, "spec", "address")).isEqualTo(ADDRESS);
            assertThat(Trees.objects(made, "metadata", "ownerReferences")
                            .getFirst()
                            .toString())
                    .contains("\"kind\":\"WorkloadGroup\"", "\"name\":\"cart\"");
            String controller = annotation("istio.io/workloadController");

            health.set(503);
            await().atMost(SOON).untilAsserted(() -> assertThat(healthy()).isEqualTo("False"));
            health.set(200);
            await().atMost(SOON).untilAsserted(() -> assertThat(healthy()).isEqualTo("True"));

            first.destroyForcibly();
            first.waitFor(20, TimeUnit.SECONDS);
            Process second = mesh.start("second");
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(annotation("istio.io/workloadController"))
                            .isNotEqualTo(controller));
            assertThat(Trees.text(entry(), "metadata", "uid")).isEqualTo(uid);
            assertThat(healthy()).isEqualTo("True");

            cluster.run("-n", SPACE, "delete", "workloadentry", ENTRY);
            await().atMost(SOON).untilAsserted(() -> assertThat(healthy()).isEqualTo("True"));
            assertThat(Trees.text(entry(), "metadata", "uid")).isNotEqualTo(uid);

            proxy.destroyForcibly();
            await().atMost(SOON).untilAsserted(() -> assertThat(entries()).isEmpty());

            Process other = proxy(machine);
            await().atMost(SOON).untilAsserted(() -> assertThat(healthy()).isEqualTo("True"));
            second.destroyForcibly();
            other.destroyForcibly();
            second.waitFor(20, TimeUnit.SECONDS);
            mesh.start("third");
            await().atMost(SOON).untilAsserted(() -> assertThat(entries()).isEmpty());
        } finally {
            application.stop(0);
        }
    }

    private Path machine(int port) throws Exception {
        cluster.apply(group(port));
        Path file = Files.writeString(directory.resolve("group.yaml"), group(port));
        Path settings = Files.writeString(
                directory.resolve("mesh.yaml"),
                "defaultConfig: {discoveryAddress: \"istiod.istio-system.svc:" + mesh.securePort() + "\"}\n");
        Path machine = directory.resolve("machine");
        await().atMost(SOON)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(cluster.run("-n", SPACE, "get", "configmap", "istio-ca-root-cert"))
                        .contains("istio-ca-root-cert"));
        HostedControlPlanes.lateen(
                "x",
                "workload",
                "entry",
                "configure",
                "-f",
                file.toString(),
                "-o",
                machine.toString(),
                "--autoregister",
                "--capture-dns=false",
                "--internalIP",
                ADDRESS,
                "--ingressIP",
                "127.0.0.1",
                "--meshConfigFile",
                settings.toString(),
                "--kubeconfig",
                System.getenv().getOrDefault("KUBECONFIG", ""));
        return machine;
    }

    private static String group(int port) {
        return """
                apiVersion: networking.istio.io/v1
                kind: WorkloadGroup
                metadata: {name: cart, namespace: %s}
                spec:
                  metadata:
                    labels: {app: cart}
                    annotations:
                      proxy.istio.io/config: |
                        proxyMetadata:
                          ISTIO_META_INTERCEPTION_MODE: NONE
                          LATEEN_ADMIN_ADDRESS: %s
                  template: {serviceAccount: cart, ports: {http: %d}}
                  probe: {periodSeconds: 1, httpGet: {path: /health, host: 127.0.0.1, port: %d}}
                """.formatted(SPACE, ADDRESS, port, port);
    }

    private Process proxy(Path machine) throws IOException {
        Process process = HostedControlPlanes.start(machine, "proxy", "sidecar");
        processes.add(process);
        return process;
    }

    private HttpServer application() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/health", exchange -> {
            try (exchange) {
                exchange.sendResponseHeaders(health.get(), -1);
            }
        });
        server.start();
        return server;
    }

    private static List<ObjectNode> entries() throws IOException, InterruptedException {
        return Trees.objects(Trees.parse(cluster.run("-n", SPACE, "get", "workloadentries", "-o", "json")), "items");
    }

    private static ObjectNode entry() throws IOException, InterruptedException {
        return (ObjectNode) Trees.parse(cluster.run("-n", SPACE, "get", "workloadentry", ENTRY, "-o", "json"));
    }

    private static String annotation(String name) throws IOException, InterruptedException {
        return Trees.text(entry(), "metadata", "annotations", name);
    }

    /// The status of its condition; empty where there is none.
    private static String healthy() throws IOException, InterruptedException {
        return entries().stream()
                .flatMap(one -> Trees.objects(one, "status", "conditions").stream())
                .filter(one -> Trees.text(one, "type").equals("Healthy"))
                .map(one -> Trees.text(one, "status"))
                .findFirst()
                .orElse("");
    }
}
