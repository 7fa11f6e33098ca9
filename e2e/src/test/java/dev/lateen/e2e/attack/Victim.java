package dev.lateen.e2e.attack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.e2e.behaviour.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A process that is attacked, started by the launcher as users start it, with a small heap whose end would end it.
///
/// Thread: any.
final class Victim implements AutoCloseable {
    private static final Path LAUNCHER = Path.of("..", "lateen").toAbsolutePath();
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /// Frames of connections that were ended while they were in the middle of something are not logged.
    private static final List<String> SIGNS_OF_HARM =
            List.of("OutOfMemoryError", "StackOverflowError", "AssertionError", "NullPointerException", "LEAK:");

    private final Process process;
    private final Path log;

    private Victim(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /// @param environment of the launcher, beside what makes it fail loudly
    static Victim start(Path directory, List<String> words, Map<String, String> environment) throws IOException {
        build();
        List<String> line = new ArrayList<>(List.of(LAUNCHER.toString()));
        line.addAll(words);
        Path log = directory.resolve(words.getFirst() + ".log");
        ProcessBuilder builder =
                new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment()
                .putAll(Map.of(
                        "LATEEN_AOT",
                        "off",
                        "LATEEN_JAVA_OPTS",
                        "-ea -XX:+ExitOnOutOfMemoryError",
                        "LATEEN_NO_BUILD",
                        "1"));
        builder.environment().putAll(environment);
        return new Victim(builder.start(), log);
    }

    /// The first use takes minutes.
    private static void build() throws IOException {
        try {
            int status = new ProcessBuilder(LAUNCHER.toString(), "--help")
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start()
                    .waitFor();
            assertThat(status).as(LAUNCHER + " --help").isZero();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    static int freePort() {
        return Ports.free();
    }

    static Socket connect(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout((int) PATIENCE.toMillis());
        socket.setTcpNoDelay(true);
        return socket;
    }

    /// All that comes back for these bytes until the connection ends; nothing where it was reset.
    static String exchange(int port, String request) throws IOException {
        try (Socket socket = connect(port)) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (java.net.SocketException reset) {
            return "";
        }
    }

    static HttpResponse<String> get(int port, String path) throws IOException {
        try {
            return CLIENT.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                            .timeout(PATIENCE)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /// A number that a page in Prometheus' text shows; the sum of all series of that name that hold `label`.
    static double metric(int port, String path, String name, String label) throws IOException {
        Pattern line = Pattern.compile("(?m)^" + name + "(?:\\{([^}]*)})? ([0-9.eE+]+)$");
        Matcher found = line.matcher(get(port, path).body());
        double sum = 0;
        while (found.find()) {
            if (label.isEmpty() || String.valueOf(found.group(1)).contains(label)) {
                sum += Double.parseDouble(found.group(2));
            }
        }
        return sum;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /// How many files and sockets it has open.
    long openFiles() {
        try (var files = Files.list(Path.of("/proc", Long.toString(process.pid()), "fd"))) {
            return files.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// In MiB.
    long residentMemory() {
        try {
            String status = Files.readString(Path.of("/proc", Long.toString(process.pid()), "status"));
            Matcher found = Pattern.compile("VmRSS:\\s+([0-9]+) kB").matcher(status);
            assertThat(found.find()).isTrue();
            return Long.parseLong(found.group(1)) / 1024;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String output() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void assertUnharmed() {
        assertThat(process.isAlive()).as(output()).isTrue();
        assertThat(output()).doesNotContain(SIGNS_OF_HARM);
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
