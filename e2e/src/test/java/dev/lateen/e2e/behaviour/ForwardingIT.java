package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// HTTP/1 from end to end: connections that last, bodies, interim responses, upgrades, and the fields a proxy sets.
@ParameterizedClass
@EnumSource(DataPlane.class)
class ForwardingIT {
    private static final long LARGE = 64L << 20;
    private static RunningProxy proxy;
    private static Upstream upstream;
    private static final AtomicLong RECEIVED = new AtomicLong();

    @Parameter
    DataPlane plane;

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        upstream = new Upstream(ForwardingIT::answer);
        proxy = plane.start(new Bootstrap()
                .cluster("up", upstream.port())
                .http(
                        "main",
                        "upgrade_configs: [{upgrade_type: websocket}],",
                        "",
                        "{match: {prefix: /}, route: {cluster: up, timeout: 0s}}")
                .http("plain", "{match: {prefix: /}, route: {cluster: up}}")
                .http("once", "{match: {prefix: /}, route: {cluster: up}}")
                .http(
                        "edge",
                        "use_remote_address: true, server_name: front,",
                        "",
                        "{match: {prefix: /}, route: {cluster: up}}")
                .http(
                        "ten",
                        "http_protocol_options: {accept_http_10: true},",
                        "",
                        "{match: {prefix: /}, route: {cluster: up}}"));
    }

    @AfterParameterizedClassInvocation
    static void stop() throws Exception {
        proxy.close();
        upstream.close();
    }

    private static void answer(String request, Socket socket) throws Exception {
        String path = request.split("[ ?]")[1];
        switch (path) {
            case "/chunked" ->
                HttpClient.write(
                        socket,
                        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\n\r\n");
            case "/until-close" -> {
                HttpClient.write(socket, "HTTP/1.1 200 OK\r\n\r\nuntil the end");
                socket.close();
            }
            case "/early" ->
                HttpClient.write(
                        socket, "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n" + Upstream.response(200, "late"));
            case "/no-content" -> HttpClient.write(socket, "HTTP/1.1 204 No Content\r\n\r\n");
            case "/not-modified" -> HttpClient.write(socket, "HTTP/1.1 304 Not Modified\r\netag: \"a\"\r\n\r\n");
            case "/head" -> HttpClient.write(socket, "HTTP/1.1 200 OK\r\ncontent-length: 1234\r\n\r\n");
            case "/http10" -> {
                HttpClient.write(socket, "HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok");
                socket.close();
            }
            case "/hop" ->
                HttpClient.write(
                        socket,
                        Upstream.response(
                                200,
                                "hop",
                                "connection: x-private",
                                "x-private: 1",
                                "keep-alive: timeout=5",
                                "proxy-connection: close",
                                "server: mine"));
            case "/large" -> sendLarge(socket);
            case "/upgrade" -> {
                HttpClient.write(
                        socket,
                        "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\nhello");
                InputStream in = socket.getInputStream();
                for (int b = in.read(); b >= 0; b = in.read()) {
                    socket.getOutputStream().write(Character.toUpperCase(b));
                }
                socket.close();
            }
            default -> HttpClient.write(socket, Upstream.response(200, request));
        }
    }

    private static void sendLarge(Socket socket) throws Exception {
        HttpClient.write(socket, "HTTP/1.1 200 OK\r\ncontent-length: " + LARGE + "\r\n\r\n");
        byte[] piece = new byte[64 << 10];
        RECEIVED.set(0);
        for (long sent = 0; sent < LARGE; sent += piece.length) {
            socket.getOutputStream().write(piece);
            RECEIVED.addAndGet(piece.length);
        }
    }

    @Test
    void keepsConnectionsOpen() throws Exception {
        try (Socket socket = proxy.connect("main")) {
            for (int i = 0; i < 3; i++) {
                HttpClient.write(socket, "GET /keep" + i + " HTTP/1.1\r\nhost: a\r\n\r\n");
                Reply reply = Reply.read(socket.getInputStream(), "GET");
                assertThat(reply.body()).startsWith("GET /keep" + i);
                assertThat(reply.field("connection")).isEqualTo("-");
            }
        }
    }

    @Test
    void answersPipelinedRequestsInOrder() throws Exception {
        try (Socket socket = proxy.connect("main")) {
            HttpClient.write(
                    socket,
                    "GET /p1 HTTP/1.1\r\nhost: a\r\n\r\nPOST /p2 HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\nxyz"
                            + "GET /p3 HTTP/1.1\r\nhost: a\r\n\r\n");
            for (int i = 1; i <= 3; i++) {
                assertThat(Reply.read(socket.getInputStream(), "GET").body()).contains("/p" + i + " ");
            }
        }
    }

    @Test
    void closesWhereTheClientAsks() throws Exception {
        try (Socket socket = proxy.connect("main")) {
            HttpClient.write(socket, HttpClient.head("GET", "/close"));
            assertThat(Reply.read(socket.getInputStream(), "GET").field("connection"))
                    .isEqualTo("close");
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void passesChunkedResponses() throws Exception {
        Reply reply = proxy.client("main").get("/chunked");
        assertThat(reply.body()).isEqualTo("abcdefg");
        assertThat(reply.field("transfer-encoding")).isEqualTo("chunked");
        assertThat(reply.complete()).isTrue();
    }

    @Test
    void passesChunkedRequests() throws Exception {
        Reply reply = proxy.client("main")
                .send("POST /in HTTP/1.1\r\nhost: a\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n"
                        + "3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n");
        assertThat(reply.body()).contains("transfer-encoding: chunked\r\n");
        String body = reply.body().substring(reply.body().indexOf("\r\n\r\n") + 4);
        assertThat(body.replaceAll("\r\n[0-9a-f]*\r\n|^[0-9a-f]+\r\n", "")).startsWith("abcdefg");
    }

    @Test
    void passesBodiesThatLastUntilTheEnd() throws Exception {
        Reply reply = proxy.client("main").get("/until-close");
        assertThat(reply.body()).isEqualTo("until the end");
        assertThat(reply.complete()).isTrue();
    }

    @Test
    void answersHeadWithoutBody() throws Exception {
        try (Socket socket = proxy.connect("main")) {
            HttpClient.write(
                    socket, "HEAD /head HTTP/1.1\r\nhost: a\r\n\r\nGET /after-head HTTP/1.1\r\nhost: a\r\n\r\n");
            Reply head = Reply.read(socket.getInputStream(), "HEAD");
            assertThat(head.field("content-length")).isEqualTo("1234");
            assertThat(Reply.read(socket.getInputStream(), "GET").body()).startsWith("GET /after-head");
        }
    }

    @ParameterizedTest
    @CsvSource({"/no-content, 204", "/not-modified, 304"})
    void passesResponsesThatHaveNoBody(String path, int status) throws Exception {
        try (Socket socket = proxy.connect("main")) {
            HttpClient.write(
                    socket, "GET " + path + " HTTP/1.1\r\nhost: a\r\n\r\nGET /next HTTP/1.1\r\nhost: a\r\n\r\n");
            assertThat(Reply.read(socket.getInputStream(), "GET").status()).isEqualTo(status);
            assertThat(Reply.read(socket.getInputStream(), "GET").body()).startsWith("GET /next");
        }
    }

    @Test
    void continuesWhereTheClientWaits() throws Exception {
        try (Socket socket = proxy.connect("main")) {
            HttpClient.write(
                    socket, "POST /expect HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 3\r\n\r\n");
            assertThat(Reply.read(socket.getInputStream(), "POST").status()).isEqualTo(100);
            HttpClient.write(socket, "abc");
            assertThat(Reply.read(socket.getInputStream(), "POST").body()).endsWith("abc");
        }
    }

    @Test
    void understandsHttp10Upstreams() throws Exception {
        assertThat(proxy.client("main").get("/http10").body()).isEqualTo("ok");
    }

    @Test
    void servesHttp10WhereAllowed() throws Exception {
        String reply = proxy.client("ten").exchange("GET /ten HTTP/1.0\r\nhost: ten.test\r\n\r\n");
        assertThat(reply).contains("GET /ten HTTP/1.1\r\n", "host: ten.test\r\n");
    }

    @Test
    void removesFieldsOfTheConnection() throws Exception {
        Reply reply = proxy.client("main").get("/hop");
        assertThat(reply.field("keep-alive")).isEqualTo("-");
        assertThat(reply.field("proxy-connection")).isEqualTo("-");
        String seen = proxy.client("main")
                .get("/x", "keep-alive: timeout=5", "proxy-connection: keep-alive", "te: gzip", "upgrade: h2c")
                .body();
        assertThat(seen)
                .doesNotContainIgnoringCase("keep-alive:", "proxy-connection", "upgrade: h2c", "connection: close");
    }

    @Test
    void setsFieldsAsAnInnerProxy() throws Exception {
        Reply reply = proxy.client("main").get("/x", "x-forwarded-for: 192.0.2.1", "x-request-id: mine");
        assertThat(reply.body())
                .contains("x-forwarded-proto: http\r\n", "x-forwarded-for: 192.0.2.1\r\n", "x-request-id: mine\r\n");
        assertThat(reply.field("server")).isEqualTo("envoy");
        assertThat(reply.field("x-envoy-upstream-service-time")).matches("\\d+");
    }

    @Test
    void setsFieldsAtTheEdge() throws Exception {
        Reply reply = proxy.client("edge")
                .get("/x", "x-forwarded-for: 192.0.2.1", "x-request-id: theirs", "x-envoy-retry-on: 5xx");
        assertThat(reply.body())
                .containsPattern("x-forwarded-for: 192\\.0\\.2\\.1,[0-9.]+\r\n")
                .doesNotContain("x-envoy-retry-on");
        assertThat(reply.field("server")).isEqualTo("front");
    }

    @Test
    void makesRequestIds() throws Exception {
        assertThat(proxy.client("main").get("/x").body())
                .containsPattern(
                        "x-request-id: [0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\r\n");
    }

    @Test
    void passesLargeBodiesAtTheReadersPace() throws Exception {
        try (Socket socket = proxy.connect("main")) {
            socket.setReceiveBufferSize(64 << 10);
            long before = RECEIVED.get();
            HttpClient.write(socket, "GET /large HTTP/1.1\r\nhost: a\r\n\r\n");
            await().until(() -> RECEIVED.get() > 0 && RECEIVED.get() != before);
            // Nobody reads: what the upstream could send ends at the proxy's and the system's buffers.
            await().during(java.time.Duration.ofMillis(300))
                    .atMost(java.time.Duration.ofSeconds(10))
                    .until(new java.util.concurrent.Callable<>() {
                        private long last = -1;

                        @Override
                        public Boolean call() {
                            boolean still = RECEIVED.get() == last;
                            last = RECEIVED.get();
                            return still;
                        }
                    });
            assertThat(RECEIVED.get()).isLessThan(LARGE / 2);
            InputStream in = socket.getInputStream();
            while (!Reply.line(in).isEmpty()) {
                // The head.
            }
            long read = 0;
            byte[] piece = new byte[256 << 10];
            while (read < LARGE) {
                int n = in.read(piece);
                assertThat(n).isPositive();
                read += n;
            }
            assertThat(read).isEqualTo(LARGE);
        }
        assertThat(residentMebibytes()).isLessThan(400);
    }

    private static long residentMebibytes() throws Exception {
        return Files.readAllLines(Path.of("/proc/" + proxy.process().pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) >> 10)
                .sum();
    }

    @Test
    void passesLargeRequests() throws Exception {
        String body = "z".repeat(3 << 20);
        Reply reply = proxy.client("main")
                .send("POST /big HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: " + body.length()
                        + "\r\n\r\n" + body);
        assertThat(reply.body()).endsWith(body);
    }

    @Test
    void tunnelsWebSockets() throws Exception {
        try (Socket socket = proxy.connect("main")) {
            HttpClient.write(
                    socket, "GET /upgrade?ws HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n");
            Reply reply = Reply.read(socket.getInputStream(), "GET");
            assertThat(reply.status()).isEqualTo(101);
            assertThat(reply.field("upgrade")).isEqualTo("websocket");
            assertThat(new String(socket.getInputStream().readNBytes(5))).isEqualTo("hello");
            HttpClient.write(socket, "shout");
            assertThat(new String(socket.getInputStream().readNBytes(5))).isEqualTo("SHOUT");
        }
        assertThat(proxy.logged("?ws").status()).isEqualTo("101");
    }

    @Test
    void refusesUpgradesThatAreNotAllowed() throws Exception {
        Reply reply = proxy.client("plain")
                .send("GET /upgrade?no-ws HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n");
        assertThat(reply.status()).isEqualTo(403);
        assertThat(proxy.logged("?no-ws").details()).isEqualTo("upgrade_failed");
    }

    /// Only 100 (Continue) is passed on.
    @Test
    void dropsInterimResponses() throws Exception {
        Reply reply = proxy.client("main").get("/early");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body()).isEqualTo("late");
    }
}
