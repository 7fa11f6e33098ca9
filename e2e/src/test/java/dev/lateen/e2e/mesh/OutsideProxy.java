package dev.lateen.e2e.mesh;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A workload that nobody but its owner starts, with a sidecar, a token and a root that were carried to it.
///
/// Thread: any.
final class OutsideProxy implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int HTTP_PROXY_PORT = 15080;

    private final Process process;
    private final Path log;
    private final String address;

    private OutsideProxy(Process process, Path log, String address) {
        this.process = process;
        this.log = log;
        this.address = address;
    }

    /// @param directory where its token and its root are
    /// @param address of loopback, its own
    /// @param authority where it gets certificates, as `host:port`
    /// @param discovery where it gets its configuration
    static OutsideProxy start(
            Path directory,
            String address,
            String account,
            String authority,
            String discovery,
            Map<String, String> more)
            throws IOException {
        return start("proxy", directory, address, account, authority, discovery, more);
    }

    /// @param verb `proxy` for ours, `agent` for Envoy
    static OutsideProxy start(
            String verb,
            Path directory,
            String address,
            String account,
            String authority,
            String discovery,
            Map<String, String> more)
            throws IOException {
        Path log = directory.resolve("proxy.log");
        ProcessBuilder builder = new ProcessBuilder(Launcher.path().toString(), verb, "sidecar")
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment()
                .putAll(Map.of(
                        "POD_NAME",
                        account + "-vm",
                        "POD_NAMESPACE",
                        "default",
                        "INSTANCE_IP",
                        address,
                        "SERVICE_ACCOUNT",
                        account,
                        "TRUST_DOMAIN",
                        "cluster.local",
                        "CA_ADDR",
                        authority,
                        "PROXY_CONFIG",
                        "{\"discoveryAddress\":\"" + discovery + "\"}",
                        "LATEEN_ADMIN_ADDRESS",
                        address,
                        "ISTIO_META_HTTP_PROXY_PORT",
                        "" + HTTP_PROXY_PORT,
                        "LATEEN_AOT",
                        "off"));
        // Its listeners have addresses of their own, as where nothing is redirected.
        builder.environment().put("ISTIO_META_INTERCEPTION_MODE", "NONE");
        builder.environment().putAll(more);
        return new OutsideProxy(builder.start(), log, address);
    }

    /// Puts what it needs where a cluster would mount it.
    static void provide(Path directory, String token, String roots) throws IOException {
        Path tokens = Files.createDirectories(directory.resolve("var/run/secrets/tokens"));
        Files.writeString(tokens.resolve("istio-token"), token);
        Path root = Files.createDirectories(directory.resolve("var/run/secrets/istio"));
        Files.writeString(root.resolve("root-cert.pem"), roots);
    }

    boolean isReady() {
        return page("/ready").equals("LIVE\n");
    }

    /// A page of its admin API; empty where it does not answer.
    String page(String path) {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return send(client, "http://" + address + ":15000" + path).body();
        } catch (IOException _) {
            return "";
        }
    }

    /// What a service of the mesh answers to the workload.
    String fetch(String url) {
        try (HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .proxy(ProxySelector.of(new InetSocketAddress(address, HTTP_PROXY_PORT)))
                .build()) {
            HttpResponse<String> answer = send(client, url);
            return answer.statusCode() + " " + answer.body();
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static HttpResponse<String> send(HttpClient client, String url) throws IOException {
        try {
            return client.send(
                    HttpRequest.newBuilder(URI.create(url)).timeout(PATIENCE).build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    Process process() {
        return process;
    }

    /// Of the listener that applications use as their HTTP proxy.
    InetSocketAddress outbound() {
        return new InetSocketAddress(address, HTTP_PROXY_PORT);
    }

    /// The status with which the agent's port answers.
    int agent(String method, String path) throws IOException {
        HttpURLConnection connection = (HttpURLConnection)
                URI.create("http://" + address + ":15020" + path).toURL().openConnection();
        connection.setRequestMethod(method);
        return connection.getResponseCode();
    }

    String output() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
