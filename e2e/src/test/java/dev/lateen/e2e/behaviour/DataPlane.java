package dev.lateen.e2e.behaviour;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A proxy that takes an Envoy v3 bootstrap.
public enum DataPlane {
    LATEEN,
    ENVOY;

    private static final String NO_ENVOY = "SKIPPED: no `envoy` on the PATH or in .lateen/tools";
    private static final String SMALL_HEAP = "64m";
    private static final String DRAIN_SECONDS = "3";

    /// Starts it with one worker and waits until it is ready; skips the test where it is not installed.
    RunningProxy start(Bootstrap bootstrap) throws IOException, InterruptedException {
        return start(bootstrap, Map.of());
    }

    /// @param heap of ours, such as `64m`
    public RunningProxy start(Bootstrap bootstrap, String heap) throws IOException, InterruptedException {
        return start(bootstrap, Map.of("LATEEN_PROXY_HEAP", heap));
    }

    /// @param more variables of its environment
    RunningProxy start(Bootstrap bootstrap, Map<String, String> more) throws IOException, InterruptedException {
        RunningProxy proxy = launch(bootstrap, more);
        proxy.awaitReady();
        return proxy;
    }

    /// The node metadata by which the control plane tells the data planes apart.
    public String nodeMetadata() {
        return switch (this) {
            case LATEEN -> "LATEEN_PROXY";
            case ENVOY -> "ENVOY_UPSTREAM";
        };
    }

    /// Why it cannot run here; empty when it can. Builds ours where that was not done yet.
    public String obstacle() {
        return switch (this) {
            case LATEEN -> Launcher.PATH.toFile().canExecute() ? "" : "SKIPPED: no ./lateen";
            case ENVOY -> envoyBinary().isPresent() ? "" : NO_ENVOY;
        };
    }

    /// Starts it without waiting, for configurations that are refused.
    RunningProxy launch(Bootstrap bootstrap) throws IOException {
        return launch(bootstrap, Map.of());
    }

    private RunningProxy launch(Bootstrap bootstrap, Map<String, String> more) throws IOException {
        Path directory = Files.createTempDirectory("behaviour-");
        Path file = directory.resolve("bootstrap.yaml");
        Path accessLog = directory.resolve("access.log");
        Ports ports = bootstrap.ports();
        Files.writeString(file, bootstrap.yaml(accessLog));
        Files.createFile(accessLog);
        ProcessBuilder builder = new ProcessBuilder(command(file));
        builder.environment().putAll(environment(SMALL_HEAP));
        builder.environment().putAll(more);
        Path log = directory.resolve("process.log");
        Process process =
                builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        return new RunningProxy(this, process, ports, accessLog, log);
    }

    private List<String> command(Path bootstrap) {
        return switch (this) {
            case LATEEN -> lateen(bootstrap);
            case ENVOY -> {
                Optional<Path> envoy = envoyBinary();
                assumeTrue(envoy.isPresent(), NO_ENVOY);
                yield List.of(
                        envoy.orElseThrow().toString(),
                        "-c",
                        bootstrap.toString(),
                        "--concurrency",
                        "1",
                        "--disable-hot-restart",
                        "--file-flush-interval-msec",
                        "20",
                        "-l",
                        "warn");
            }
        };
    }

    /// The launcher, as users type it: what it packs and which flags it sets is part of what is tested.
    private static List<String> lateen(Path bootstrap) {
        return List.of(Launcher.PATH.toString(), "proxy", "-c", bootstrap.toString(), "--concurrency", "1");
    }

    /// Built before anything waits for a proxy: the first use takes minutes.
    private static final class Launcher {
        private static final Path PATH = Path.of("..", "lateen").toAbsolutePath();

        static {
            try {
                int status = new ProcessBuilder(PATH.toString(), "--help")
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start()
                        .waitFor();
                if (status != 0) {
                    throw new IllegalStateException(PATH + " --help ended with status " + status);
                }
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /// Assertions, and a report of every buffer that is not released.
    private static Map<String, String> environment(String heap) {
        return Map.of(
                "TERMINATION_DRAIN_DURATION_SECONDS",
                DRAIN_SECONDS,
                "LATEEN_AOT",
                "off",
                "LATEEN_PROXY_HEAP",
                heap,
                "LATEEN_JAVA_OPTS",
                "-ea -Dio.netty.leakDetection.level=paranoid");
    }

    private static Optional<Path> envoyBinary() {
        List<Path> candidates = new ArrayList<>();
        for (String directory : System.getenv().getOrDefault("PATH", "").split(":")) {
            candidates.add(Path.of(directory, "envoy"));
        }
        candidates.add(Path.of("..", ".lateen", "tools", "envoy"));
        return candidates.stream().filter(Files::isExecutable).findFirst();
    }
}
