package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// What is refused while a resource is scarce, and that it is served again afterwards.
class SheddingIT {
    private static final String DIRECT =
            "{match: {prefix: /}, direct_response: {status: 200, body: {inline_string: ok}}}";
    private static final String MONITOR = "envoy.resource_monitors.injected_resource";

    @TempDir
    Path directory;

    private Path pressure;

    @BeforeEach
    void noPressure() throws IOException {
        pressure = directory.resolve("pressure");
        Files.writeString(pressure, "0");
    }

    private RunningProxy start(DataPlane plane, String action, String trigger) throws Exception {
        return startWith(plane, "actions", "envoy.overload_actions." + action, trigger);
    }

    private RunningProxy startWith(DataPlane plane, String field, String name, String trigger) throws Exception {
        return plane.start(new Bootstrap()
                .with("""
                    overload_manager: {refresh_interval: 0.05s,
                      resource_monitors: [{name: %s, typed_config: {
                        "@type": type.googleapis.com/envoy.extensions.resource_monitors.injected_resource.v3.InjectedResourceConfig,
                        filename: "%s"}}],
                      %s: [{name: %s, triggers: [{name: %s, %s}]}]}\
                    """.formatted(MONITOR, pressure, field, name, MONITOR, trigger))
                .http("main", DIRECT));
    }

    /// Envoy notices a file that takes the place of another, and nothing else.
    private void press(RunningProxy proxy, String value) throws Exception {
        Path next = directory.resolve("next");
        Files.writeString(next, value);
        Files.move(next, pressure, StandardCopyOption.ATOMIC_MOVE);
        String shown = "overload." + MONITOR + ".pressure: " + Math.round(Double.parseDouble(value) * 100);
        await().atMost(Duration.ofSeconds(10))
                .until(() -> proxy.client("admin").get("/stats").body().contains(shown));
    }

    @ParameterizedTest
    @EnumSource(DataPlane.class)
    void refusesRequests(DataPlane plane) throws Exception {
        try (RunningProxy proxy = start(plane, "stop_accepting_requests", "threshold: {value: 0.9}")) {
            assertThat(proxy.client("main").get("/?before").status()).isEqualTo(200);
            press(proxy, "0.95");
            Reply refused = proxy.client("main").get("/?during");
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.body()).isEqualTo("envoy overloaded");
            assertThat(proxy.logged("?during").flags()).isEqualTo(plane == DataPlane.ENVOY ? "-" : "OM");
            assertThat(proxy.logged("?during").details()).isEqualTo("overload");
            assertThat(proxy.client("admin").get("/stats").body())
                    .contains("overload.envoy.overload_actions.stop_accepting_requests.active: 1");
            press(proxy, "0.1");
            assertThat(proxy.client("main").get("/?after").status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @EnumSource(DataPlane.class)
    void shedsRequestsWhoseHeadsItHasRead(DataPlane plane) throws Exception {
        String point = "envoy.load_shed_points.http_connection_manager_decode_headers";
        try (RunningProxy proxy = startWith(plane, "loadshed_points", point, "threshold: {value: 0.9}")) {
            assertThat(proxy.client("main").get("/?before").status()).isEqualTo(200);
            press(proxy, "0.95");
            assertThat(proxy.client("main").get("/?during").status()).isEqualTo(503);
            assertThat(proxy.client("admin").get("/stats").body())
                    .contains("overload." + point + ".scale_percent: 100")
                    .contains("overload." + point + ".shed_load_count: 1");
            press(proxy, "0.1");
            assertThat(proxy.client("main").get("/?after").status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @EnumSource(DataPlane.class)
    void shedsConnectionsThatItHasAccepted(DataPlane plane) throws Exception {
        String point = "envoy.load_shed_points.tcp_listener_accept";
        try (RunningProxy proxy = startWith(plane, "loadshed_points", point, "threshold: {value: 0.9}")) {
            press(proxy, "0.95");
            assertThat(proxy.client("main").exchange("GET / HTTP/1.1\r\nhost: a\r\n\r\n"))
                    .isEmpty();
            press(proxy, "0.1");
            assertThat(proxy.client("main").get("/").status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "actions, envoy.overload_actions.reduce_timeouts",
        "loadshed_points, envoy.load_shed_points.http1_server_abort_dispatch",
        "loadshed_points, envoy.load_shed_points.http2_server_go_away_on_dispatch"
    })
    void refusesByNameWhatItDoesNotDo(String field, String name) {
        assertThatThrownBy(() -> startWith(DataPlane.LATEEN, field, name, "threshold: {value: 0.9}"))
                .hasMessageContaining("'" + name + "' is not supported by this proxy yet");
    }

    @ParameterizedTest
    @EnumSource(DataPlane.class)
    void endsConnectionsWithTheirNextResponse(DataPlane plane) throws Exception {
        try (RunningProxy proxy = start(plane, "disable_http_keepalive", "threshold: {value: 0.9}");
                Socket socket = proxy.connect("main")) {
            HttpClient.write(socket, "GET /?before HTTP/1.1\r\nhost: a\r\n\r\n");
            assertThat(Reply.read(socket.getInputStream(), "GET").field("connection"))
                    .isEqualTo("-");
            press(proxy, "0.95");
            HttpClient.write(socket, "GET /?during HTTP/1.1\r\nhost: a\r\n\r\n");
            Reply reply = Reply.read(socket.getInputStream(), "GET");
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.field("connection")).isEqualTo("close");
        }
    }

    @ParameterizedTest
    @EnumSource(DataPlane.class)
    void closesNewConnections(DataPlane plane) throws Exception {
        try (RunningProxy proxy = start(plane, "reject_incoming_connections", "threshold: {value: 0.9}")) {
            press(proxy, "0.95");
            assertThat(proxy.client("main").exchange("GET / HTTP/1.1\r\nhost: a\r\n\r\n"))
                    .isEmpty();
            press(proxy, "0.1");
            assertThat(proxy.client("main").get("/").status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @EnumSource(DataPlane.class)
    void leavesNewConnectionsToTheKernel(DataPlane plane) throws Exception {
        try (RunningProxy proxy = start(plane, "stop_accepting_connections", "threshold: {value: 0.9}")) {
            press(proxy, "0.95");
            try (Socket socket = proxy.connect("main")) {
                HttpClient.write(socket, "GET /?waits HTTP/1.1\r\nhost: a\r\n\r\n");
                press(proxy, "0.1");
                assertThat(Reply.read(socket.getInputStream(), "GET").status()).isEqualTo(200);
            }
        }
    }
}
