package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Workloads that call the ports to which a sidecar has their connections redirected, their own and others': the proxy
/// must not forward to itself for ever, nor be a way around the policies of another workload.
final class CapturePortsIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int MOST_FILES = 300;
    private static final String DENIED = """
            apiVersion: security.istio.io/v1
            kind: AuthorizationPolicy
            metadata: {name: nobody, namespace: default}
            spec: {selector: {matchLabels: {app: vault}}}
            ---
            """;

    @TempDir
    Path directory = Path.of("");

    @ParameterizedTest
    @CsvSource({"lateen, explicit", "lateen, transparent", "envoy, transparent"})
    void forwardsNothingInCircles(String proxy, String capture) throws Exception {
        RunningMesh.assumeAsked(capture, proxy);
        String manifests = DENIED
                + RunningMesh.peer("shop", "", "")
                + RunningMesh.peer("vault", "", "")
                + RunningMesh.gateway("shop", "vault");
        try (RunningMesh mesh = RunningMesh.of(directory, manifests, "--proxy", proxy, "--capture", capture)) {
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(mesh.ask("shop", "/", "")).startsWith("shop "));
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(mesh.ask("vault", "/", "")).startsWith("403"));
            if (capture.equals("explicit")) {
                mesh.explains(403, "/", "AuthorizationPolicy default/nobody", "{app: vault}");
            }
            InetSocketAddress shop = OutsideCaller.address(mesh, "shop");
            InetSocketAddress vault = OutsideCaller.address(mesh, "vault");
            callAll(mesh, shop, vault);
            assertThat(mesh.ask("shop", "/", "")).startsWith("shop ");
            await().atMost(SOON)
                    .untilAsserted(
                            () -> assertThat(mesh.descendants()).allMatch(process -> openFiles(process) < MOST_FILES));
        }
    }

    /// All at once, since where nobody says anything each waits for long.
    private static void callAll(RunningMesh mesh, InetSocketAddress shop, InetSocketAddress vault) throws Exception {
        List<Callable<String>> calls = new ArrayList<>();
        for (String host : List.of("127.0.0.1", "localhost", shop.getHostString(), vault.getHostString())) {
            for (int port : List.of(15001, 15006, 15080, 15090, vault.getPort())) {
                String to = host + ":" + port;
                calls.add(() -> to + "/: " + mesh.ask("shop", "/fetch", "http://" + to + "/"));
                calls.add(() -> to + ": " + mesh.ask("shop", "/tcp", to));
            }
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<String> answer : threads.invokeAll(calls)) {
                assertThat(answer.get()).doesNotContain(": 200 vault").doesNotContain(": vault");
            }
        }
    }

    private static long openFiles(ProcessHandle process) {
        try (Stream<Path> files = Files.list(Path.of("/proc", Long.toString(process.pid()), "fd"))) {
            return files.count();
        } catch (IOException gone) {
            return 0;
        }
    }
}
