package dev.lateen.control.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lateen.control.ControlPlane;
import dev.lateen.control.ControlPlaneSettings;
import dev.lateen.control.ControlPlaneSettings.Ports;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Who sees the dashboard of a control plane that listens on all addresses.
@TestInstance(TestInstance.Lifecycle.PER_METHOD)
class DashboardIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path directory = Path.of("");

    private final HttpClient client = HttpClient.newHttpClient();
    private Optional<ControlPlane> running = Optional.empty();

    @BeforeEach
    void start() throws IOException {
        Path config = Files.createDirectories(directory.resolve("config"));
        Files.writeString(config.resolve("all.yaml"), """
                apiVersion: v1
                kind: Service
                metadata: {name: back, namespace: shop}
                spec: {ports: [{name: http, port: 80}]}
                ---
                apiVersion: v1
                kind: Secret
                metadata: {name: key, namespace: shop}
                data: {tls.key: c2VjcmV0LW9mLXNob3A=}
                ---
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: pods, namespace: shop}
                spec:
                  hosts: [pods.test]
                  ports: [{name: http, number: 80, protocol: HTTP}]
                  resolution: STATIC
                  location: MESH_INTERNAL
                  endpoints:
                  - {address: 10.9.0.1, labels: {security.istio.io/tlsMode: istio}}
                  - {address: 10.9.0.2, labels: {security.istio.io/tlsMode: istio}}
                  - {address: 10.9.0.3}
                """);
        ControlPlaneSettings settings = ControlPlaneSettings.of(List.of(config), directory.resolve("state"))
                .withDashboard(DashboardSettings.DEFAULT.withIdleInterval(Duration.ofMillis(20)))
                .withPorts(new Ports("0.0.0.0", 0, 0, 0, 0));
        running = Optional.of(ControlPlane.start(settings));
    }

    @AfterEach
    void stop() {
        running.ifPresent(ControlPlane::close);
        client.shutdownNow();
    }

    @Test
    void servesItsPagesUnderAPolicyThatTakesNothingFromElsewhere() throws Exception {
        HttpResponse<String> page = get("127.0.0.1", "/dashboard/");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("content-security-policy").orElse(""))
                .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
                .doesNotContain("unsafe");
        assertThat(page.body()).doesNotContain("<script>", "style=", "http://", "https://");
        assertThat(get("127.0.0.1", "/dashboard/graph/layout.js").statusCode()).isEqualTo(200);
        for (String path : List.of("../Assets.class", "%2e%2e/Assets.class", "graph/../app.js", "x.js", "web/app.js")) {
            assertThat(get("127.0.0.1", "/dashboard/" + path).statusCode())
                    .as(path)
                    .isEqualTo(404);
        }
    }

    @Test
    void showsTheMeshToThisMachine() throws Exception {
        assertThat(get("127.0.0.1", "/dashboard/api/inventory").body()).contains("back.shop.svc.cluster.local");
        assertThat(get("127.0.0.1", "/dashboard/api/debug/statusz").body()).contains("\"resources\"");
        assertThat(get("127.0.0.1", "/dashboard/api/graph?idle=true&type=service")
                        .body())
                .contains("service/shop/back");
    }

    @Test
    void saysThatOtherProxiesAreNotConnectedHere() throws Exception {
        await().atMost(PATIENCE).untilAsserted(() -> {
            for (String page : List.of("graph?idle=true", "inventory")) {
                assertThat(get("127.0.0.1", "/dashboard/api/" + page).body())
                        .contains("\"connected\":0", "\"known\":2");
            }
        });
        assertThat(get("127.0.0.1", "/dashboard/api/graph?at=1").body()).doesNotContain("connected");
    }

    @Test
    void knowsWhatWasBeforeAnybodyLooked() throws Exception {
        Instant looked = Instant.now();
        JsonNode graph = new JsonMapper()
                .readTree(get("127.0.0.1", "/dashboard/api/graph?window=3600").body());
        assertThat(Instant.ofEpochMilli(graph.path("since").asLong())).isBeforeOrEqualTo(looked);
    }

    @Test
    void hasNothingToSayOfProxiesThatAreNotConnected() throws Exception {
        assertThat(get("127.0.0.1", "/dashboard/api/proxy?name=a-1.shop").statusCode())
                .isEqualTo(404);
    }

    @Test
    void showsNoSecret() throws Exception {
        assertThat(get("127.0.0.1", "/dashboard/api/resource?kind=Secret&namespace=shop&name=key")
                        .body())
                .contains("redacted")
                .doesNotContain("c2VjcmV0LW9mLXNob3A=");
    }

    @Test
    void asksStrangersForAToken() throws Exception {
        String outside = outside();
        assertThat(get(outside, "/dashboard/").statusCode()).isEqualTo(200);
        assertThat(get(outside, "/dashboard/api/inventory").statusCode()).isEqualTo(401);
        assertThat(login(outside, "wrong").statusCode()).isEqualTo(401);
        HttpResponse<String> login =
                login(outside, controlPlane().tokens().issue("istio-system", "istiod", Duration.ofMinutes(5)));
        assertThat(login.statusCode()).as(login.body()).isEqualTo(200);
        String cookie = login.headers().firstValue("set-cookie").orElseThrow().split(";")[0];
        assertThat(send(request(outside, "/dashboard/api/inventory").header("cookie", cookie))
                        .statusCode())
                .isEqualTo(200);
        send(request(outside, "/dashboard/api/logout")
                .header("cookie", cookie)
                .POST(HttpRequest.BodyPublishers.noBody()));
        assertThat(send(request(outside, "/dashboard/api/inventory").header("cookie", cookie))
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    void isNoPageOfAnotherNameOrOrigin() throws Exception {
        // The JDK's client sends no other host than the one that it connects to.
        try (Socket socket = new Socket("127.0.0.1", controlPlane().debugPort())) {
            socket.getOutputStream()
                    .write("GET /dashboard/api/inventory HTTP/1.1\r\nHost: evil.example.com\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            BufferedReader answer =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            assertThat(answer.readLine()).startsWith("HTTP/1.1 421 ");
        }
        assertThat(send(request("127.0.0.1", "/dashboard/api/login")
                                .header("origin", "http://evil.example.com")
                                .POST(HttpRequest.BodyPublishers.noBody()))
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void boundsItsStreams() throws Exception {
        List<InputStream> open = new ArrayList<>();
        try {
            for (int i = 0; i < LiveGraphs.MOST_STREAMS; i++) {
                HttpResponse<InputStream> stream =
                        client.send(request("127.0.0.1", "/dashboard/api/live").build(), BodyHandlers.ofInputStream());
                assertThat(stream.statusCode()).isEqualTo(200);
                open.add(stream.body());
            }
            assertThat(get("127.0.0.1", "/dashboard/api/live").statusCode()).isEqualTo(503);
        } finally {
            for (InputStream stream : open) {
                stream.close();
            }
        }
    }

    private ControlPlane controlPlane() {
        return running.orElseThrow();
    }

    private HttpResponse<String> get(String host, String path) throws IOException, InterruptedException {
        return send(request(host, path));
    }

    private HttpResponse<String> login(String host, String token) throws IOException, InterruptedException {
        return send(request(host, "/dashboard/api/login")
                .header("authorization", "Bearer " + token)
                .POST(HttpRequest.BodyPublishers.noBody()));
    }

    private HttpRequest.Builder request(String host, String path) {
        return HttpRequest.newBuilder(
                        URI.create("http://" + host + ":" + controlPlane().debugPort() + path))
                .timeout(PATIENCE);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    /// An address of this machine from which a caller counts as a stranger.
    private static String outside() throws IOException {
        Optional<String> found = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
                .map(InetAddress::getHostAddress)
                .findFirst();
        assumeTrue(found.isPresent(), "SKIPPED: this machine has no address but loopback");
        return found.orElseThrow();
    }
}
