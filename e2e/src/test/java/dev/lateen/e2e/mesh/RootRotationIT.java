package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A mesh that allows mutual TLS alone replaces its root under traffic. Every other workload has real Envoy as its
/// proxy; each asks the next one. `LATEEN_ROTATION_PROXIES` says how many there are: two unless it is set.
final class RootRotationIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration ROTATION = Duration.ofMinutes(5);
    private static final int PROXIES = Integer.parseInt(System.getenv().getOrDefault("LATEEN_ROTATION_PROXIES", "2"));
    private static final String STRICT = """
            apiVersion: security.istio.io/v1
            kind: PeerAuthentication
            metadata: {name: default, namespace: istio-system}
            spec: {mtls: {mode: STRICT}}
            ---
            """;

    @TempDir
    Path directory = Path.of("");

    @Test
    void losesNoRequestWhileTheRootIsReplaced() throws Exception {
        RunningMesh.assumeRuns("explicit", "envoy");
        List<String> names = IntStream.range(0, PROXIES).mapToObj(i -> "w" + i).toList();
        try (RunningMesh mesh = RunningMesh.of(directory, manifests(names))) {
            await().atMost(SOON).until(() -> names.stream().allMatch(name -> answers(mesh, name, next(names, name))));
            String before = ca(mesh, "status");
            Traffic traffic = new Traffic(mesh, names);
            traffic.start();

            assertThat(ca(mesh, "rehearse")).contains("ok: the old root is gone");
            assertThat(ca(mesh, "rotate")).contains("has begun");
            assertThat(ca(mesh, "rotate")).contains("a rotation runs already");
            await().atMost(ROTATION).until(() -> ca(mesh, "status").contains("rotation: steady"));
            traffic.requests(10 * PROXIES);
            // All proxies have to call it anew, and believe its certificate of the new root.
            assertThat(mesh.kill(Set.of("control-plane"))).isEqualTo(1);
            await().atMost(SOON).until(() -> metrics(mesh).contains("\npilot_xds " + (PROXIES + 1) + ".0\n"));
            traffic.requests(10 * PROXIES);
            traffic.stop();
            System.out.printf(
                    "%d proxies, %d requests through the rotation, %d failed%n",
                    PROXIES, traffic.done.get(), traffic.failures.size());

            assertThat(trusted(ca(mesh, "status"))).hasSize(1).doesNotContainAnyElementsOf(trusted(before));
            assertThat(traffic.failures).isEmpty();
        }
    }

    private static String manifests(List<String> names) {
        StringBuilder manifests = new StringBuilder(STRICT);
        for (int i = 0; i < names.size(); i++) {
            // Of four servers, two keep their clients' connections, which live through the rotation.
            manifests
                    .append(i % 4 < 2 ? newConnections(names.get(i)) : "")
                    .append(RunningMesh.peer(names.get(i), i % 2 == 0 ? "" : ", local.lateen.dev/proxy: envoy", ""));
        }
        return manifests
                .append(RunningMesh.gateway(names.toArray(String[]::new)))
                .toString();
    }

    private static String next(List<String> names, String name) {
        return names.get((names.indexOf(name) + 1) % names.size());
    }

    /// Each request takes a handshake of its own.
    private static String newConnections(String name) {
        return """
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: %1$s, namespace: default}
                spec:
                  host: %1$s
                  trafficPolicy: {connectionPool: {http: {maxRequestsPerConnection: 1}}}
                ---
                """.formatted(name);
    }

    private static boolean answers(RunningMesh mesh, String caller, String callee) {
        return mesh.ask(caller, "/fetch", "http://" + callee + "/").startsWith("200 " + callee);
    }

    private static String metrics(RunningMesh mesh) throws IOException {
        try (InputStream answer =
                URI.create("http://" + mesh.debugAddress() + "/metrics").toURL().openStream()) {
            return new String(answer.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException _) {
            return "";
        }
    }

    private static List<String> trusted(String status) {
        return status.lines().filter(line -> line.startsWith("trusted:")).toList();
    }

    private static String ca(RunningMesh mesh, String verb) throws IOException {
        Process process = new ProcessBuilder(
                        Launcher.path().toString(),
                        "ca",
                        verb,
                        "--state",
                        mesh.home().resolve("control-plane").toString())
                .redirectErrorStream(true)
                .start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /// Each workload asks the next one, one request after the other.
    private static final class Traffic {
        private final RunningMesh mesh;
        private final List<String> names;
        private final List<String> failures = new CopyOnWriteArrayList<>();
        private final AtomicInteger done = new AtomicInteger();
        private final AtomicBoolean stopped = new AtomicBoolean();
        private final ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor();

        Traffic(RunningMesh mesh, List<String> names) {
            this.mesh = mesh;
            this.names = names;
        }

        void start() {
            for (String name : names) {
                senders.execute(() -> run(name, next(names, name)));
            }
        }

        /// Waits for so many more.
        void requests(int more) {
            int before = done.get();
            await().atMost(SOON).until(() -> done.get() >= before + more);
        }

        void stop() {
            stopped.set(true);
            senders.close();
        }

        private void run(String caller, String callee) {
            while (!stopped.get()) {
                String answer = mesh.ask(caller, "/fetch", "http://" + callee + "/");
                if (!answer.startsWith("200 " + callee)) {
                    failures.add(caller + " to " + callee + ": " + answer);
                }
                done.incrementAndGet();
            }
        }
    }
}
