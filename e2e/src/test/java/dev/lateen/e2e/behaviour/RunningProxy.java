package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// A data plane that runs as a process of its own. Thread: one, of the test.
public final class RunningProxy implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final DataPlane plane;
    private final Process process;
    private final Ports ports;
    private final Path accessLog;
    private final Path log;

    RunningProxy(DataPlane plane, Process process, Ports ports, Path accessLog, Path log) {
        this.plane = plane;
        this.process = process;
        this.ports = ports;
        this.accessLog = accessLog;
        this.log = log;
    }

    void awaitReady() {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(() -> {
            if (!process.isAlive()) {
                throw new AssertionError(plane + " ended with status " + process.exitValue() + ":\n" + output());
            }
            return ready();
        });
    }

    private boolean ready() {
        try {
            return client("admin").get("/ready").status() == 200;
        } catch (IOException _) {
            return false;
        }
    }

    Process process() {
        return process;
    }

    /// Where the listener of this name is.
    public int port(String listener) {
        return ports.of(listener);
    }

    /// A client of the listener of this name.
    HttpClient client(String listener) {
        return new HttpClient(ports.of(listener));
    }

    /// Until the page of its numbers, as Prometheus reads it, is as wanted.
    void awaitNumbers(Consumer<String> check) {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> check.accept(admin("/stats/prometheus")));
    }

    /// A page of its admin server.
    public String admin(String path) throws IOException {
        return client("admin").get(path).body();
    }

    Socket connect(String listener) throws IOException {
        return client(listener).connect();
    }

    /// The line that the access log got for the first request whose path holds `token`.
    LogLine logged(String token) {
        return await().atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(10))
                .until(
                        () -> lines().stream()
                                .filter(line -> line.contains(token))
                                .findFirst()
                                .map(LogLine::parse)
                                .orElse(null),
                        line -> line != null);
    }

    List<String> lines() {
        try {
            String all = Files.readString(accessLog, StandardCharsets.ISO_8859_1);
            return all.substring(0, all.lastIndexOf('\n') + 1).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What the process said.
    String output() {
        try {
            return Files.readString(log, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The status with which it ended by itself.
    int awaitExit() throws InterruptedException {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(plane + " still runs:\n" + output());
        }
        return process.exitValue();
    }

    /// Ends it; fails where ours left a buffer unreleased, failed an assertion meanwhile, or refused what cannot be
    /// explained.
    @Override
    public void close() {
        Optional<String> failures = plane == DataPlane.LATEEN ? failures() : Optional.empty();
        process.destroyForcibly();
        if (plane == DataPlane.LATEEN) {
            assertThat(output()).doesNotContain("LEAK:", "AssertionError", "NullPointerException");
        }
        if (failures.isPresent()) {
            try {
                Explained.check(failures.get());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /// What it has refused so far; empty where it is gone, or answers nobody any more.
    private Optional<String> failures() {
        try {
            Reply reply = client("admin").get("/decisions?failures&nearly&limit=1000");
            return reply.status() == 200 ? Optional.of(reply.body()) : Optional.empty();
        } catch (IOException _) {
            return Optional.empty();
        }
    }
}
