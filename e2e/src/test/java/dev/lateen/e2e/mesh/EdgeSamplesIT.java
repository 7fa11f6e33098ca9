package dev.lateen.e2e.mesh;

import static dev.lateen.e2e.mesh.SampleMesh.SAMPLES;
import static dev.lateen.e2e.mesh.SampleMesh.SOON;
import static dev.lateen.e2e.mesh.SampleMesh.always;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// The samples at the mesh's edges, and those where a workload of it asks: into it, out of it, from one region to
/// another.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class EdgeSamplesIT {
    private static final String OUTSIDE = "users.outside.test";
    /// A name that the machine's resolver knows, as far as the mesh's processes are told.
    private static final String LOOKED_UP = "en.looked-up.test";
    /// Where pods are replaced.
    private static final Duration LATER = Duration.ofMinutes(3);

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
                "users.example.net",
                "one.example.com",
                "two.example.com");
        Path hosts =
                Files.writeString(directory.resolve("hosts"), "127.0.0.1 localhost\n127.0.0.1 " + LOOKED_UP + "\n");
        mesh = SampleMesh.with(
                Map.of("LATEEN_JAVA_OPTS", "-Djdk.net.hosts.file=" + hosts),
                directory,
                "ingress-tls",
                SAMPLES.resolve("common/asker.yaml"),
                tls.directory());
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
        assertThat(tls.get(mesh.port(443), "users.example.net", "/api/users")).startsWith("refused");
        assertThat(tls.showing("users.example.com").get(mesh.port(443), "users.example.net", "/api/users"))
                .startsWith("HTTP/1.1 200")
                .contains("\"version\":\"v2\"");
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

    @Test
    void tunnelsThroughAForwardProxy() throws Exception {
        try (SampleTls.Server server = tls.serve(OUTSIDE);
                ForwardProxyProgram forward = ForwardProxyProgram.start(directory.resolve("forward-proxy.log"))) {
            mesh.apply(
                    "tunnel",
                    Map.of(
                            "targetPort: 3129",
                            "targetPort: " + forward.port(),
                            "targetPort: 9443",
                            "targetPort: " + server.port()));
            await().atMost(SOON)
                    .untilAsserted(() ->
                            assertThat(tls.get(mesh.port(9443), OUTSIDE, "/")).startsWith("HTTP/1.0 200"));
            assertThat(forward.output()).contains("CONNECT localhost:" + server.port() + " HTTP/1.1");
            forward.stop();
            await().atMost(SOON)
                    .untilAsserted(() ->
                            assertThat(tls.get(mesh.port(9443), OUTSIDE, "/")).startsWith("refused"));
        }
    }

    @Test
    void looksWholeDomainsUp() throws Exception {
        HttpServer outside = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 16);
        outside.createContext("/", exchange -> {
            exchange.getResponseHeaders()
                    .set("x-version", exchange.getRequestHeaders().getFirst("Host"));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        outside.start();
        String port = Integer.toString(outside.getAddress().getPort());
        try {
            mesh.apply(
                    "wildcard-egress",
                    Map.of(
                            "targetPort: 9090",
                            "targetPort: " + port,
                            "*.wikipedia.org",
                            "*" + LOOKED_UP.substring(LOOKED_UP.indexOf('.')),
                            "ports: [{number: 80, name: http, protocol: HTTP}]",
                            "ports: [{number: " + port + ", name: http, protocol: HTTP}]"));
            for (String name : List.of("one.outside.test", "two.outside.test", LOOKED_UP + ":" + port)) {
                await().atMost(SOON)
                        .untilAsserted(() -> assertThat(mesh.asks(name + "/").body())
                                .contains("\"status\":200,\"version\":\"" + name + "\""));
            }
            await().atMost(SOON).until(() -> asksInVain("elsewhere.example"));
        } finally {
            outside.stop(0);
        }
    }

    /// Pods of the callers are replaced for it, as for those below.
    @Test
    @Order(Integer.MAX_VALUE - 2)
    void staysInTheZoneWhileThereIsRoom() throws Exception {
        mesh.apply("zone-aware");
        await().atMost(LATER).ignoreExceptionsInstanceOf(IOException.class).until(() -> {
            Set<String> seen = new HashSet<>();
            for (int i = 0; i < 40; i++) {
                seen.add(mesh.asks("zoned/api/users")
                        .body()
                        .replaceFirst(".*\"pod\":\"asker-(b-)?.*\"version\":\"([ab]?)\".*", "$1$2"));
            }
            return seen.equals(Set.of("a", "b-b"));
        });
    }

    @Test
    @Order(Integer.MAX_VALUE - 1)
    void reachesAnotherNetworkByItsGateway() throws Exception {
        mesh.apply("networks");
        await().atMost(LATER)
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> asked("distant").equals("v3"));
        InetSocketAddress door = mesh.port(15443);
        mesh.apply(
                "networks",
                "networks.template",
                Map.of("ADDRESS", door.getHostString(), "port: 15443", "port: " + door.getPort()));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(mesh.says(
                                "proxy-config",
                                "endpoint",
                                "deploy/asker",
                                "--cluster",
                                "outbound|80||distant.default.svc.cluster.local"))
                        .contains(door.getHostString() + ":" + door.getPort()));
        assertThat(always(() -> asked("distant").equals("v3"))).isTrue();
    }

    /// The last one, since all proxies are replaced for it.
    @Test
    @Order(Integer.MAX_VALUE - 0)
    void tellsAndIsToldWhoCalls() throws Exception {
        AtomicReference<String> told = new AtomicReference<>("");
        try (ServerSocket outside = new ServerSocket(0, 16, InetAddress.getByName("127.0.0.1"))) {
            Thread.ofVirtual().start(() -> hear(outside, told));
            mesh.apply("proxy-protocol", Map.of("9090", Integer.toString(outside.getLocalPort())));
            await().atMost(LATER)
                    .ignoreExceptionsInstanceOf(IOException.class)
                    .untilAsserted(() -> assertThat(throughABalancer("users.test", "/api/users"))
                            .startsWith("HTTP/1.1 200")
                            .contains("x-client: 203.0.113.9\r\n"));
            assertThat(SampleTls.plainly(mesh.port(80), "users.test", "/api/users"))
                    .doesNotStartWith("HTTP/1.1 200");
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(throughABalancer("asker.test", "/api/orders/told.outside.test/"))
                            .contains("\"status\":200"));
            assertThat(told.get()).startsWith("PROXY TCP4 127.0.0.1 ");
        }
    }

    /// Answers everybody with 200, and keeps what the last one began with.
    private static void hear(ServerSocket server, AtomicReference<String> told) {
        while (!server.isClosed()) {
            try (Socket caller = server.accept()) {
                byte[] first = new byte[1024];
                int length = caller.getInputStream().read(first);
                told.set(new String(first, 0, Math.max(0, length), StandardCharsets.ISO_8859_1));
                caller.getOutputStream()
                        .write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                                .getBytes(StandardCharsets.ISO_8859_1));
            } catch (IOException gone) {
                told.compareAndSet("", gone.toString());
            }
        }
    }

    private static String throughABalancer(String host, String path) {
        return SampleTls.plainly(mesh.port(80), "PROXY TCP4 203.0.113.9 192.0.2.1 4711 80\r\n", host, path);
    }
}
