package dev.lateen.e2e.mesh;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A real Prometheus of one test, which scrapes every second.
public final class Prometheus implements AutoCloseable {
    /// While it reads its log of the past.
    private static final int NOT_READY = 503;

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final JsonMapper JSON = new JsonMapper();
    private static final String OWN_JOB = "mesh";
    private static final String STATS = "/stats/prometheus";
    private static final String NATIVE = "exemplar-storage,native-histograms";

    /// One row of an answer.
    public record Row(Map<String, String> labels, double value) {}

    private final Process process;
    private final int port;

    private Prometheus(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    public static boolean isInstalled() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, "prometheus"))
                        && Files.isExecutable(Path.of(directory, "promtool")));
    }

    /// @param targets `host:port` of pages at `/stats/prometheus`
    static Prometheus start(Path directory, int port, List<String> targets) throws IOException {
        return start(directory, port, targets, STATS, "", "exemplar-storage");
    }

    /// One that takes native histograms, and asks for them.
    public static Prometheus ofNativeHistograms(Path directory, int port, List<String> targets, String parameters)
            throws IOException {
        return start(directory, port, targets, STATS, parameters, NATIVE);
    }

    /// One that takes native histograms of a control plane.
    static Prometheus ofControlPlane(Path directory, int port, String target) throws IOException {
        return start(directory, port, List.of(target), "/metrics", "", NATIVE);
    }

    private static Prometheus start(
            Path directory, int port, List<String> targets, String page, String parameters, String features)
            throws IOException {
        Path config = directory.resolve("prometheus.yaml");
        Files.writeString(config, """
                global: {scrape_interval: 3s, scrape_timeout: 3s}
                scrape_configs:
                - job_name: %s
                  metrics_path: %s
                  params: {%s}
                  static_configs: [{targets: %s}]
                """.formatted(
                        OWN_JOB,
                        page,
                        parameters,
                        targets.stream().map(one -> '"' + one + '"').toList()));
        Process process = new ProcessBuilder(
                        "prometheus",
                        "--config.file=" + config,
                        "--storage.tsdb.path=" + directory.resolve("tsdb"),
                        "--web.listen-address=127.0.0.1:" + port,
                        "--enable-feature=" + features)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("prometheus.log").toFile())
                .start();
        Prometheus prometheus = new Prometheus(process, port);
        await().atMost(Duration.ofMinutes(1))
                .ignoreException(UncheckedIOException.class)
                .until(() -> prometheus.number("sum(up)") == targets.size());
        return prometheus;
    }

    /// What `promtool check metrics` says of a page; empty where it finds nothing.
    static List<String> remarks(String page, Path directory) throws IOException, InterruptedException {
        Path file = directory.resolve("page.txt");
        Files.writeString(file, page);
        Path out = directory.resolve("promtool.txt");
        Process promtool = new ProcessBuilder("promtool", "check", "metrics")
                .redirectInput(file.toFile())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        assertThat(promtool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        List<String> remarks = Files.readAllLines(out);
        // 3: it could be read, and there are remarks.
        assertThat(promtool.exitValue()).as(String.join("\n", remarks)).isEqualTo(remarks.isEmpty() ? 0 : 3);
        return remarks;
    }

    /// The single value that an expression has; NaN where it has none.
    public double number(String expression) {
        List<Row> rows = query(expression);
        return rows.size() == 1 ? rows.getFirst().value() : Double.NaN;
    }

    public List<Row> query(String expression) {
        List<Row> rows = new ArrayList<>();
        for (JsonNode result : get("/api/v1/query?query=" + encoded(expression)).path("result")) {
            Map<String, String> labels = new TreeMap<>();
            result.path("metric")
                    .properties()
                    .forEach(
                            label -> labels.put(label.getKey(), label.getValue().asString("")));
            rows.add(new Row(
                    labels, Double.parseDouble(result.path("value").path(1).asString("NaN"))));
        }
        return rows;
    }

    /// What is said about each target.
    public List<String> errors() {
        List<String> errors = new ArrayList<>();
        for (JsonNode target : get("/api/v1/targets").path("activeTargets")) {
            String error = target.path("lastError").asString("");
            if (!error.isEmpty()) {
                errors.add(target.path("scrapeUrl").asString("") + ": " + error);
            }
        }
        return errors;
    }

    /// The exemplars of the last hour, by series.
    JsonNode exemplars(String expression) {
        long now = System.currentTimeMillis() / 1000;
        return get("/api/v1/query_exemplars?query=" + encoded(expression) + "&start=" + (now - 3600) + "&end=" + now);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private JsonNode get(String path) {
        assertThat(process.isAlive()).as("Prometheus runs").isTrue();
        try {
            HttpResponse<String> answer = CLIENT.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() == NOT_READY) {
                throw new IOException("not ready yet: " + answer.body());
            }
            JsonNode json = JSON.readTree(answer.body());
            assertThat(json.path("status").asString("")).as(answer.body()).isEqualTo("success");
            return json.path("data");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException(interrupted));
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
