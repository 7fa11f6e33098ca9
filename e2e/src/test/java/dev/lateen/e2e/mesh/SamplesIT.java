package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Each folder of `samples` does what it says: one mesh runs what they share, and is given their resources in turns.
final class SamplesIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Path SAMPLES = Launcher.path().resolveSibling("samples");

    @TempDir
    private static Path directory;

    private static RunningMesh mesh;

    private static final String ROUTES = "VirtualService default/users";

    @BeforeAll
    static void start() throws IOException {
        RunningMesh.assumeAsked("explicit", "lateen");
        mesh = RunningMesh.of(
                directory,
                traffic("traffic-shifting"),
                SAMPLES.resolve("common").toString(),
                "--capture",
                "explicit");
        await().atMost(SOON).until(() -> get("/api/users").statusCode() == 200);
    }

    @AfterAll
    static void stop() {
        if (mesh != null) {
            mesh.close();
        }
    }

    /// Whichever was told to fail: the first word may have gone by the routes of before.
    private static void mendBoth() throws IOException {
        apply("header-routing");
        await().atMost(SOON).until(() -> always(() -> isVersion("v2", "x-user", "test") && isVersion("v1")));
        assertThat(get("/control?failing=false", "x-user", "test").body()).contains("\"failing\":false");
        assertThat(get("/control?failing=false").body()).contains("\"failing\":false");
    }

    private static String traffic(String sample) throws IOException {
        return Files.readString(SAMPLES.resolve(sample).resolve("traffic.yaml"));
    }

    private static void apply(String sample) throws IOException {
        Path draft = Files.writeString(directory.resolve("draft"), traffic(sample));
        Files.move(draft, directory.resolve("manifests/all.yaml"), StandardCopyOption.REPLACE_EXISTING);
    }

    private static HttpResponse<String> get(String path, String... fields) throws IOException {
        return mesh.answer("users", path, "", fields);
    }

    private static boolean isVersion(String version, String... fields) throws IOException {
        return get("/api/users", fields).body().contains("\"version\":\"" + version + "\"");
    }

    @Test
    void everyOneIsWhole() throws IOException {
        try (Stream<Path> folders = Files.list(SAMPLES)) {
            assertThat(folders.filter(Files::isDirectory).filter(f -> !f.endsWith("common")))
                    .hasSizeGreaterThanOrEqualTo(8)
                    .allMatch(f -> Files.exists(f.resolve("README.md")))
                    .allMatch(f -> Files.exists(f.resolve("traffic.yaml")))
                    .allMatch(f -> Files.exists(f.resolve("app.yaml")));
        }
    }

    @Test
    void shiftsTraffic() throws IOException {
        apply("traffic-shifting");
        await().atMost(SOON).until(() -> {
            int newer = 0;
            for (int i = 0; i < 50; i++) {
                newer += isVersion("v2") ? 1 : 0;
            }
            return newer > 0 && newer < 25;
        });
    }

    @Test
    void routesByHeader() throws IOException {
        apply("header-routing");
        await().atMost(SOON).until(() -> always(() -> isVersion("v2", "x-user", "test") && isVersion("v1")));
    }

    @Test
    void injectsFaults() throws IOException {
        apply("fault-injection");
        await().atMost(SOON).until(() -> get("/api/users", "x-fault", "abort").statusCode() == 418);
        mesh.explains(418, "/api/users", ROUTES, "httpStatus: 418");
        long start = System.nanoTime();
        assertThat(get("/api/users", "x-fault", "delay").statusCode()).isEqualTo(200);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(450));
    }

    @Test
    void mirrors() throws IOException {
        apply("mirroring");
        await().atMost(SOON).until(() -> {
            boolean old = get("/api/users?key=mirrored").body().contains("\"v1\"");
            return old && get("/control").body().contains("\"mirrored\":");
        });
    }

    @Test
    void breaksTheCircuit() throws IOException {
        apply("circuit-breaking");
        await().atMost(SOON).until(() -> {
            List<Integer> statuses = atOnce(10, "/api/users?delay=500");
            return statuses.contains(503) && statuses.contains(200);
        });
        mesh.explains(503, "/api/users", "DestinationRule default/users", "http1MaxPendingRequests: 1");
    }

    @Test
    void takesOutliersOut() throws IOException {
        apply("outlier-detection");
        await().atMost(SOON)
                .until(() ->
                        mesh.answer("users", "/control?failing=true", "").body().contains("\"failing\":true"));
        try {
            await().atMost(SOON).until(() -> always(() -> get("/api/users").statusCode() == 200));
        } finally {
            mendBoth();
        }
    }

    @Test
    void retriesAndGivesUpInTime() throws IOException {
        apply("retries-timeouts");
        await().atMost(SOON).until(() -> get("/api/users?delay=3000").statusCode() == 504);
        assertThat(get("/api/users?failtries=2&key=tried").statusCode()).isEqualTo(200);
        mesh.explains(504, "/api/users", ROUTES, "timeout: 1s");
    }

    @Test
    void patches() throws IOException {
        apply("envoy-filter");
        await().atMost(SOON)
                .until(() -> get("/api/users").headers().firstValue("x-patched").isPresent());
    }

    private static boolean always(Callable<Boolean> question) throws Exception {
        for (int i = 0; i < 20; i++) {
            if (!question.call()) {
                return false;
            }
        }
        return true;
    }

    private static List<Integer> atOnce(int requests, String path) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(requests)) {
            List<Callable<Integer>> questions = new ArrayList<>();
            for (int i = 0; i < requests; i++) {
                questions.add(() -> get(path).statusCode());
            }
            List<Integer> statuses = new ArrayList<>();
            for (Future<Integer> answer : threads.invokeAll(questions)) {
                statuses.add(answer.get());
            }
            return statuses;
        }
    }
}
