package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `x precheck-strict` of a mesh where some speak mutual TLS, some plaintext because a rule says so, and somebody has
/// no proxy at all. With our proxy, and with real Envoy where all integration tests are asked for.
final class PlaintextReportIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String LEGACY = """
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: legacy, namespace: default}
            spec:
              host: shop.default.svc.cluster.local
              workloadSelector: {matchLabels: {app: legacy}}
              trafficPolicy: {tls: {mode: DISABLE}}
            ---
            """;

    @TempDir
    Path directory = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"lateen", "envoy"})
    void namesWhoSpeaksPlaintextToWhom(String proxy) throws Exception {
        RunningMesh.assumeAsked("explicit", proxy);
        String manifests = LEGACY
                + RunningMesh.peer("shop", "", "")
                + RunningMesh.peer("vault", "", "")
                + RunningMesh.peer("modern", "", "")
                + RunningMesh.peer("legacy", "", "")
                + RunningMesh.gateway("shop", "vault", "modern", "legacy");
        try (RunningMesh mesh = RunningMesh.of(directory, manifests, "--proxy", proxy, "--capture", "explicit")) {
            await().atMost(SOON).untilAsserted(() -> {
                assertThat(mesh.ask("modern", "/fetch", "http://shop/"))
                        .startsWith("200 shop")
                        .contains("sa/modern");
                assertThat(mesh.ask("modern", "/fetch", "http://vault/")).startsWith("200 vault");
                assertThat(mesh.ask("legacy", "/fetch", "http://shop/"))
                        .startsWith("200 shop")
                        .doesNotContain("sa/legacy");
            });
            assertThat(plain(OutsideCaller.address(mesh, "shop"))).startsWith("HTTP/1.1 200");

            // Envoy's numbers come by way of its agent, a moment later.
            await().atMost(SOON).untilAsserted(() -> {
                JsonNode report = report(mesh, 1);
                assertThat(report.path("silent")).isEmpty();
                assertThat(row(report, "legacy.default").path("server").asString(""))
                        .isEqualTo("shop.default");
                assertThat(row(report, "legacy.default").path("why").asString(""))
                        .contains("DestinationRule legacy/default at ", "all.yaml:", " says DISABLE");
                assertThat(row(report, "unknown").path("server").asString("")).isEqualTo("shop.default");
                assertThat(row(report, "unknown").path("requests").asLong(0)).isGreaterThanOrEqualTo(1);
                assertThat(report.path("plaintext").toString()).doesNotContain("modern", "vault", "ingressgateway");
            });
            assertThat(run(mesh, 0, "-n", "istio-system")).startsWith("Nobody would be refused");
        }
    }

    private static JsonNode report(RunningMesh mesh, int status) throws IOException, InterruptedException {
        return new JsonMapper().readTree(run(mesh, status, "-o", "json"));
    }

    private static JsonNode row(JsonNode report, String client) {
        for (JsonNode row : report.path("plaintext")) {
            if (row.path("client").asString("").equals(client)) {
                return row;
            }
        }
        throw new AssertionError("no row of " + client + ": " + report);
    }

    private static String run(RunningMesh mesh, int status, String... more) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                        Launcher.path().toString(), "x", "precheck-strict", "--mesh", mesh.name())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.command().addAll(java.util.List.of(more));
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(out).isTrue();
        assertThat(process.exitValue()).as(out).isEqualTo(status);
        return out;
    }

    /// As somebody without a proxy sends it.
    private static String plain(InetSocketAddress to) throws IOException {
        try (Socket socket = new Socket(to.getAddress(), to.getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write("GET / HTTP/1.1\r\nhost: shop\r\nconnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
