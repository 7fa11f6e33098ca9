package dev.lateen.e2e.behaviour;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A proxy that takes an Envoy v3 bootstrap.
enum DataPlane {
    LATEEN,
    ENVOY;

    private static final String DRAIN_SECONDS = "3";

    /// Starts it with one worker and waits until it is ready; skips the test where it is not installed.
    RunningProxy start(Bootstrap bootstrap) throws IOException, InterruptedException {
        RunningProxy proxy = launch(bootstrap);
        proxy.awaitReady();
        return proxy;
    }

    /// Starts it without waiting, for configurations that are refused.
    RunningProxy launch(Bootstrap bootstrap) throws IOException {
        Path directory = Files.createTempDirectory("behaviour-");
        Path file = directory.resolve("bootstrap.yaml");
        Path accessLog = directory.resolve("access.log");
        Ports ports = bootstrap.ports();
        Files.writeString(file, bootstrap.yaml(accessLog));
        Files.createFile(accessLog);
        ProcessBuilder builder = new ProcessBuilder(command(file));
        builder.environment().put("TERMINATION_DRAIN_DURATION_SECONDS", DRAIN_SECONDS);
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
                assumeTrue(envoy.isPresent(), "SKIPPED: no `envoy` on the PATH or in .lateen/tools");
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

    /// With the flags of a sidecar, assertions, and a report of every buffer that is not released.
    private static List<String> lateen(Path bootstrap) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-ea",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseCompactObjectHeaders",
                "-Xmx64m",
                "-XX:MaxDirectMemorySize=64m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dio.netty.leakDetection.level=paranoid",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.lateen.cli.ProxyMain"));
        command.addAll(List.of("-c", bootstrap.toString(), "--concurrency", "1"));
        return command;
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
