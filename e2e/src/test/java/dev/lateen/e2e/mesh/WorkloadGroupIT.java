package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A machine outside joins a mesh by the files that `x workload entry configure` writes, and by nothing else: it
/// registers itself, is asked how it is, and gets traffic from a sidecar over mutual TLS while it is well.
final class WorkloadGroupIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Pattern CONTROLLER = Pattern.compile("\"istio.io/workloadController\":\"([^\"]+)\"");
    private static final String URL = "http://cart.outside/";

    @TempDir
    Path directory = Path.of("");

    private final AtomicInteger health = new AtomicInteger(200);

    /// @param verb that starts the machine's proxy
    @ParameterizedTest
    @CsvSource({"lateen, proxy", "envoy, agent"})
    void registersServesAndGoes(String plane, String verb) throws Exception {
        RunningMesh.assumeAsked("explicit", plane);
        HttpServer application = application();
        int port = application.getAddress().getPort();
        String address = plane.equals("lateen") ? "127.66.3.1" : "127.66.3.2";
        String group = group(plane, address, port);
        try (RunningMesh mesh = RunningMesh.of(
                directory,
                RunningMesh.peer("caller", "", "") + RunningMesh.gateway("caller") + group,
                "--proxy",
                plane)) {
            assertThat(ask(mesh)).doesNotContain("from cart");
            Path file = Files.writeString(directory.resolve("group.yaml"), group);
            try (OutsideMachine joined = OutsideMachine.join(mesh, file, address, directory.resolve("machine"), verb)) {
                await().atMost(SOON)
                        .untilAsserted(() -> assertThat(ask(mesh))
                                .as(joined.output())
                                .isEqualTo(
                                        "200 from cart, called by" + " spiffe://cluster.local/ns/default/sa/caller"));
                awaitEntries(mesh, "cart-" + address, "istio.io/autoRegistrationGroup");

                health.set(503);
                await().atMost(SOON).untilAsserted(() -> assertThat(ask(mesh)).startsWith("503 "));
                awaitEntries(mesh, "HTTP status 503");
                health.set(200);
                await().atMost(SOON).untilAsserted(() -> assertThat(ask(mesh)).startsWith("200 "));

                staysWhileTheControlPlaneIsStartedAgain(mesh);

                joined.stop();
                await().atMost(SOON)
                        .untilAsserted(() -> assertThat(entries(mesh)).doesNotContain("cart-" + address));
                assertThat(ask(mesh)).startsWith("503 ");
            }
        } finally {
            application.stop(0);
        }
    }

    private void staysWhileTheControlPlaneIsStartedAgain(RunningMesh mesh) throws IOException {
        String before = controller(mesh);
        assertThat(mesh.kill(Set.of("control-plane"))).isPositive();
        await().during(Duration.ofSeconds(15))
                .atMost(SOON)
                .untilAsserted(() -> assertThat(ask(mesh)).startsWith("200 "));
        await().atMost(SOON).untilAsserted(() -> assertThat(controller(mesh)).isNotEqualTo(before));
        awaitEntries(mesh, "istio.io/connectedAt");
    }

    /// Which control plane the machine is connected to.
    private static String controller(RunningMesh mesh) throws IOException {
        Matcher found = CONTROLLER.matcher(entries(mesh));
        assertThat(found.find()).isTrue();
        return found.group(1);
    }

    /// What a workload of the mesh is told when it asks the machine.
    private static String ask(RunningMesh mesh) {
        return mesh.ask("caller", "/fetch", URL);
    }

    /// The file may be behind what is in force.
    private static void awaitEntries(RunningMesh mesh, String... texts) {
        await().atMost(SOON).untilAsserted(() -> assertThat(entries(mesh)).contains(texts));
    }

    /// The registered workloads that the control plane keeps.
    private static String entries(RunningMesh mesh) throws IOException {
        Path file = mesh.home().resolve("control-plane").resolve("workload-entries.json");
        return Files.exists(file) ? Files.readString(file) : "";
    }

    private HttpServer application() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                String certificate = String.valueOf(exchange.getRequestHeaders().getFirst("x-forwarded-client-cert"));
                int uri = certificate.indexOf("URI=spiffe");
                byte[] body = ("from cart, called by " + certificate.substring(Math.max(0, uri + 4)))
                        .getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
            }
        });
        server.createContext("/health", exchange -> {
            try (exchange) {
                exchange.sendResponseHeaders(health.get(), -1);
            }
        });
        server.start();
        return server;
    }

    /// Nothing is redirected on the test's machine, so that its proxy has addresses of its own; its application is on
    /// the loopback address. Who calls without mutual TLS, or as another, is turned away.
    private static String group(String plane, String address, int port) {
        return """
                apiVersion: networking.istio.io/v1
                kind: WorkloadGroup
                metadata: {name: cart, namespace: default}
                spec:
                  metadata:
                    labels: {app: cart}
                    annotations:
                      proxy.istio.io/config: |
                        interceptionMode: NONE
                        terminationDrainDuration: 1s
                        proxyMetadata:
                          ISTIO_META_INTERCEPTION_MODE: NONE
                          ISTIO_META_DNS_CAPTURE: "false"
                          ISTIO_META_%3$s: "true"
                          LATEEN_ADMIN_ADDRESS: %1$s
                  template:
                    serviceAccount: cart
                    ports: {http: %2$d}
                  probe:
                    periodSeconds: 1
                    httpGet: {path: /health, host: 127.0.0.1, port: %2$d}
                ---
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: cart, namespace: default}
                spec:
                  hosts: [cart.outside]
                  location: MESH_INTERNAL
                  resolution: STATIC
                  ports: [{number: 80, name: http, protocol: HTTP}]
                  workloadSelector: {labels: {app: cart}}
                ---
                apiVersion: security.istio.io/v1
                kind: PeerAuthentication
                metadata: {name: cart, namespace: default}
                spec:
                  selector: {matchLabels: {app: cart}}
                  mtls: {mode: STRICT}
                ---
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: cart, namespace: default}
                spec:
                  selector: {matchLabels: {app: cart}}
                  rules: [{from: [{source: {principals: [cluster.local/ns/default/sa/caller]}}]}]
                ---
                """.formatted(address, port, plane.equals("envoy") ? "ENVOY_UPSTREAM" : "LATEEN_PROXY");
    }
}
