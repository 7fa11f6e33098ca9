package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// A Zipkin of one test, which keeps traces in its memory.
public final class Zipkin implements AutoCloseable {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final Process process;
    private final int port;

    private Zipkin(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    public static Zipkin start(Path jar, int port, Path log) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-jar",
                        jar.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("QUERY_PORT", Integer.toString(port));
        Zipkin zipkin = new Zipkin(builder.start(), port);
        await().atMost(Duration.ofMinutes(3)).until(zipkin::isReady);
        return zipkin;
    }

    /// Where `./dev it` puts it; a test that has none is skipped, and says so.
    public static Path assumedJar() throws IOException {
        Path jar = Launcher.path().resolveSibling(".lateen").resolve("tools/zipkin.jar");
        assumeTrue(Files.exists(jar), "SKIPPED: no Zipkin at " + jar + " (`./dev it` fetches it)");
        return jar;
    }

    /// The settings of a mesh whose proxies send all spans to that port of this machine.
    static String traced(int port) {
        return """
                apiVersion: install.istio.io/v1alpha1
                kind: IstioOperator
                metadata: {name: tracing, namespace: istio-system}
                spec:
                  meshConfig:
                    enableTracing: true
                    defaultConfig: {tracing: {sampling: 100.0, zipkin: {address: "127.0.0.1:%d"}}}
                ---
                """.formatted(port);
    }

    private boolean isReady() {
        assertThat(process.isAlive()).as("Zipkin runs").isTrue();
        try {
            return get("/health").statusCode() == 200;
        } catch (IOException _) {
            return false;
        }
    }

    public int port() {
        return port;
    }

    /// Each as an array of spans.
    JsonArray traces() throws IOException {
        return JsonParser.parseString(get("/api/v2/traces?limit=1000").body()).getAsJsonArray();
    }

    /// Those with a span that has this tag.
    JsonArray traces(String tag, String value) throws IOException {
        return JsonParser.parseString(get("/api/v2/traces?limit=10000&annotationQuery=" + tag + "%3D" + value)
                        .body())
                .getAsJsonArray();
    }

    private HttpResponse<String> get(String path) throws IOException {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                    .build();
            return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException(interrupted);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            process.waitFor(30, TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
