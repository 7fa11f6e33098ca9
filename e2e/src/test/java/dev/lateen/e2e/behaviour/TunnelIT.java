package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// TCP connections that reach their destination by a forward proxy, which is asked for a tunnel: in all four forms, and
/// with all that it may answer. A listener's name is form and destination, and so is its cluster's.
@ParameterizedClass
@EnumSource(DataPlane.class)
class TunnelIT {
    private static final List<String> FORMS = List.of("connect1", "post1", "connect2", "post2");
    private static final List<String> OF_ANY =
            List.of("open", "interim", "created", "refused", "closed", "flaky", "silent");
    private static final List<String> OF_HTTP2 =
            List.of("ended", "reset", "broken", "lost", "leaving", "done", "narrow");
    private static RunningProxy proxy;
    private static ForwardProxy http1;
    private static ForwardProxy http2;

    @Parameter
    DataPlane plane;

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        http1 = new ForwardProxy(false);
        http2 = new ForwardProxy(true);
        Bootstrap bootstrap = new Bootstrap();
        for (String form : FORMS) {
            List<String> hosts = new ArrayList<>(OF_ANY);
            hosts.addAll(form.endsWith("2") ? OF_HTTP2 : List.of("garbage"));
            for (String host : hosts) {
                listener(bootstrap, form, host, "hostname: \"%s.test:443\"".formatted(host));
            }
        }
        listener(
                bootstrap,
                "post2",
                "formatted",
                "hostname: \"%DOWNSTREAM_LOCAL_ADDRESS%\", post_path: /in, headers_to_add: [{header: {key: X-Here, value: \"at %DOWNSTREAM_LOCAL_ADDRESS%\"}}]");
        proxy = plane.start(bootstrap);
    }

    private static void listener(Bootstrap bootstrap, String form, String host, String tunnel) {
        String name = form + "-" + host;
        boolean two = form.endsWith("2");
        bootstrap.cluster(name, two ? Bootstrap.HTTP2 : "connect_timeout: 1s", (two ? http2 : http1).port());
        bootstrap.listener(
                name,
                "filter_chains: [{filters: ["
                        + Bootstrap.tcp("cluster: %s, max_connect_attempts: %d, tunneling_config: {%s, use_post: %s}"
                                .formatted(name, host.equals("flaky") ? 3 : 1, tunnel, form.startsWith("post")))
                        + "]}]");
    }

    @AfterParameterizedClassInvocation
    static void stop() throws Exception {
        proxy.close();
        http1.close();
        http2.close();
    }

    /// What comes back until the first line ends, or the connection; then `!` where that was reset.
    private static String ask(String listener) throws IOException {
        StringBuilder all = new StringBuilder();
        try (Socket socket = proxy.connect(listener)) {
            socket.setSoTimeout(10_000);
            HttpClient.write(socket, "hello\n");
            InputStream in = socket.getInputStream();
            for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
                all.append((char) c);
            }
            return all.toString();
        } catch (SocketException _) {
            return all + "!";
        }
    }

    private static String read(Socket socket, int length) throws IOException {
        return new String(socket.getInputStream().readNBytes(length), StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @CsvSource({
        "connect1, open",
        "post1, open",
        "connect2, open",
        "post2, open",
        "connect1, interim",
        "connect2, interim"
    })
    void relaysThroughATunnelThatWasGranted(String form, String host) throws Exception {
        assertThat(ask(form + "-" + host)).isEqualTo("first HELLO");
        LogLine line = proxy.logged(" " + form + "-" + host + " ");
        assertThat(line.flags()).isEqualTo("-");
        assertThat(line.received()).isEqualTo("hello\n".length());
        assertThat(line.sent()).isEqualTo("first HELLO\n".length());
    }

    @Test
    void asksForTheConfiguredDestination() throws Exception {
        http1.asked().clear();
        http2.asked().clear();
        for (String form : FORMS) {
            ask(form + "-open");
        }
        assertThat(http1.asked().getFirst())
                .startsWith("connect open.test:443 http/1.1\n")
                .contains("\nhost: open.test:443\n");
        assertThat(http1.asked().get(1))
                .startsWith("post / http/1.1\n")
                .contains("\nhost: open.test:443\n", "\ntransfer-encoding: chunked\n");
        assertThat(http2.asked().getFirst())
                .contains(":method: connect\n", ":authority: open.test:443\n")
                .doesNotContain(":path", ":scheme", ":protocol");
        assertThat(http2.asked().get(1))
                .contains(":method: post\n", ":authority: open.test:443\n", ":path: /\n", ":scheme: http\n");
    }

    @Test
    void fillsInWhatTheConnectionTells() throws Exception {
        http2.asked().clear();
        assertThat(ask("post2-formatted")).isEqualTo("first HELLO");
        String here = "127.0.0.1:" + proxy.port("post2-formatted");
        assertThat(http2.asked().getFirst())
                .contains(":authority: " + here + "\n", ":path: /in\n", "x-here: at " + here + "\n");
    }

    /// HTTP/1.1 alone grants by any 2xx.
    @ParameterizedTest
    @ValueSource(strings = {"connect1", "post1"})
    void takesCreatedForAGrantThroughHttp1(String form) throws Exception {
        try (Socket socket = proxy.connect(form + "-created")) {
            HttpClient.write(socket, "hello\n");
            socket.shutdownOutput();
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(proxy.logged(" " + form + "-created ").flags()).isEqualTo("-");
    }

    /// Differs: Envoy waits for as long as the client does.
    @ParameterizedTest
    @ValueSource(strings = {"connect1", "post1", "connect2", "post2"})
    void waitsForAnAnswerNoLongerThanForAConnection(String form) throws Exception {
        assumeTrue(plane == DataPlane.LATEEN);
        assertThat(ask(form + "-silent")).isIn("", "!");
        assertThat(proxy.logged(" " + form + "-silent ").flags()).isEqualTo("UF,URX");
    }

    @ParameterizedTest
    @CsvSource({
        "connect1-refused, tunnel_response:403",
        "post1-refused, tunnel_response:403",
        "connect2-refused, tunnel_response:403",
        "post2-refused, tunnel_response:403",
        "connect2-created, tunnel_response:201",
        "post2-created, tunnel_response:201",
        "connect2-ended, tunnel_response:200",
        "post2-ended, tunnel_response:200",
        "connect2-reset, -",
        "post2-reset, -",
        "connect1-closed, -",
        "post1-closed, -",
        "connect2-closed, -",
        "post2-closed, -",
    })
    void endsWhereNoTunnelWasGranted(String listener, String failure) throws Exception {
        assertThat(ask(listener)).isIn("", "!");
        LogLine line = proxy.logged(" " + listener + " ");
        assertThat(line.flags()).isEqualTo("UF,URX");
        assertThat(line.transportFailure()).isEqualTo(failure);
        assertThat(line.received()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"connect1", "post1"})
    void endsWhereTheAnswerIsNotHttp(String form) throws Exception {
        assertThat(ask(form + "-garbage")).isIn("", "!");
        assertThat(proxy.logged(" " + form + "-garbage ").flags()).isEqualTo("UF,URX");
    }

    /// What the attempts before met stays in the log.
    @ParameterizedTest
    @ValueSource(strings = {"connect1", "post1", "connect2", "post2"})
    void asksAgainAsOftenAsConfigured(String form) throws Exception {
        assertThat(ask(form + "-flaky")).isEqualTo("first HELLO");
        LogLine line = proxy.logged(" " + form + "-flaky ");
        assertThat(line.flags()).isIn("UF", "-");
    }

    @ParameterizedTest
    @ValueSource(strings = {"post1", "connect2", "post2"})
    void passesTheEndOfEachDirectionOn(String form) throws Exception {
        try (Socket socket = proxy.connect(form + "-open")) {
            HttpClient.write(socket, "hello\n");
            assertThat(read(socket, 12)).isEqualTo("first HELLO\n");
            socket.shutdownOutput();
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"connect2", "post2"})
    void resetsTheConnectionOfAStreamThatWasReset(String form) throws Exception {
        assertThat(ask(form + "-broken")).isEqualTo("first !");
        assertThat(proxy.logged(" " + form + "-broken ").flags()).isEqualTo("UR");
    }

    /// Differs: Envoy ends it as if all had arrived.
    @ParameterizedTest
    @ValueSource(strings = {"connect2", "post2"})
    void resetsTheConnectionOfAStreamThatWasLost(String form) throws Exception {
        assertThat(ask(form + "-lost")).isEqualTo(plane == DataPlane.LATEEN ? "first !" : "first ");
        assertThat(proxy.logged(" " + form + "-lost ").flags()).isEqualTo(plane == DataPlane.LATEEN ? "UR" : "-");
    }

    @ParameterizedTest
    @ValueSource(strings = {"connect2", "post2"})
    void endsTheConnectionOfAStreamThatTakesNoMore(String form) throws Exception {
        try (Socket socket = proxy.connect(form + "-done")) {
            assertThat(read(socket, 7)).isEqualTo("first ");
            // Not only the half that ended: writes meet nobody.
            await().until(() -> {
                try {
                    HttpClient.write(socket, "x");
                    return false;
                } catch (SocketException _) {
                    return true;
                }
            });
        } catch (SocketException _) {
            // Sooner than what was read.
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"connect2", "post2"})
    void resetsTheStreamOfAConnectionThatWasReset(String form) throws Exception {
        http2.resets().clear();
        Socket socket = proxy.connect(form + "-open");
        HttpClient.write(socket, "hello\n");
        assertThat(read(socket, 12)).isEqualTo("first HELLO\n");
        Upstream.reset(socket);
        await().until(() -> http2.resets().contains("open"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"connect2", "post2"})
    void carriesManyTunnelsOnOneConnection(String form) throws Exception {
        ask(form + "-open");
        int before = http2.connections();
        List<Socket> sockets = new ArrayList<>();
        for (int index = 0; index < 20; index++) {
            sockets.add(proxy.connect(form + "-open"));
        }
        for (Socket socket : sockets) {
            HttpClient.write(socket, "hello\n");
        }
        for (Socket socket : sockets) {
            assertThat(read(socket, 12)).isEqualTo("first HELLO\n");
            socket.close();
        }
        assertThat(http2.connections()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"connect2", "post2"})
    void keepsTunnelsOfAConnectionThatTakesNoMore(String form) throws Exception {
        try (Socket first = proxy.connect(form + "-leaving")) {
            assertThat(read(first, 6)).isEqualTo("first ");
            int before = http2.connections();
            try (Socket second = proxy.connect(form + "-leaving")) {
                assertThat(read(second, 6)).isEqualTo("first ");
                assertThat(http2.connections()).isEqualTo(before + 1);
            }
            HttpClient.write(first, "still\n");
            assertThat(read(first, 6)).isEqualTo("STILL\n");
        }
    }

    /// The peer grants 64 KiB, and never more.
    @Test
    void sendsNoMoreThanTheStreamMayTake() throws Exception {
        try (Socket socket = proxy.connect("connect2-narrow")) {
            assertThat(read(socket, 6)).isEqualTo("first ");
            Thread writer = Thread.startVirtualThread(() -> {
                try {
                    HttpClient.write(socket, "a".repeat(32 << 20));
                } catch (IOException _) {
                    // Ended with the test.
                }
            });
            assertThat(read(socket, 65_535)).isEqualTo("A".repeat(65_535));
            assertThat(writer.isAlive()).isTrue();
        }
    }
}
