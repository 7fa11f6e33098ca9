package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Nothing outlives a mesh: no process, no network interface, however its parent ends.
final class OrphansIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    Path directory = Path.of("");

    @ParameterizedTest
    @CsvSource({"explicit, INT", "explicit, KILL", "transparent, INT", "transparent, KILL"})
    void leavesNothingBehind(String capture, String signal) throws IOException, InterruptedException {
        RunningMesh.assumeRuns(capture, "lateen");
        String manifests = RunningMesh.peer("one", "", "") + RunningMesh.gateway("one");
        try (RunningMesh mesh = RunningMesh.of(directory, manifests, "--capture", capture)) {
            Set<ProcessHandle> started = mesh.descendants();
            // control plane, watchdog, two proxies, an application
            assertThat(started).hasSizeGreaterThanOrEqualTo(5);
            assertThat(withName(mesh.name())).isNotEmpty();
            String network = mesh.controlAddress().replaceAll("\\d+$", "");
            assertThat(hasAddressIn(network)).isEqualTo(capture.equals("transparent"));

            new ProcessBuilder(
                            "kill", "-" + signal, Long.toString(mesh.process().pid()))
                    .start()
                    .waitFor();

            assertThat(mesh.process().waitFor(1, TimeUnit.MINUTES))
                    .as(mesh.output())
                    .isTrue();
            await().atMost(SOON).untilAsserted(() -> assertThat(started).noneMatch(OrphansIT::isRunning));
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(withName(mesh.name())).isEmpty());
            await().atMost(SOON).until(() -> !hasAddressIn(network));
        }
    }

    /// A dead process whose new parent has not asked for its status yet has no command any more.
    private static boolean isRunning(ProcessHandle process) {
        return process.isAlive() && process.info().command().isPresent();
    }

    /// Processes whose command line or environment names the mesh; not ourselves.
    private static List<String> withName(String name) throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            return all.filter(path -> path.getFileName().toString().matches("\\d+"))
                    .filter(path ->
                            !path.endsWith(Long.toString(ProcessHandle.current().pid())))
                    .filter(path -> read(path.resolve("cmdline")).contains(name)
                            || read(path.resolve("environ")).contains(name))
                    .map(path -> path.getFileName() + " "
                            + read(path.resolve("cmdline")).replace('\0', ' '))
                    .toList();
        }
    }

    private static String read(Path path) {
        try {
            return Files.readString(path, StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return "";
        }
    }

    /// Whether an interface of this machine, loopback aside, has an address that starts so.
    private static boolean hasAddressIn(String network) throws IOException {
        return NetworkInterface.networkInterfaces()
                .filter(one -> !one.getName().equals("lo"))
                .flatMap(NetworkInterface::inetAddresses)
                .anyMatch(address -> address.getHostAddress().startsWith(network));
    }
}
