package dev.lateen.e2e.mesh;

import static dev.lateen.e2e.mesh.SampleMesh.SAMPLES;
import static dev.lateen.e2e.mesh.SampleMesh.SOON;
import static dev.lateen.e2e.mesh.SampleMesh.always;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The samples at the mesh's edges, and those where a workload of it asks: into it, out of it, from one region to
/// another.
final class EdgeSamplesIT {
    private static final String OUTSIDE = "users.outside.test";

    @TempDir
    private static Path directory;

    private static SampleMesh mesh;
    private static SampleTls tls;

    @BeforeAll
    static void start() throws Exception {
        RunningMesh.assumeAsked("explicit", "lateen");
        tls = SampleTls.make(
                directory.resolve("certificates"),
                OUTSIDE,
                "users.example.com",
                "users.example.org",
                "one.example.com",
                "two.example.com");
        mesh = SampleMesh.of(directory, "ingress-tls", SAMPLES.resolve("common/asker.yaml"), tls.directory());
    }

    @AfterAll
    static void stop() {
        if (mesh != null) {
            mesh.close();
        }
    }

    private static Map<String, String> outside(SampleTls.Server server) {
        return Map.of("9443", Integer.toString(server.port()));
    }

    private static void assertAnswers(String host) throws IOException {
        HttpResponse<String> answer = mesh.asks(host + "/");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).contains("\"status\":200");
    }

    private static boolean asksInVain(String host) throws IOException {
        HttpResponse<String> answer = mesh.asks(host + "/");
        return answer.statusCode() == 502 && answer.body().contains("\"status\":502");
    }

    @Test
    void endsTlsWithTheCertificateOfTheNameThatIsAskedFor() throws Exception {
        mesh.apply("ingress-tls");
        await().atMost(SOON).untilAsserted(() -> {
            assertThat(tls.get(mesh.port(443), "users.example.com", "/api/users"))
                    .startsWith("HTTP/1.1 200")
                    .contains("\"version\":\"v1\"");
            assertThat(tls.get(mesh.port(443), "users.example.org", "/api/users"))
                    .startsWith("HTTP/1.1 200")
                    .contains("\"version\":\"v2\"");
        });
        assertThat(SampleTls.plainly(mesh.port(80), "users.example.com", "/api/users"))
                .startsWith("HTTP/1.1 301")
                .contains("location: https://users.example.com/api/users");
        assertThat(tls.get(mesh.port(443), "users.example.org", "/api/users", "TLSv1.2"))
                .startsWith("refused");
        assertThat(tls.get(mesh.port(443), "users.example.com", "/api/users", "TLSv1.2"))
                .startsWith("HTTP/1.1 200");
    }

    @Test
    void callsTheOutsideWithTlsAndNobodyElse() throws Exception {
        try (SampleTls.Server server = tls.serve(OUTSIDE);
                SampleTls.Server impostor = tls.serve("one.example.com")) {
            mesh.apply(
                    "egress-tls",
                    Map.of(
                            "9443",
                            Integer.toString(server.port()),
                            "/tmp/samples",
                            tls.directory().toString()));
            await().atMost(SOON).untilAsserted(() -> assertAnswers(OUTSIDE));
            await().atMost(SOON).until(() -> asksInVain("elsewhere.example"));
            mesh.apply(
                    "egress-tls",
                    Map.of(
                            "9443",
                            Integer.toString(impostor.port()),
                            "/tmp/samples",
                            tls.directory().toString()));
            await().atMost(SOON).until(() -> mesh.asks(OUTSIDE + "/").statusCode() == 503);
        }
    }

    @Test
    void leavesByTheEgressGateway() throws Exception {
        try (SampleTls.Server server = tls.serve(OUTSIDE)) {
            mesh.apply("egress-gateway", outside(server));
            await().atMost(SOON).untilAsserted(() -> assertAnswers(OUTSIDE));
            await().atMost(SOON).until(() -> asksInVain("elsewhere.example"));
        }
    }

    @Test
    void failsOverToAnotherRegionAndComesBack() throws Exception {
        mesh.apply("locality-failover");
        await().atMost(SOON).until(() -> always(() -> asked("users").equals("v1")));
        await().atMost(SOON)
                .until(() -> mesh.get("/control?failing=true").body().contains("\"failing\":true"));
        try {
            await().atMost(SOON).until(() -> always(() -> asked("users").equals("v2")));
        } finally {
            await().atMost(SOON)
                    .until(() -> mesh.get("/control?failing=false").body().contains("\"failing\":false"));
        }
        await().atMost(SOON).until(() -> always(() -> asked("users").equals("v1")));
    }

    @Test
    void keepsCallsNear() throws Exception {
        mesh.apply("traffic-distribution");
        await().atMost(SOON).until(() -> always(() -> asked("near").equals("v1")));
        await().atMost(SOON).until(() -> asked("users").equals("v2"));
    }

    @Test
    void startsProxiesWithTheirSettings() throws Exception {
        mesh.apply("proxy-config");
        await().atMost(SOON).ignoreExceptions().untilAsserted(() -> {
            assertThat(mesh.says("proxy-config", "bootstrap", "deploy/users-v2", "-o", "json"))
                    .containsPattern("\"TEAM\":\\s*\"platform\"")
                    .containsPattern("\"concurrency\":\\s*1\\b");
            assertThat(mesh.says("proxy-config", "bootstrap", "deploy/users-v1", "-o", "json"))
                    .containsPattern("\"TEAM\":\\s*\"platform\"")
                    .doesNotContainPattern("\"concurrency\":\\s*1\\b");
        });
    }

    private static String asked(String host) throws IOException {
        HttpResponse<String> answer = mesh.asks(host + "/api/users");
        return answer.statusCode() == 200
                ? answer.headers().firstValue("x-version").orElse("none")
                : Integer.toString(answer.statusCode());
    }

    @Test
    void shiftsConnectionsAndPassesTlsByItsName() throws Exception {
        try (SampleTls.Server one = tls.serve("one.example.com");
                SampleTls.Server two = tls.serve("two.example.com")) {
            mesh.apply(
                    "tcp-routing", Map.of("9441", Integer.toString(one.port()), "9442", Integer.toString(two.port())));
            await().atMost(SOON).untilAsserted(() -> {
                assertThat(tls.get(mesh.port(9443), "one.example.com", "/")).startsWith("HTTP/1.0 200");
                assertThat(tls.get(mesh.port(9443), "two.example.com", "/")).startsWith("HTTP/1.0 200");
            });
            assertThat(tls.get(mesh.port(9443), "users.example.com", "/")).startsWith("refused");
            await().atMost(SOON).until(() -> {
                int newer = 0;
                for (int i = 0; i < 50; i++) {
                    newer += SampleTls.plainly(mesh.port(9000), "users", "/api/users")
                                    .contains("\"v2\"")
                            ? 1
                            : 0;
                }
                return newer > 0 && newer < 25;
            });
        }
    }

    @Test
    void showsAWorkloadWhatItsSidecarNames() throws Exception {
        HttpServer machine = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 16);
        machine.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        machine.start();
        try {
            mesh.apply(
                    "scope",
                    Map.of("9090", Integer.toString(machine.getAddress().getPort())));
            await().atMost(SOON).untilAsserted(() -> {
                assertAnswers("machines.shared.test");
                assertThat(mesh.asks("users/api/users").statusCode()).isEqualTo(200);
            });
            await().atMost(SOON).until(() -> asksInVain("hidden.elsewhere.test"));
        } finally {
            machine.stop(0);
        }
    }

    @Test
    void aMachineJoinsByItself() throws Exception {
        HttpServer machine = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 16);
        machine.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        machine.start();
        String port = Integer.toString(machine.getAddress().getPort());
        try {
            mesh.apply("workload-group", Map.of("9090", port));
            try (OutsideMachine joined = mesh.join("127.0.9.1")) {
                await().atMost(SOON)
                        .untilAsserted(
                                () -> assertThat(mesh.asks("machines.test/").body())
                                        .as(joined.output())
                                        .contains("\"status\":200"));
                machine.stop(0);
                await().atMost(SOON)
                        .untilAsserted(() ->
                                assertThat(mesh.asks("machines.test/").body()).contains("\"status\":503"));
            }
        } finally {
            machine.stop(0);
        }
    }
}
