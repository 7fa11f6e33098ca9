package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// A machine outside that joins a mesh by the files that `x workload entry configure` writes, and by nothing else.
///
/// Thread: any.
final class OutsideMachine implements AutoCloseable {
    private final Process proxy;
    private final Path log;

    private OutsideMachine(Process proxy, Path log) {
        this.proxy = proxy;
        this.log = log;
    }

    /// @param group a file with one WorkloadGroup
    /// @param address of loopback, its own
    /// @param verb that starts its proxy: `proxy` for ours, `agent` for Envoy
    static OutsideMachine join(RunningMesh mesh, Path group, String address, Path directory, String verb)
            throws Exception {
        Process configure = new ProcessBuilder(
                        Launcher.path().toString(),
                        "x",
                        "workload",
                        "entry",
                        "configure",
                        "-f",
                        group.toString(),
                        "-o",
                        directory.toString(),
                        "--autoregister",
                        "--internalIP",
                        address,
                        "--capture-dns=false",
                        "--mesh",
                        mesh.name())
                .redirectErrorStream(true)
                .start();
        String out = new String(configure.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(configure.waitFor(5, TimeUnit.MINUTES)).as(out).isTrue();
        assertThat(configure.exitValue()).as(out).isZero();
        assertThat(directory.resolve("hosts")).hasContent(mesh.controlAddress() + " istiod.istio-system.svc");
        Path log = directory.resolve("proxy.log");
        ProcessBuilder start = new ProcessBuilder(Launcher.path().toString(), verb, "sidecar")
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        start.environment().put("LATEEN_AOT", "off"); // of the launcher, not of the proxy
        return new OutsideMachine(start.start(), log);
    }

    String output() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Asks it to end, as an operator does.
    void stop() {
        proxy.destroy();
    }

    @Override
    public void close() {
        proxy.destroyForcibly();
        try {
            proxy.waitFor(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
