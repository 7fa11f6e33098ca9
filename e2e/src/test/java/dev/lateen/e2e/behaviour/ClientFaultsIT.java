package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Clients that break HTTP/1's rules, or try to make the proxy and the upstream see different requests.
@ParameterizedClass
@EnumSource(DataPlane.class)
class ClientFaultsIT {
    private static RunningProxy proxy;
    private static Upstream echo;

    @Parameter
    DataPlane plane;

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        echo = Upstream.echo();
        proxy = plane.start(new Bootstrap()
                .cluster("echo", echo.port())
                .http("main", "{match: {prefix: /}, route: {cluster: echo}}")
                .http("strict", """
                        request_headers_timeout: 0.3s, stream_idle_timeout: 0.5s, max_request_headers_kb: 8,
                        common_http_protocol_options: {max_headers_count: 20, idle_timeout: 0.5s}, normalize_path: true,
                        merge_slashes: true, path_with_escaped_slashes_action: REJECT_REQUEST,""", "", "{match: {prefix: /}, route: {cluster: echo}}"));
    }

    @AfterParameterizedClassInvocation
    static void stop() throws Exception {
        proxy.close();
        echo.close();
    }

    /// `~` stands for CR LF.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "both framings | POST /smuggle HTTP/1.1~host: a~content-length: 5~transfer-encoding: chunked~~0~~",
                "two lengths | POST /smuggle HTTP/1.1~host: a~content-length: 5~content-length: 6~~abcdef",
                "list of lengths | POST /smuggle HTTP/1.1~host: a~content-length: 5, 6~~abcdef",
                "signed length | POST /smuggle HTTP/1.1~host: a~content-length: +5~~abcde",
                "negative length | POST /smuggle HTTP/1.1~host: a~content-length: -5~~abcde",
                "hexadecimal length | POST /smuggle HTTP/1.1~host: a~content-length: 0x5~~abcde",
                "huge length | POST /smuggle HTTP/1.1~host: a~content-length: 99999999999999999999999~~abcde",
                "chunked is not last | POST /smuggle HTTP/1.1~host: a~transfer-encoding: chunked, identity~~0~~",
                "unknown coding | POST /smuggle HTTP/1.1~host: a~transfer-encoding: xchunked~~0~~",
                "space before colon | POST /smuggle HTTP/1.1~host: a~transfer-encoding : chunked~~0~~",
                "no chunk size | POST /smuggle HTTP/1.1~host: a~transfer-encoding: chunked~~~abc~0~~",
                "bad chunk size | POST /smuggle HTTP/1.1~host: a~transfer-encoding: chunked~~0x3~abc~0~~",
                "huge chunk size | POST /smuggle HTTP/1.1~host: a~transfer-encoding: chunked~~fffffffffffffffff~abc~0~~",
                "no host | GET /smuggle HTTP/1.1~~",
                "bad field name | GET /smuggle HTTP/1.1~host: a~x(y): b~~",
                "no colon | GET /smuggle HTTP/1.1~host: a~oops~~",
                "future version | GET /smuggle HTTP/3.0~host: a~~",
                "no version | GET /smuggle~host: a~~",
                "bad version | GET /smuggle HTTX/1.1~host: a~~",
                "space in target | GET /smuggle me HTTP/1.1~host: a~~",
                "not HTTP | hello~~",
            })
    void refusesAmbiguousOrBrokenRequests(String what, String request) throws Exception {
        int before = echo.requests().size();
        String reply = proxy.client("main").exchange(request.replace("~", "\r\n"));
        assertThat(reply).as(what).matches("(?s)HTTP/1\\.1 (400|426|501|505) .*");
        assertThat(echo.requests().subList(before, echo.requests().size()))
                .as("complete requests that reached the upstream")
                .noneMatch(seen -> seen.contains("/smuggle") && !seen.endsWith("~~"));
    }

    /// RFC 9112 lets a recipient repair these; what is repaired here may be read otherwise by the next server.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "folded field | GET /lenient HTTP/1.1~host: a~connection: close~x-a: b~ c: d~~",
                "chunk too long | POST /lenient HTTP/1.1~host: a~connection: close~transfer-encoding: chunked~~3~abcde~0~~",
                "two hosts | GET /lenient HTTP/1.1~host: a~host: b~connection: close~~",
                "bare line feed | GET /lenient HTTP/1.1~host: a~connection: close~x-a: b^c: d~~",
                "bare carriage return | GET /lenient HTTP/1.1~host: a~connection: close~x-a: b!c: d~~",
            })
    void refusesWhatEnvoyRepairs(String what, String request) throws Exception {
        String reply = proxy.client("main")
                .exchange(request.replace("~", "\r\n").replace('^', '\n').replace('!', '\r'));
        assertThat(reply).as(what).startsWith(plane == DataPlane.ENVOY ? "HTTP/1.1 200 " : "HTTP/1.1 400 ");
    }

    @Test
    void refusesNulInValues() throws Exception {
        assertThat(proxy.client("main").exchange("GET / HTTP/1.1\r\nhost: a\r\nx-a: b\0c\r\n\r\n"))
                .startsWith("HTTP/1.1 400 ");
    }

    @Test
    void refusesMoreFieldsThanAllowed() throws Exception {
        StringBuilder request = new StringBuilder("GET /?many HTTP/1.1\r\nhost: a\r\n");
        for (int i = 0; i < 30; i++) {
            request.append("x-").append(i).append(": 1\r\n");
        }
        assertThat(proxy.client("strict")
                        .send(request.append("\r\n").toString())
                        .status())
                .isEqualTo(431);
    }

    @Test
    void refusesLargerHeadsThanAllowed() throws Exception {
        String request = "GET /?large HTTP/1.1\r\nhost: a\r\nx-a: " + "b".repeat(20_000) + "\r\n\r\n";
        assertThat(proxy.client("strict").exchange(request)).startsWith("HTTP/1.1 431 ");
    }

    /// It answers, or ends the connection while the client still sends.
    @Test
    void refusesEndlessHeads() throws Exception {
        try (Socket socket = proxy.connect("main")) {
            sendEndlessHead(socket);
            assertThat(Reply.read(socket.getInputStream(), "GET").status()).isEqualTo(431);
        } catch (SocketException _) {
            assertThat(proxy.client("main").get("/").status()).isEqualTo(200);
        }
    }

    private static void sendEndlessHead(Socket socket) throws IOException {
        HttpClient.write(socket, "GET / HTTP/1.1\r\nhost: a\r\n");
        for (int i = 0; i < 100_000; i++) {
            HttpClient.write(socket, "x-%d: %s\r\n".formatted(i, "y".repeat(500)));
        }
    }

    @Test
    void endsHeadsThatComeTooSlowly() throws Exception {
        try (Socket socket = proxy.connect("strict")) {
            HttpClient.write(socket, "GET / HTTP/1.1\r\nhost: a\r\nx-a");
            assertThat(Reply.read(socket.getInputStream(), "GET").status()).isEqualTo(408);
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void endsBodiesThatComeTooSlowly() throws Exception {
        try (Socket socket = proxy.connect("strict")) {
            HttpClient.write(socket, "POST /?slow-body HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nabc");
            assertThat(Reply.read(socket.getInputStream(), "POST").status()).isEqualTo(408);
        }
        assertThat(proxy.logged("?slow-body").flags()).isEqualTo("SI");
    }

    @Test
    void endsIdleConnections() throws Exception {
        try (Socket socket = proxy.connect("strict")) {
            socket.setSoTimeout((int) Duration.ofSeconds(5).toMillis());
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/a/../b, /b",
        "/a/./b, /a/b",
        "/a//b, /a/b",
        "/%2e%2e/b, /b",
        "/a/%2E%2E/b?../c, /b?../c",
        "/a%41, /aA",
    })
    void normalisesPaths(String path, String seen) throws Exception {
        assertThat(proxy.client("strict").get(path).body()).startsWith("GET " + seen + " HTTP/1.1\r\n");
    }

    @ParameterizedTest
    @CsvSource({"/a%2Fb", "/a%2fb", "/a%5Cb", "/a%00b"})
    void refusesEscapedSlashesWhereTold(String path) throws Exception {
        assertThat(proxy.client("strict").get(path).status()).isEqualTo(400);
    }

    @Test
    void keepsServingOthersMeanwhile() throws Exception {
        try (Socket stuck = proxy.connect("main")) {
            HttpClient.write(stuck, "GET / HTTP/1.1\r\nhost");
            assertThat(proxy.client("main").get("/").status()).isEqualTo(200);
        }
    }

    @Test
    void acceptsAbsoluteTargets() throws Exception {
        Reply reply = proxy.client("main")
                .send("GET http://b.test/x?y HTTP/1.1\r\nhost: a.test\r\nconnection: close\r\n\r\n");
        assertThat(reply.body()).startsWith("GET /x?y HTTP/1.1\r\n").contains("host: b.test\r\n");
    }

    @Test
    void refusesHttp10UnlessAllowed() throws Exception {
        Reply reply = proxy.client("main").send("GET / HTTP/1.0\r\nhost: a\r\n\r\n");
        assertThat(reply.status()).isEqualTo(426);
    }

    /// The preface of HTTP/2 means nothing on a connection for HTTP/1 only, except where the protocol is detected.
    @Test
    void refusesABrokenPreface() throws Exception {
        String reply = proxy.client("main").exchange("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n");
        assertThat(reply).doesNotContain("200 OK");
    }

    @Test
    void answersConnectAndTraceWithoutPassingThemOn() throws Exception {
        int before = echo.requests().size();
        Reply connect = proxy.client("main").send("CONNECT b.test:443 HTTP/1.1\r\nhost: b.test:443\r\n\r\n");
        assertThat(connect.status()).isBetween(400, 499);
        assertThat(echo.requests()).hasSize(before);
    }
}
