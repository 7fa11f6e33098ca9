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
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What `defaultConfig`, resources of the kind ProxyConfig and annotations say to the proxies of a mesh on this
/// machine, also after an edit. With our proxy, and with real Envoy where all integration tests are asked for.
final class ProxyConfigIT {
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final String MESH = """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: istio, namespace: istio-system}
            data:
              mesh: |
                defaultConfig:
                  concurrency: 3
                  proxyMetadata: {ISTIO_META_WIDE: mesh, ISTIO_META_NEAR: mesh}
            ---
            """;
    private static final String RESOURCES = """
            apiVersion: networking.istio.io/v1beta1
            kind: ProxyConfig
            metadata: {name: all, namespace: istio-system}
            spec: {environmentVariables: {ISTIO_META_NEAR: root}}
            ---
            apiVersion: networking.istio.io/v1beta1
            kind: ProxyConfig
            metadata: {name: special, namespace: default}
            spec:
              selector: {matchLabels: {app: special}}
              concurrency: %s
              environmentVariables: {ISTIO_META_NEAR: resource}
            ---
            """;
    private static final String ANNOTATION =
            ", proxy.istio.io/config: '{concurrency: 4, proxyMetadata: {ISTIO_META_NEAR: annotation}}'";

    @TempDir
    Path directory = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"lateen", "envoy"})
    void reachesTheProxies(String proxy) throws Exception {
        RunningMesh.assumeAsked("explicit", proxy);
        try (RunningMesh mesh = RunningMesh.of(directory, manifests("1"), "--proxy", proxy, "--capture", "explicit")) {
            assertThat(facts(mesh, "usual")).isEqualTo("3 threads, WIDE mesh, NEAR root");
            assertThat(facts(mesh, "noted")).isEqualTo("4 threads, WIDE mesh, NEAR annotation");
            assertThat(facts(mesh, "special")).isEqualTo("1 threads, WIDE mesh, NEAR resource");

            mesh.replace(manifests("2"));
            await().atMost(SOON)
                    .ignoreExceptions()
                    .untilAsserted(
                            () -> assertThat(facts(mesh, "special")).isEqualTo("2 threads, WIDE mesh, NEAR resource"));
            assertThat(facts(mesh, "usual")).isEqualTo("3 threads, WIDE mesh, NEAR root");
            await().atMost(SOON)
                    .until(() -> mesh.ask("usual", "/fetch", "http://special/").startsWith("200 special"));
        }
    }

    private static String manifests(String concurrency) {
        return MESH
                + RESOURCES.formatted(concurrency)
                + RunningMesh.peer("usual", "", "")
                + RunningMesh.peer("noted", ANNOTATION, "")
                + RunningMesh.peer("special", ANNOTATION, "")
                + RunningMesh.gateway("usual");
    }

    /// What the proxy of the youngest pod says of itself.
    private static String facts(RunningMesh mesh, String app) throws Exception {
        String admin = "http://" + address(mesh, app) + ":15000";
        String threads = get(admin + "/stats?filter=server.concurrency");
        JsonNode metadata = new JsonMapper()
                .readTree(get(admin + "/server_info"))
                .path("node")
                .path("metadata");
        return threads.strip().replace("server.concurrency: ", "") + " threads, WIDE "
                + metadata.path("WIDE").asString("") + ", NEAR "
                + metadata.path("NEAR").asString("");
    }

    /// Of the youngest: while a pod is replaced there are two.
    private static String address(RunningMesh mesh, String app) throws IOException {
        try (Stream<Path> pods = Files.list(mesh.home().resolve("pods"))) {
            Path youngest = pods.filter(pod -> pod.getFileName().toString().startsWith(app + "-"))
                    .map(pod -> pod.resolve("address"))
                    .max(Comparator.comparing(file -> file.toFile().lastModified()))
                    .orElseThrow();
            return Files.readString(youngest).strip();
        }
    }

    private static String get(String page) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(page)).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
