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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
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
    private Upstream silent;

    @BeforeEach
    void noPressure() throws IOException {
        pressure = directory.resolve("pressure");
        Files.writeString(pressure, "0");
        silent = new Upstream((_, _) -> {});
    }

    @AfterEach
    void stop() throws IOException {
        silent.close();
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
                .cluster("silent", silent.port())
                .http("main", "common_http_protocol_options: {idle_timeout: 90s},", "", DIRECT)
                .http(
                        "wait",
                        "stream_idle_timeout: 90s,",
                        "",
                        "{match: {prefix: /}, route: {cluster: silent, timeout: 0s}}"));
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
        "loadshed_points, envoy.load_shed_points.hcm_ondata_creating_codec",
        "loadshed_points, envoy.load_shed_points.http2_server_go_away_and_close_on_dispatch",
        "loadshed_points, envoy.load_shed_points.connection_pool_new_connection"
    })
    void refusesByNameWhatItDoesNotDo(String field, String name) {
        assertThatThrownBy(() -> startWith(DataPlane.LATEEN, field, name, "threshold: {value: 0.9}"))
                .hasMessageContaining("'" + name + "' is not supported by this proxy yet");
    }

    @ParameterizedTest
    @EnumSource(DataPlane.class)
    void answersWhatComesOverHttp1With500AndEndsTheConnection(DataPlane plane) throws Exception {
        String point = "envoy.load_shed_points.http1_server_abort_dispatch";
        try (RunningProxy proxy = startWith(plane, "loadshed_points", point, "threshold: {value: 0.9}");
                Socket kept = proxy.connect("main");
                Socket half = proxy.connect("wait")) {
            HttpClient.write(kept, "GET /?before HTTP/1.1\r\nhost: a\r\n\r\n");
            assertThat(Reply.read(kept.getInputStream(), "GET").status()).isEqualTo(200);
            HttpClient.write(half, "POST /?half HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nhello");
            await().until(() -> silent.connections() > 0);
            press(proxy, "0.95");
            HttpClient.write(kept, "GET /?during HTTP/1.1\r\nhost: a\r\n\r\n");
            HttpClient.write(half, "again");
            for (Socket socket : List.of(kept, half)) {
                Reply reply = Reply.read(socket.getInputStream(), "GET");
                assertThat(reply.status()).isEqualTo(500);
                assertThat(reply.field("connection")).isEqualTo("close");
                assertThat(socket.getInputStream().read()).isEqualTo(-1);
            }
            assertThat(proxy.admin("/stats")).contains("overload." + point + ".shed_load_count: ");
            press(proxy, "0.1");
            assertThat(proxy.client("main").get("/?after").status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @EnumSource(DataPlane.class)
    void servesWhatComesOverHttp2AndEndsTheConnection(DataPlane plane) throws Exception {
        String point = "envoy.load_shed_points.http2_server_go_away_on_dispatch";
        try (RunningProxy proxy = startWith(plane, "loadshed_points", point, "threshold: {value: 0.9}");
                Http2Peer peer = Http2Peer.client(proxy.connect("main"))) {
            peer.get(1, "/?before");
            assertThat(framesOf(peer, 1)).doesNotContain(Http2Peer.GOAWAY);
            press(proxy, "0.95");
            peer.get(3, "/?during");
            assertThat(framesOf(peer, 3)).contains(Http2Peer.GOAWAY);
            assertThat(proxy.admin("/stats")).contains("overload." + point + ".shed_load_count: ");
        }
    }

    /// The types of all frames up to the end of a response, which is one that was served.
    private static List<Integer> framesOf(Http2Peer peer, int stream) throws Exception {
        List<Integer> types = new ArrayList<>();
        Http2Peer.Frame frame;
        do {
            frame = peer.next();
            types.add(frame.type());
            if (frame.type() == Http2Peer.HEADERS) {
                assertThat(frame.headers()).contains(":status: 200");
            }
        } while (frame.stream() != stream || !frame.endsStream());
        return types;
    }

    private RunningProxy reduces(DataPlane plane, String timer, String fields) throws Exception {
        return start(
                plane, """
                reduce_timeouts, typed_config: {
                  "@type": type.googleapis.com/envoy.config.overload.v3.ScaleTimersOverloadActionConfig,
                  timer_scale_factors: [{timer: %s, %s}]}""".formatted(timer, fields), "scaled: {scaling_threshold: 0.5, saturation_threshold: 0.9}");
    }

    @ParameterizedTest
    @CsvSource({
        "LATEEN, min_timeout: 0.1s",
        "ENVOY, min_timeout: 0.1s",
        "LATEEN, min_scale: {value: 1}",
        "ENVOY, min_scale: {value: 1}"
    })
    void waitsLessLongForTheNextRequest(DataPlane plane, String least) throws Exception {
        try (RunningProxy proxy = reduces(plane, "HTTP_DOWNSTREAM_CONNECTION_IDLE", least);
                Socket socket = proxy.connect("main")) {
            HttpClient.write(socket, "GET /?before HTTP/1.1\r\nhost: a\r\n\r\n");
            assertThat(Reply.read(socket.getInputStream(), "GET").status()).isEqualTo(200);
            press(proxy, "0.4");
            HttpClient.write(socket, "GET /?still HTTP/1.1\r\nhost: a\r\n\r\n");
            assertThat(Reply.read(socket.getInputStream(), "GET").status()).isEqualTo(200);
            press(proxy, "0.95");
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @EnumSource(DataPlane.class)
    void waitsLessLongForTheRestOfARequest(DataPlane plane) throws Exception {
        try (RunningProxy proxy = reduces(plane, "HTTP_DOWNSTREAM_STREAM_IDLE", "min_timeout: 0.1s");
                Socket socket = proxy.connect("wait")) {
            HttpClient.write(socket, "POST /?half HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nhello");
            await().until(() -> silent.connections() > 0);
            press(proxy, "0.95");
            assertThat(Reply.read(socket.getInputStream(), "POST").status()).isEqualTo(408);
        }
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
