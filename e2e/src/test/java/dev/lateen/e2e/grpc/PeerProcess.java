package dev.lateen.e2e.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A running `GrpcPeer`, in Java or in Go.
///
/// Thread: any.
final class PeerProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern CONTROL = Pattern.compile("control (\\d+)");
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final Process process;
    private final Path log;

    private PeerProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /// Starts it and waits until it can be asked.
    ///
    /// @param command of the program
    static PeerProcess start(List<String> command, Path log, Map<String, String> environment) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        PeerProcess started = new PeerProcess(builder.start(), log);
        try {
            await().atMost(PATIENCE)
                    .until(() -> CONTROL.matcher(started.output()).find() || !started.process.isAlive());
            assertThat(started.process.isAlive()).as(started.output()).isTrue();
            return started;
        } catch (AssertionError | RuntimeException failure) {
            started.close();
            throw failure;
        }
    }

    /// Waits until its server serves.
    PeerProcess serving() {
        await().atMost(PATIENCE).until(() -> output().contains("serving") || !process.isAlive());
        assertThat(process.isAlive()).as(output()).isTrue();
        return this;
    }

    /// Calls, and counts the answers.
    ///
    /// @param options such as `count=10`, `h=name:value`
    Map<String, Integer> call(String target, String... options) {
        StringBuilder query = new StringBuilder("target=" + encoded(target));
        for (String option : options) {
            int end = option.indexOf('=') + 1;
            query.append('&').append(option, 0, end).append(encoded(option.substring(end)));
        }
        Matcher port = CONTROL.matcher(output());
        assertThat(port.find()).as(output()).isTrue();
        URI address = URI.create("http://127.0.0.1:" + port.group(1) + "/call?" + query);
        try {
            String answer = CLIENT.send(
                            HttpRequest.newBuilder(address)
                                    .timeout(Duration.ofMinutes(2))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
            Map<String, Integer> counts = new LinkedHashMap<>();
            for (String line : answer.split("\n")) {
                int space = line.indexOf(' ');
                counts.put(line.substring(space + 1), Integer.parseInt(line.substring(0, space)));
            }
            return counts;
        } catch (IOException e) {
            throw new UncheckedIOException(output(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    String output() {
        try {
            return Files.readString(log);
        } catch (IOException failure) {
            return failure.toString();
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
