package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// HTTP/2 on either side, and gRPC over it.
@ParameterizedClass
@EnumSource(DataPlane.class)
class Http2IT {
    private static final String HTTP2_UPSTREAM = """
            typed_extension_protocol_options: {envoy.extensions.upstreams.http.v3.HttpProtocolOptions: {
              "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions,
              explicit_http_config: {http2_protocol_options: {}}}}""";
    private static final List<String> SEEN = new CopyOnWriteArrayList<>();
    private static RunningProxy proxy;
    private static Upstream echo;
    private static ServerSocket grpc;

    @Parameter
    DataPlane plane;

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        echo = Upstream.echo();
        grpc = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.startVirtualThread(Http2IT::acceptGrpc);
        proxy = plane.start(new Bootstrap()
                .cluster("echo", echo.port())
                .cluster("grpc", HTTP2_UPSTREAM, grpc.getLocalPort())
                .cluster("dead", Ports.free())
                .http("main", """
                        {match: {prefix: /grpc.Retry}, route: {cluster: grpc, retry_policy: {retry_on: unavailable, num_retries: 2, retry_back_off: {base_interval: 0.01s}}}},
                        {match: {prefix: /grpc.Slow}, route: {cluster: grpc, timeout: 0.2s}},
                        {match: {prefix: /grpc.Deadline}, route: {cluster: grpc, max_stream_duration: {grpc_timeout_header_max: 10s}}},
                        {match: {prefix: /grpc}, route: {cluster: grpc}},
                        {match: {prefix: /dead}, route: {cluster: dead}},
                        {match: {prefix: /echo}, route: {cluster: echo}}"""));
    }

    @AfterParameterizedClassInvocation
    static void stop() throws Exception {
        proxy.close();
        echo.close();
        grpc.close();
    }

    private static void acceptGrpc() {
        while (!grpc.isClosed()) {
            try {
                Socket socket = grpc.accept();
                Thread.startVirtualThread(() -> serveGrpc(socket));
            } catch (IOException _) {
                return;
            }
        }
    }

    /// Answers each request when its stream ends, by the name of its service.
    private static void serveGrpc(Socket socket) {
        try (Http2Peer peer = Http2Peer.server(socket)) {
            String path = "";
            while (true) {
                Http2Peer.Frame frame = peer.next();
                if (frame.type() == Http2Peer.HEADERS && !frame.headers().isEmpty()) {
                    path = frame.headers().stream()
                            .filter(header -> header.startsWith(":path: "))
                            .findFirst()
                            .orElse(path);
                    SEEN.add(String.join("\n", frame.headers()));
                }
                if (frame.endsStream()) {
                    answer(peer, frame.stream(), path);
                }
            }
        } catch (Exception _) {
            // The proxy ended the connection.
        }
    }

    private static void answer(Http2Peer peer, int stream, String path) throws Exception {
        String ok = ":status: 200";
        String type = "content-type: application/grpc";
        if (path.contains("/grpc.Slow") || path.contains("/grpc.Deadline")) {
            return;
        }
        if (path.contains("/grpc.Reset")) {
            peer.reset(stream);
            return;
        }
        long tries = SEEN.stream().filter(head -> head.contains("/grpc.Retry")).count();
        if (path.contains("/grpc.Fails") || (path.contains("/grpc.Retry") && tries % 3 != 0)) {
            peer.headers(stream, true, ok, type, "grpc-status: 14", "grpc-message: not now");
            return;
        }
        peer.headers(stream, false, ok, type);
        peer.message(stream, false, "one");
        peer.message(stream, false, "two");
        peer.headers(stream, true, "grpc-status: 0", "x-trailer: yes");
    }

    private static Http2Peer.Response call(String path, String... fields) throws Exception {
        try (Http2Peer client = Http2Peer.client(proxy.connect("main"))) {
            List<String> all = new java.util.ArrayList<>(List.of(
                    ":method: POST",
                    ":scheme: http",
                    ":authority: a.test",
                    ":path: " + path,
                    "content-type: application/grpc",
                    "te: trailers"));
            all.addAll(List.of(fields));
            client.headers(1, false, all.toArray(String[]::new));
            client.message(1, true, "ask");
            return client.response(1);
        }
    }

    @Test
    void servesHttp2WithPriorKnowledge() throws Exception {
        try (Http2Peer client = Http2Peer.client(proxy.connect("main"))) {
            client.get(1, "/echo/one");
            client.get(3, "/echo/two");
            assertThat(client.response(1).body()).startsWith("GET /echo/one HTTP/1.1\r\nhost: a.test\r\n");
        }
    }

    @Test
    void passesMessagesAndTrailersOfGrpc() throws Exception {
        Http2Peer.Response response = call("/grpc.Echo/Call");
        assertThat(response.headers()).contains(":status: 200", "grpc-status: 0", "x-trailer: yes");
        assertThat(response.body()).contains("one", "two");
        assertThat(SEEN.getLast()).contains("te: trailers");
    }

    @Test
    void passesFailuresOfGrpc() throws Exception {
        assertThat(call("/grpc.Fails/Call").headers())
                .contains(":status: 200", "grpc-status: 14", "grpc-message: not now");
    }

    @Test
    void retriesByGrpcStatus() throws Exception {
        assertThat(call("/grpc.Retry/Call").headers()).contains("grpc-status: 0");
    }

    @ParameterizedTest
    @CsvSource({
        "/nowhere/Call, 12",
        "/dead/Call, 14",
        "/grpc.Slow/Call, 14",
        "/grpc.Reset/Call, 14",
    })
    void answersGrpcClientsWithGrpcStatus(String path, int status) throws Exception {
        Http2Peer.Response response = call(path);
        assertThat(response.headers())
                .contains(":status: 200", "content-type: application/grpc", "grpc-status: " + status);
    }

    @Test
    void endsGrpcCallsAtTheirDeadline() throws Exception {
        assertThat(call("/grpc.Deadline/Call", "grpc-timeout: 100m").headers())
                .anyMatch(header -> header.equals("grpc-status: 4"));
    }

    @Test
    void answersPings() throws Exception {
        try (Http2Peer client = Http2Peer.client(proxy.connect("main"))) {
            client.send(Http2Peer.PING, 0, 0, "12345678".getBytes(StandardCharsets.US_ASCII));
            Http2Peer.Frame frame = client.next();
            assertThat(frame.type()).isEqualTo(Http2Peer.PING);
            assertThat(frame.payload()).isEqualTo("12345678".getBytes(StandardCharsets.US_ASCII));
        }
    }

    /// CVE-2023-44487: streams that are opened only to be reset.
    @Test
    void endsConnectionsThatResetRapidly() throws Exception {
        boolean ended = false;
        try (Http2Peer client = Http2Peer.client(proxy.connect("main"))) {
            for (int stream = 1; stream < 40_000; stream += 2) {
                client.get(stream, "/grpc.Slow/rapid");
                client.reset(stream);
            }
            Http2Peer.Frame frame = client.next();
            while (frame.type() != Http2Peer.GOAWAY) {
                frame = client.next();
            }
            ended = true;
        } catch (IOException _) {
            ended = true;
        }
        assertThat(ended).isTrue();
        assertThat(proxy.client("main").get("/echo/alive").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "no path | :method: GET~:scheme: http~:authority: malformed",
                "upper case | :method: GET~:scheme: http~:authority: malformed~:path: /echo~X-Upper: 1",
                "connection field | :method: GET~:scheme: http~:authority: malformed~:path: /echo~connection: close",
                "transfer-encoding | :method: GET~:scheme: http~:authority: malformed~:path: /echo~transfer-encoding: chunked",
                "bad te | :method: GET~:scheme: http~:authority: malformed~:path: /echo~te: gzip",
                "unknown pseudo | :method: GET~:scheme: http~:authority: malformed~:path: /echo~:odd: x",
                "two paths | :method: GET~:scheme: http~:authority: malformed~:path: /echo~:path: /echo2",
                "space in path | :method: GET~:scheme: http~:authority: malformed~:path: /echo me",
                "line feed in value | :method: GET~:scheme: http~:authority: malformed~:path: /echo~x-a: b^c: d",
            })
    void refusesMalformedRequests(String what, String fields) throws Exception {
        try (Http2Peer client = Http2Peer.client(proxy.connect("main"))) {
            client.headers(1, true, fields.replace('^', '\n').split("~"));
            assertRefused(client);
        }
        assertThat(echo.count("malformed")).as(what).isZero();
    }

    @Test
    void resetsStreamsWhoseLengthIsWrong() throws Exception {
        try (Http2Peer client = Http2Peer.client(proxy.connect("main"))) {
            client.headers(
                    1, false, ":method: POST", ":scheme: http", ":authority: a", ":path: /echo", "content-length: 3");
            client.send(Http2Peer.DATA, Http2Peer.END_STREAM, 1, "abcdef".getBytes(StandardCharsets.US_ASCII));
            assertRefused(client);
        }
    }

    /// By a status, a reset of the stream, or the end of the connection.
    private static void assertRefused(Http2Peer client) throws Exception {
        try {
            Http2Peer.Response response = client.response(1);
            assertThat(response.reset() > 0 || response.headers().contains(":status: 400"))
                    .as(response.toString())
                    .isTrue();
        } catch (EOFException | SocketException _) {
            // Envoy ends the whole connection.
        }
    }
}
