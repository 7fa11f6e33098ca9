package dev.lateen.e2e.mesh;

import static dev.lateen.e2e.mesh.SampleMesh.SAMPLES;
import static dev.lateen.e2e.mesh.SampleMesh.SOON;
import static dev.lateen.e2e.mesh.SampleMesh.always;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// Each folder of `samples` does what it says: one mesh runs what they share, and is given their resources in turns.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class SamplesIT {
    @TempDir
    private static Path directory;

    private static SampleMesh mesh;

    private static final String ROUTES = "VirtualService default/users";

    @BeforeAll
    static void start() throws IOException {
        RunningMesh.assumeAsked("explicit", "lateen");
        mesh = SampleMesh.of(directory, "traffic-shifting");
        await().atMost(SOON).until(() -> mesh.get("/api/users").statusCode() == 200);
    }

    @AfterAll
    static void stop() {
        if (mesh != null) {
            mesh.close();
        }
    }

    /// Whichever was told to fail: the first word may have gone by the routes of before.
    private static void mendBoth() throws IOException {
        mesh.apply("header-routing");
        await().atMost(SOON).until(() -> always(() -> mesh.isVersion("v2", "x-user", "test") && mesh.isVersion("v1")));
        assertThat(mesh.get("/control?failing=false", "x-user", "test").body()).contains("\"failing\":false");
        assertThat(mesh.get("/control?failing=false").body()).contains("\"failing\":false");
    }

    @Test
    void everyOneIsWhole() throws IOException {
        try (Stream<Path> folders = Files.list(SAMPLES)) {
            assertThat(folders.filter(Files::isDirectory).filter(f -> !f.endsWith("common")))
                    .hasSizeGreaterThanOrEqualTo(32)
                    .allMatch(f -> Files.exists(f.resolve("README.md")))
                    .allMatch(f -> Files.exists(f.resolve("traffic.yaml")))
                    .allMatch(f -> Files.exists(f.resolve("app.yaml")));
        }
    }

    @Test
    void shiftsTraffic() throws IOException {
        mesh.apply("traffic-shifting");
        await().atMost(SOON).until(() -> {
            int newer = 0;
            for (int i = 0; i < 50; i++) {
                newer += mesh.isVersion("v2") ? 1 : 0;
            }
            return newer > 0 && newer < 25;
        });
    }

    @Test
    void routesByHeader() throws IOException {
        mesh.apply("header-routing");
        await().atMost(SOON).until(() -> always(() -> mesh.isVersion("v2", "x-user", "test") && mesh.isVersion("v1")));
    }

    @Test
    void injectsFaults() throws IOException {
        mesh.apply("fault-injection");
        await().atMost(SOON)
                .until(() -> mesh.get("/api/users", "x-fault", "abort").statusCode() == 418);
        mesh.explains(418, "/api/users", ROUTES, "httpStatus: 418");
        long start = System.nanoTime();
        assertThat(mesh.get("/api/users", "x-fault", "delay").statusCode()).isEqualTo(200);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(450));
    }

    @Test
    void mirrors() throws IOException {
        mesh.apply("mirroring");
        await().atMost(SOON).until(() -> {
            boolean old = mesh.get("/api/users?key=mirrored").body().contains("\"v1\"");
            return old && mesh.get("/control").body().contains("\"mirrored\":");
        });
    }

    @Test
    void breaksTheCircuit() throws IOException {
        mesh.apply("circuit-breaking");
        await().atMost(SOON).until(() -> {
            List<Integer> statuses = atOnce(10, "/api/users?delay=500");
            return statuses.contains(503) && statuses.contains(200);
        });
        mesh.explains(503, "/api/users", "DestinationRule default/users", "http1MaxPendingRequests: 1");
    }

    @Test
    void takesOutliersOut() throws IOException {
        mesh.apply("outlier-detection");
        await().atMost(SOON)
                .until(() -> mesh.get("/control?failing=true").body().contains("\"failing\":true"));
        try {
            await().atMost(SOON).until(() -> always(() -> mesh.get("/api/users").statusCode() == 200));
        } finally {
            mendBoth();
        }
    }

    @Test
    void retriesAndGivesUpInTime() throws IOException {
        mesh.apply("retries-timeouts");
        await().atMost(SOON).until(() -> mesh.get("/api/users?delay=3000").statusCode() == 504);
        assertThat(mesh.get("/api/users?failtries=2&key=tried").statusCode()).isEqualTo(200);
        mesh.explains(504, "/api/users", ROUTES, "timeout: 1s");
    }

    @Test
    void patches() throws IOException {
        mesh.apply("envoy-filter");
        await().atMost(SOON)
                .until(() ->
                        mesh.get("/api/users").headers().firstValue("x-patched").isPresent());
    }

    @Test
    void keepsWhoIsHashedAlike() throws Exception {
        mesh.apply("consistent-hashing");
        await().atMost(SOON).until(() -> {
            String place = mesh.version("/api/users", "x-user", "ada");
            Set<String> places = new HashSet<>();
            for (int i = 0; i < 32; i++) {
                places.add(mesh.version("/api/users", "x-user", "somebody-" + i));
            }
            return always(() -> mesh.version("/api/users", "x-user", "ada").equals(place)) && places.size() == 2;
        });
        String cookie = cookie("/api/users");
        assertThat(cookie).startsWith("stay=");
        String place = mesh.version("/api/users", "cookie", cookie);
        assertThat(always(() -> mesh.version("/api/users", "cookie", cookie).equals(place)))
                .isTrue();
    }

    @Test
    void keepsSessionsWhereTheyAre() throws Exception {
        mesh.apply("persistent-sessions");
        await().atMost(SOON)
                .until(() -> mesh.get("/api/users?by=header")
                        .headers()
                        .firstValue("x-stay")
                        .isPresent());
        await().atMost(SOON).until(() -> cookie("/api/users").startsWith("stay="));
        for (int i = 0; i < 10; i++) {
            HttpResponse<String> first = mesh.get("/api/users");
            assertStays(first, "/api/users", "cookie", cookieOf(first));
            HttpResponse<String> other = mesh.get("/api/users?by=header");
            String session = other.headers().firstValue("x-stay").orElse("");
            assertStays(other, "/api/users?by=header", "x-stay", session);
        }
    }

    private static void assertStays(HttpResponse<String> first, String path, String field, String value)
            throws Exception {
        String place = first.headers().firstValue("x-pod").orElse("none");
        assertThat(always(() -> mesh.get(path, field, value)
                        .headers()
                        .firstValue("x-pod")
                        .orElse("")
                        .equals(place)))
                .as("%s: %s", field, value)
                .isTrue();
    }

    private static String cookie(String path) throws IOException {
        return cookieOf(mesh.get(path));
    }

    private static String cookieOf(HttpResponse<String> answer) {
        return answer.headers().firstValue("set-cookie").orElse("").split(";")[0];
    }

    @Test
    void delegates() throws IOException {
        mesh.apply("delegation");
        await().atMost(SOON).until(() -> mesh.get("/control").statusCode() == 403);
        assertThat(mesh.get("/control").body()).isEqualTo("not for you");
        await().atMost(SOON).until(() -> always(() -> mesh.isVersion("v2", "x-user", "test") && mesh.isVersion("v1")));
        assertThat(mesh.get("/elsewhere").statusCode()).isEqualTo(404);
    }

    @Test
    void changesRequestsAndAnswers() throws IOException {
        mesh.apply("headers-rewrites");
        await().atMost(SOON).until(() -> mesh.get("/teapot").statusCode() == 418);
        assertThat(mesh.get("/teapot").body()).isEqualTo("short and stout");
        HttpResponse<String> moved = mesh.get("/old");
        assertThat(moved.statusCode()).isEqualTo(308);
        assertThat(moved.headers().firstValue("location")).contains("http://users.test/api/users");
        assertThat(mesh.version("/v2/members")).isEqualTo("v2");
        assertThat(mesh.get("/people/staff/ada").statusCode()).isEqualTo(200);
        HttpHeaders changed = mesh.get("/api/users", "x-user", "ada").headers();
        assertThat(changed.firstValue("x-user")).contains("GET by the gateway");
        assertThat(changed.firstValue("x-served-by")).contains("outbound|80|v1|users.default.svc.cluster.local");
        assertThat(changed.firstValue("x-note")).contains("from the mesh");
        assertThat(changed.firstValue("x-destination")).contains("first");
        assertThat(changed.firstValue("x-pod")).isEmpty();
        HttpHeaders shared =
                mesh.get("/api/users", "Origin", "https://a.dev.example.com").headers();
        assertThat(shared.firstValue("access-control-allow-origin")).contains("https://a.dev.example.com");
        assertThat(shared.firstValue("access-control-expose-headers")).contains("x-version");
        assertThat(mesh.get("/api/users", "Origin", "https://evil.example.net")
                        .headers()
                        .firstValue("access-control-allow-origin"))
                .isEmpty();
    }

    @Test
    void limitsAndAuthorizes() throws Exception {
        mesh.apply("policies");
        try {
            await().atMost(SOON).until(() -> mesh.get("/control").statusCode() == 403);
            assertThat(mesh.get("/api/users").statusCode()).isEqualTo(200);
            await().atMost(SOON).until(() -> statuses("early").contains(429));
            assertThat(statuses("ada")).containsExactly(200, 200, 200, 200, 200, 429, 429, 429);
        } finally {
            mesh.apply("header-routing");
            await().atMost(SOON)
                    .until(() -> always(() -> mesh.isVersion("v2", "x-user", "test") && mesh.isVersion("v1")));
        }
    }

    /// What eight requests of a user are answered.
    private static List<Integer> statuses(String user) throws IOException {
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            statuses.add(mesh.get("/api/users", "x-user", user).statusCode());
        }
        return statuses;
    }

    private static List<Integer> atOnce(int requests, String path) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(requests)) {
            List<Callable<Integer>> questions = new ArrayList<>();
            for (int i = 0; i < requests; i++) {
                questions.add(() -> mesh.get(path).statusCode());
            }
            List<Integer> statuses = new ArrayList<>();
            for (Future<Integer> answer : threads.invokeAll(questions)) {
                statuses.add(answer.get());
            }
            return statuses;
        }
    }

    @Test
    void routesByClaims() throws Exception {
        mesh.apply("claim-routing");
        String tester = "Bearer "
                + Files.readString(SAMPLES.resolve("claim-routing/tester.jwt")).strip();
        String user = "Bearer "
                + Files.readString(SAMPLES.resolve("claim-routing/user.jwt")).strip();
        await().atMost(SOON)
                .until(() -> always(() -> mesh.isVersion("v2", "authorization", tester)
                        && mesh.isVersion("v1", "authorization", user)
                        && mesh.isVersion("v1")));
        assertThat(mesh.get("/api/users").headers().firstValue("x-caller")).contains("anonymous");
        assertThat(mesh.get("/api/users", "authorization", user).headers().firstValue("x-caller"))
                .isEmpty();
        assertThat(mesh.get("/api/users", "authorization", user + "x").statusCode())
                .isEqualTo(401);
        // The same, told without a token.
        assertThat(routed("--claim", "groups=drivers", "--claim", "groups=testers"))
                .contains("subset    v2 of users");
        assertThat(routed("--claim", "team[name]=platform")).contains("subset    v2 of users");
        assertThat(routed("--claim", "sub=ada")).contains("subset    v1 of users");
    }

    private static String routed(String... claims) throws Exception {
        List<String> words = new ArrayList<>(
                List.of("route", "--from", "deploy/istio-ingressgateway.istio-system", "http://users.test/api/users"));
        words.addAll(List.of(claims));
        return mesh.says(words.toArray(String[]::new));
    }

    /// Round robin gives each the same; who has just begun gets far less than those whose time is over.
    @Test
    void warmsUpWhatIsNew() throws Exception {
        Map<String, String> sooner = Map.of("60s", "40s");
        mesh.apply("warm-up", sooner);
        await().atMost(SOON)
                .until(() -> mesh.says(
                                "proxy-config", "cluster", "deploy/istio-ingressgateway.istio-system", "-o", "json")
                        .contains("slowStartConfig"));
        long since = System.nanoTime();
        await().atMost(SOON)
                .until(() -> System.nanoTime() - since > Duration.ofSeconds(40).toNanos());
        mesh.apply("warm-up", "users-v3.later", sooner);
        await().atMost(SOON).until(() -> mesh.isVersion("v3"));
        assertThat(newest(60)).isLessThan(12);
        await().atMost(SOON).until(() -> newest(60) >= 18);
    }

    /// How many of so many requests the last version answers.
    private static int newest(int requests) throws IOException {
        int count = 0;
        for (int i = 0; i < requests; i++) {
            count += mesh.isVersion("v3") ? 1 : 0;
        }
        return count;
    }

    /// The last one, since all proxies are replaced for it.
    @Test
    @Order(Integer.MAX_VALUE)
    void knowsClientsBehindALoadBalancer() throws Exception {
        mesh.apply("gateway-topology");
        String near = "203.0.113.9";
        String far = near + ", 198.51.100.7";
        await().atMost(SOON)
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> mesh.get("/api/users", "x-forwarded-for", near).statusCode() == 200
                        && mesh.get("/api/users", "x-forwarded-for", far).statusCode() == 403
                        && mesh.get("/api/users").statusCode() == 403);
    }
}
