package dev.lateen.e2e.cluster;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The cluster, as its users reach it: through `kubectl`, whose `proxy` lets HTTP requests through the API server to
/// Services. A command that fails is an `IOException` with what it said.
final class Kubectl implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 180;
    private static final Pattern ADDRESS = Pattern.compile("127\\.0\\.0\\.1:(\\d+)");

    private final Process proxy;
    private final int port;

    private record Ended(int status, String output) {}

    private Kubectl(Process proxy, int port) {
        this.proxy = proxy;
        this.port = port;
    }

    static Kubectl start() throws IOException {
        Process proxy = new ProcessBuilder("kubectl", "proxy", "--port=0")
                .redirectErrorStream(true)
                .start();
        BufferedReader out = new BufferedReader(new InputStreamReader(proxy.getInputStream(), StandardCharsets.UTF_8));
        String line = String.valueOf(out.readLine());
        Matcher address = ADDRESS.matcher(line);
        if (!address.find()) {
            proxy.destroy();
            throw new IOException("no cluster can be reached: set KUBECONFIG. kubectl said: " + line);
        }
        return new Kubectl(proxy, Integer.parseInt(address.group(1)));
    }

    /// Where a Service's port is reached from here.
    String service(String namespace, String name, int servicePort, String path) {
        return "http://127.0.0.1:" + port + "/api/v1/namespaces/" + namespace + "/services/" + name + ":" + servicePort
                + "/proxy" + path;
    }

    String run(String... arguments) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("kubectl"));
        words.addAll(List.of(arguments));
        return command(words, "");
    }

    void apply(String yaml) throws IOException, InterruptedException {
        command(List.of("kubectl", "apply", "-f", "-"), yaml);
    }

    static String command(List<String> words, String input) throws IOException, InterruptedException {
        Ended ended = end(words, input);
        if (ended.status() != 0) {
            throw new IOException(String.join(" ", words) + ": " + ended.output());
        }
        return ended.output();
    }

    /// What a command says that may fail.
    static String outcome(List<String> words) throws IOException, InterruptedException {
        return end(words, "").output();
    }

    private static Ended end(List<String> words, String input) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        Thread writer = Thread.ofVirtual().start(() -> {
            try (OutputStream in = process.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        writer.join();
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroy();
            return new Ended(1, output);
        }
        return new Ended(process.exitValue(), output);
    }

    @Override
    public void close() {
        proxy.destroy();
    }
}
