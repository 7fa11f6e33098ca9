package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Resources that are too much for whoever gets them harm nobody but themselves: while they are there, no request of
/// others fails, later changes of others come into force, and the control plane's memory is bounded.
final class PoisonIT {
    private static final Duration SOON = Duration.ofSeconds(90);
    /// Of the control plane, whose heap is 224 MiB: code, threads, buffers and what the C heap keeps are beside it.
    private static final long MOST_KIBIBYTES = 480 << 10;

    /// Envoy can compute this condition, and our proxy cannot.
    private static final String WORDS = """
            apiVersion: telemetry.istio.io/v1
            kind: Telemetry
            metadata: {name: words, namespace: istio-system}
            spec:
              accessLogging:
              - {providers: [{name: envoy}], filter: {expression: "['GET', 'HEAD'][0] == request.method"}}
              metrics: [{overrides: [{tagOverrides: {first: {value: "['a'][0]"}}}]}]
            """;

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"lateen", "envoy"})
    void harmsNobodyElse(String proxy) throws Exception {
        RunningMesh.assumeAsked("explicit", proxy);
        String manifests = RunningMesh.peer("shop", "", "") + RunningMesh.gateway("shop");
        try (RunningMesh mesh = RunningMesh.of(directory, manifests, "--capture", "explicit", "--proxy", proxy)) {
            await().atMost(SOON).until(() -> mesh.answer("shop", "/", "").statusCode() == 200);
            AtomicBoolean over = new AtomicBoolean();
            AtomicInteger asked = new AtomicInteger();
            Map<String, Integer> failed = new ConcurrentSkipListMap<>();
            Thread others = Thread.startVirtualThread(() -> {
                while (!over.get()) {
                    asked.incrementAndGet();
                    String outcome = outcome(mesh);
                    if (!outcome.equals("200")) {
                        failed.merge(outcome, 1, Integer::sum);
                    }
                }
            });
            put("many.yaml", many());
            put("bomb.yaml", bomb());
            put("wide.yaml", wide());
            put("words.yaml", WORDS);
            put("good.yaml", good());
            await().atMost(SOON).until(() -> mesh.answer("good", "/", "").statusCode() == 418);
            over.set(true);
            others.join();
            assertThat(failed).as("failed of " + asked + " requests of others").isEmpty();
            assertThat(asked).hasPositiveValue();
            assertThat(controlPlaneMemory(mesh)).isLessThan(MOST_KIBIBYTES);
            String status = Launcher.run("status", "virtualservice/", "--mesh", mesh.name())
                    .out();
            assertThat(status)
                    .containsPattern("VirtualService/bomb.default +REFUSED")
                    .contains("bomb.yaml:", "repeat less");
            assertThat(status)
                    .containsPattern("VirtualService/wide.default +REFUSED")
                    .contains("wide.yaml:", "characters");
            assertThat(mesh.answer("many", "/a9999", "").statusCode()).isEqualTo(200);
            assertThat(Launcher.run("status", "telemetry/", "--mesh", mesh.name())
                            .out())
                    .containsPattern("Telemetry/words.istio-system +ACCEPTED")
                    .contains("words.yaml:", "the mesh's own proxy does not know");
        }
    }

    /// Its status, or why there is none.
    private static String outcome(RunningMesh mesh) {
        try {
            return Integer.toString(mesh.answer("shop", "/", "").statusCode());
        } catch (IOException failure) {
            return failure.toString();
        }
    }

    private void put(String file, String text) throws IOException {
        Path draft = Files.writeString(directory.resolve("draft-" + file), text);
        Files.move(draft, directory.resolve("manifests").resolve(file), StandardCopyOption.ATOMIC_MOVE);
    }

    private static String service(String name, String http) {
        return """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: %1$s, namespace: default}
                spec:
                  hosts: [%1$s.test]
                  gateways: [mesh, entry]
                  http:
                %2$s
                """.formatted(name, http);
    }

    private static String many() {
        StringBuilder routes = new StringBuilder();
        for (int i = 0; i < 10_000; i++) {
            routes.append("  - {match: [{uri: {exact: /a")
                    .append(i)
                    .append("}}], route: [{destination: {host: shop}}]}\n");
        }
        return service("many", routes.toString());
    }

    /// Matching it takes no longer than any other, but for its program of 24 million instructions.
    private static String bomb() {
        return service("bomb", """
                  - match: [{uri: {regex: "/((((a{0,30}){0,30}){0,30}){0,30}){0,30}"}}]
                    route: [{destination: {host: shop}}]
                """);
    }

    private static String wide() {
        StringBuilder headers = new StringBuilder("  - headers:\n      request:\n        add:\n");
        IntStream.range(0, 50_000)
                .forEach(i -> headers.append("          x-h")
                        .append(i)
                        .append(": ")
                        .append("v".repeat(90))
                        .append('\n'));
        return service("wide", headers + "    route: [{destination: {host: shop}}]\n");
    }

    private static String good() {
        return service("good", "  - {directResponse: {status: 418}}\n");
    }

    /// Resident, in KiB.
    private static long controlPlaneMemory(RunningMesh mesh) throws IOException {
        Optional<ProcessHandle> found =
                mesh.descendants().stream().filter(PoisonIT::isControlPlane).findFirst();
        assertThat(found).as("the control plane's process").isPresent();
        return Files.readAllLines(of(found.orElseThrow(), "status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow();
    }

    private static boolean isControlPlane(ProcessHandle process) {
        try {
            return Files.readString(of(process, "cmdline")).contains("\0control-plane\0");
        } catch (IOException ended) {
            return false;
        }
    }

    private static Path of(ProcessHandle process, String file) {
        return Path.of("/proc", Long.toString(process.pid()), file);
    }
}
