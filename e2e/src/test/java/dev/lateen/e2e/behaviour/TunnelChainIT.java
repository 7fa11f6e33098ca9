package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Tunnels from one data plane to one that ends them, and (`via…`) through a listener of the first that passes CONNECT
/// on.
@ParameterizedClass
@MethodSource("pairs")
class TunnelChainIT {
    private static final int MUCH = 4 << 20;
    /// So that streams, and not the connection, are what holds a sender back.
    private static final String WINDOWS = "initial_stream_window_size: 65536, initial_connection_window_size: 1048576";
    private static final String HTTP2 = Bootstrap.HTTP2
            .replace("http2_protocol_options: {}", "http2_protocol_options: {" + WINDOWS + "}")
            .replace("connect_timeout: 1s", "connect_timeout: 10s");
    private static final String TLS = """
            transport_socket: {name: tls, typed_config: {
              "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext}}""";
    private static RunningProxy terminator;
    private static RunningProxy proxy;
    private static ServerSocket echo;
    private static ServerSocket sealed;
    private static final AtomicLong TAKEN = new AtomicLong();
    private static final AtomicLong SENT = new AtomicLong();

    @Parameter(0)
    DataPlane plane;

    @Parameter(1)
    DataPlane end;

    static Stream<Arguments> pairs() {
        return Stream.of(DataPlane.values())
                .flatMap(plane -> Stream.of(DataPlane.values()).map(end -> Arguments.of(plane, end)));
    }

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane, DataPlane end) throws Exception {
        echo = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        sealed = overTls(Certificates.create());
        Thread.startVirtualThread(() -> accept(sealed));
        Thread.startVirtualThread(() -> accept(echo));
        terminator = end.start(new Bootstrap()
                .cluster("echo", echo.getLocalPort())
                .cluster("tls", "connect_timeout: 10s, " + TLS, sealed.getLocalPort())
                .http("sealed", "upgrade_configs: [{upgrade_type: CONNECT}],", "", """
                        {match: {connect_matcher: {}}, route: {cluster: tls, timeout: 0s, upgrade_configs: [
                          {upgrade_type: CONNECT, connect_config: {}}]}},
                        {match: {prefix: /}, route: {cluster: tls, timeout: 0s, upgrade_configs: [
                          {upgrade_type: CONNECT, connect_config: {allow_post: true}}]}}""")
                .cluster("nobody", 1)
                .http("vain", "upgrade_configs: [{upgrade_type: CONNECT}],", "", """
                        {match: {connect_matcher: {}}, route: {cluster: nobody, upgrade_configs: [
                          {upgrade_type: CONNECT, connect_config: {}}]}}""")
                .http(
                        "ends",
                        "http2_protocol_options: {allow_connect: true, " + WINDOWS
                                + "}, upgrade_configs: [{upgrade_type: CONNECT}],",
                        "",
                        """
                        {match: {connect_matcher: {}}, route: {cluster: echo, timeout: 0s, upgrade_configs: [
                          {upgrade_type: CONNECT, connect_config: {}}]}},
                        {match: {prefix: /, headers: [{name: ":method", string_match: {exact: POST}}]}, route: {cluster: echo, timeout: 0s, upgrade_configs: [
                          {upgrade_type: CONNECT, connect_config: {allow_post: true}}]}}"""));
        int ends = terminator.port("ends");
        Bootstrap bootstrap =
                new Bootstrap().cluster("http1", "connect_timeout: 10s", ends).cluster("http2", HTTP2, ends);
        bootstrap.http(
                "passes",
                "http2_protocol_options: {allow_connect: true, " + WINDOWS
                        + "}, upgrade_configs: [{upgrade_type: CONNECT}],",
                "",
                "{match: {connect_matcher: {}}, route: {cluster: http2, timeout: 0s}}");
        int passes = bootstrap.ports().of("passes");
        bootstrap.cluster("via1", "connect_timeout: 10s", passes).cluster("via2", HTTP2, passes);
        for (String form : List.of("http1", "http2", "via1", "via2")) {
            listener(bootstrap, "connect-" + form, form, false);
            listener(bootstrap, "post-" + form, form, true);
        }
        proxy = plane.start(bootstrap);
    }

    private static void listener(Bootstrap bootstrap, String name, String cluster, boolean post) {
        bootstrap.listener(
                name,
                "filter_chains: [{filters: ["
                        + Bootstrap.tcp("cluster: %s, tunneling_config: {hostname: \"echo.test:7\", use_post: %s}"
                                .formatted(cluster, post))
                        + "]}]");
    }

    @AfterParameterizedClassInvocation
    static void stop() throws Exception {
        // Not started where there is no Envoy.
        if (proxy != null) {
            proxy.close();
        }
        if (terminator != null) {
            terminator.close();
        }
        echo.close();
        sealed.close();
    }

    private static ServerSocket overTls(Certificates certificates) throws Exception {
        char[] password = "secret".toCharArray();
        KeyStore store = KeyStore.getInstance(certificates.file("client.p12").toFile(), password);
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    private static void accept(ServerSocket server) {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread.startVirtualThread(() -> answer(socket));
            } catch (IOException _) {
                return;
            }
        }
    }

    /// Gives back what it takes, until that ends; much of its own, and no more, to who begins with an `S`.
    private static void answer(Socket socket) {
        try (socket) {
            InputStream in = socket.getInputStream();
            byte[] bytes = new byte[64 << 10];
            int first = in.read();
            if (first == 'S') {
                socket.getOutputStream().write(pattern(MUCH, 3));
                SENT.incrementAndGet();
                return;
            }
            socket.getOutputStream().write(first);
            for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
                TAKEN.addAndGet(n);
                socket.getOutputStream().write(bytes, 0, n);
            }
        } catch (IOException _) {
            // The proxy ended it.
        }
    }

    private static byte[] pattern(int length, int seed) {
        byte[] bytes = new byte[length];
        for (int index = 0; index < length; index++) {
            bytes[index] = (byte) (index * 31 + (index >> 8) + seed);
        }
        return bytes;
    }

    private static Thread write(Socket socket, byte[] bytes, boolean end) {
        return Thread.startVirtualThread(() -> {
            try {
                socket.getOutputStream().write(bytes);
                if (end) {
                    socket.shutdownOutput();
                }
            } catch (IOException _) {
                // The reader sees it.
            }
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"connect-http1", "connect-http2", "post-http1", "post-http2", "connect-via1", "connect-via2"})
    void carriesMuchBothWays(String listener) throws Exception {
        byte[] sent = pattern(MUCH, 1);
        try (Socket socket = proxy.connect(listener)) {
            socket.setSoTimeout(20_000);
            write(socket, sent, false);
            assertThat(socket.getInputStream().readNBytes(MUCH)).isEqualTo(sent);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"connect-http2", "post-http2", "connect-via2"})
    void endsWithAllThatWasSentBeforeTheEnd(String listener) throws Exception {
        byte[] sent = pattern(MUCH, 2);
        try (Socket socket = proxy.connect(listener)) {
            socket.setSoTimeout(20_000);
            write(socket, sent, true);
            assertThat(socket.getInputStream().readAllBytes()).isEqualTo(sent);
        }
    }

    /// The end comes while the client does not read, and may not overtake what it has still to read. Two Envoys after
    /// one another lose some of it.
    @ParameterizedTest
    @ValueSource(strings = {"connect-http1", "connect-via1"})
    void endsWithAllThatTheServerSentBeforeItLeft(String listener) throws Exception {
        assumeTrue(plane == DataPlane.LATEEN || listener.equals("connect-http1"));
        long before = SENT.get();
        try (Socket socket = proxy.connect(listener)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write('S');
            await().until(() -> SENT.get() > before);
            assertThat(Arrays.equals(socket.getInputStream().readAllBytes(), pattern(MUCH, 3)))
                    .isTrue();
        }
    }

    /// That a request has ended does not end what is answered, over TLS neither.
    @Test
    void answersWhatItIsSentOverTls() throws IOException {
        Reply reply = terminator
                .client("sealed")
                .send("POST / HTTP/1.1\r\nhost: a.test\r\nconnection: close\r\ncontent-length: 1\r\n\r\nS", "POST");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body()).hasSize(MUCH);
        try (Socket socket = terminator.connect("sealed")) {
            socket.setSoTimeout(20_000);
            HttpClient.write(socket, "CONNECT echo.test:7 HTTP/1.1\r\nhost: echo.test:7\r\n\r\n");
            assertThat(Reply.read(socket.getInputStream(), "HEAD").status()).isEqualTo(200);
            byte[] sent = pattern(MUCH, 5);
            write(socket, sent, false);
            assertThat(socket.getInputStream().readNBytes(MUCH)).isEqualTo(sent);
        }
    }

    @Test
    void failsAsAnyRequestWhereNobodyListens() throws IOException {
        Reply reply =
                terminator.client("vain").send("CONNECT echo.test:7 HTTP/1.1\r\nhost: echo.test:7\r\n\r\n", "CONNECT");
        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.body()).contains("connection failure");
    }

    /// Buffers on the way are bounded; what the client does not read is not taken from it either.
    @ParameterizedTest
    @ValueSource(strings = {"connect-http1", "connect-http2", "post-http1", "post-http2"})
    void holdsNoMoreThanItsBuffersForAClientThatDoesNotRead(String listener) throws Exception {
        int most = 64 << 20;
        try (Socket socket = proxy.connect(listener)) {
            long before = TAKEN.get();
            Thread writer = write(socket, new byte[most], false);
            AtomicLong last = new AtomicLong(-1);
            await().atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> last.getAndSet(TAKEN.get()) == TAKEN.get());
            if (plane == DataPlane.LATEEN) {
                assertThat(writer.isAlive()).isTrue();
                assertThat(TAKEN.get() - before).isLessThan(48 << 20);
            }
            socket.setSoTimeout(20_000);
            assertThat(socket.getInputStream().readNBytes(most)).hasSize(most);
        }
    }

    /// Ten tunnels share a connection; that one client does not read holds up none of the others.
    @Test
    void isNotHeldUpByOneThatDoesNotRead() throws Exception {
        try (Socket lazy = proxy.connect("connect-http2")) {
            write(lazy, new byte[32 << 20], false);
            List<Thread> threads = new ArrayList<>();
            List<Throwable> failures = new ArrayList<>();
            for (int index = 0; index < 10; index++) {
                byte[] sent = pattern(1 << 20, index);
                threads.add(Thread.startVirtualThread(() -> {
                    try (Socket socket = proxy.connect("connect-http2")) {
                        socket.setSoTimeout(20_000);
                        write(socket, sent, false);
                        assertThat(socket.getInputStream().readNBytes(sent.length))
                                .isEqualTo(sent);
                    } catch (Throwable e) {
                        synchronized (failures) {
                            failures.add(e);
                        }
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(failures).isEmpty();
        }
    }

    @Test
    void saysNothingWhileNothingIsSaid() throws Exception {
        try (Socket socket = proxy.connect("connect-http2")) {
            socket.setSoTimeout(300);
            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        }
    }
}
