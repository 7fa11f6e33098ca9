package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A mesh that allows mutual TLS alone replaces its root under traffic: between our proxy and real Envoy, both ways.
final class RootRotationIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration ROTATION = Duration.ofMinutes(3);
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
        String obstacle = RunningMesh.obstacle("explicit", "envoy");
        assumeTrue(obstacle.isEmpty(), obstacle);
        String manifests = STRICT
                + newConnections("ours")
                + newConnections("theirs")
                + RunningMesh.peer("ours", "", "")
                + RunningMesh.peer("theirs", ", local.lateen.dev/proxy: envoy", "")
                + RunningMesh.gateway("ours", "theirs");
        try (RunningMesh mesh = RunningMesh.of(directory, manifests)) {
            await().atMost(SOON).until(() -> answers(mesh, "ours", "theirs") && answers(mesh, "theirs", "ours"));
            String before = ca(mesh, "status");
            Traffic traffic = new Traffic(mesh);
            traffic.start();

            assertThat(ca(mesh, "rehearse")).contains("ok: the old root is gone");
            assertThat(ca(mesh, "rotate")).contains("has begun");
            assertThat(ca(mesh, "rotate")).contains("a rotation runs already");
            await().atMost(ROTATION).until(() -> ca(mesh, "status").contains("rotation: steady"));
            traffic.requests(20);
            restartControlPlane(mesh);
            await().atMost(SOON).until(() -> metrics(mesh).contains("\npilot_xds 3.0\n"));
            traffic.requests(20);
            traffic.stop();

            assertThat(trusted(ca(mesh, "status"))).hasSize(1).doesNotContainAnyElementsOf(trusted(before));
            assertThat(traffic.failures).isEmpty();
        }
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

    /// All proxies have to call it anew, and believe its certificate of the new root.
    private static void restartControlPlane(RunningMesh mesh) {
        for (ProcessHandle process : mesh.descendants()) {
            if (process.info().commandLine().orElse("").contains(" control-plane ")) {
                process.destroyForcibly();
            }
        }
    }

    private static String metrics(RunningMesh mesh) throws IOException {
        try (InputStream answer =
                URI.create("http://" + mesh.debugAddress() + "/metrics").toURL().openStream()) {
            return new String(answer.readAllBytes(), StandardCharsets.UTF_8);
        } catch (ConnectException _) {
            return "";
        }
    }

    private static List<String> trusted(String status) {
        return status.lines().filter(line -> line.startsWith("trusted:")).toList();
    }

    private static String ca(RunningMesh mesh, String verb) throws IOException {
        Process process = new ProcessBuilder(
                        RunningMesh.launcher().toString(),
                        "ca",
                        verb,
                        "--state",
                        mesh.home().resolve("control-plane").toString())
                .redirectErrorStream(true)
                .start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /// Asks both ways, one request after the other on each.
    private static final class Traffic {
        private final RunningMesh mesh;
        private final List<String> failures = new CopyOnWriteArrayList<>();
        private final AtomicInteger done = new AtomicInteger();
        private final AtomicBoolean stopped = new AtomicBoolean();
        private final List<Thread> threads = new ArrayList<>();

        Traffic(RunningMesh mesh) {
            this.mesh = mesh;
        }

        void start() {
            threads.add(Thread.ofVirtual().start(() -> run("ours", "theirs")));
            threads.add(Thread.ofVirtual().start(() -> run("theirs", "ours")));
        }

        /// Waits for so many more.
        void requests(int more) {
            int before = done.get();
            await().atMost(SOON).until(() -> done.get() >= before + more);
        }

        void stop() throws InterruptedException {
            stopped.set(true);
            for (Thread thread : threads) {
                thread.join();
            }
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
