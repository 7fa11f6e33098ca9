package dev.lateen.e2e.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.e2e.mesh.Launcher;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `./lateen demo` for one test.
final class RunningDemo implements AutoCloseable {
    private static final Pattern GATEWAY = Pattern.compile("http://(\\S+)/api/orders");
    private static final Duration LONGEST_START = Duration.ofMinutes(5);

    private final Process demo;
    private final Path log;
    private final Path home;

    private RunningDemo(Process demo, Path log, Path home) {
        this.demo = demo;
        this.log = log;
        this.home = home;
    }

    static RunningDemo start(Path log) throws IOException {
        return start(log, Map.of());
    }

    /// @param environment of the control plane
    static RunningDemo start(Path log, Map<String, String> environment) throws IOException {
        String name = "it-dashboard-" + ProcessHandle.current().pid();
        ProcessBuilder builder = new ProcessBuilder(
                        "env", "--default-signal=INT", Launcher.path().toString(), "demo", "--name", name)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        RunningDemo demo = new RunningDemo(
                process,
                log,
                Launcher.path().resolveSibling(".lateen").resolve("run").resolve(name));
        try {
            await().atMost(LONGEST_START)
                    .until(() -> demo.output().contains("5 of 5 pods ready")
                            && GATEWAY.matcher(demo.output()).find());
        } catch (RuntimeException | AssertionError failure) {
            demo.close();
            throw failure;
        }
        return demo;
    }

    /// Where its dashboard is.
    String dashboard() throws IOException {
        Properties state = new Properties();
        try (Reader file = Files.newBufferedReader(home.resolve("mesh.properties"))) {
            state.load(file);
        }
        return "http://" + state.getProperty("debugAddress") + "/dashboard/";
    }

    /// `host:port` of the ingress gateway.
    String gateway() throws IOException {
        Matcher found = GATEWAY.matcher(output());
        assertThat(found.find()).isTrue();
        return found.group(1);
    }

    /// Adds a manifest.
    void save(String name, String yaml) throws IOException {
        Files.writeString(home.resolve("shop").resolve("manifests").resolve(name), yaml);
    }

    /// A manifest as it is.
    String read(String name) throws IOException {
        return Files.readString(home.resolve("shop").resolve("manifests").resolve(name));
    }

    private String output() throws IOException {
        return Files.readString(log);
    }

    @Override
    public void close() {
        demo.destroy();
        try {
            if (!demo.waitFor(1, TimeUnit.MINUTES)) {
                demo.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
