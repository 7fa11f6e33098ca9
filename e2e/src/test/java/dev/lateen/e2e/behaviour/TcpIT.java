package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Bytes without HTTP, and the choice between filter chains.
@ParameterizedClass
@EnumSource(DataPlane.class)
class TcpIT {
    private static final String INSPECT_HTTP = """
            listener_filters: [{name: envoy.filters.listener.http_inspector, typed_config: {
              "@type": type.googleapis.com/envoy.extensions.filters.listener.http_inspector.v3.HttpInspector}}],
            listener_filters_timeout: 0.3s, continue_on_listener_filters_timeout: true,""";
    private static final AtomicInteger RESETS = new AtomicInteger();
    private static RunningProxy proxy;
    private static ServerSocket shouting;
    private static int dead;
    private static Upstream web;

    @Parameter
    DataPlane plane;

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        shouting = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.startVirtualThread(TcpIT::accept);
        web = Upstream.saying("web");
        dead = Ports.free();
        proxy = plane.start(new Bootstrap()
                .cluster("shouting", shouting.getLocalPort())
                .cluster("web", web.port())
                .cluster("dead", dead)
                .cluster(
                        "half-dead",
                        "connect_timeout: 1s, outlier_detection: {consecutive_5xx: 2, interval: 60s, base_ejection_time: 60s, max_ejection_percent: 50}",
                        shouting.getLocalPort(),
                        dead)
                .listener("relay", chain(Bootstrap.tcp("cluster: shouting")))
                .listener("idle", chain(Bootstrap.tcp("cluster: shouting, idle_timeout: 0.3s")))
                .listener("dead", chain(Bootstrap.tcp("cluster: dead")))
                .listener("half-dead", chain(Bootstrap.tcp("cluster: half-dead")))
                .listener(
                        "split",
                        chain(
                                Bootstrap.tcp(
                                        "weighted_clusters: {clusters: [{name: shouting, weight: 1}, {name: dead, weight: 1}]}")))
                .listener(
                        "sniffed",
                        INSPECT_HTTP
                                + """
                        filter_chains: [
                          {filter_chain_match: {application_protocols: ["http/1.1", "http/1.0", h2c]}, filters: [%s]},
                          {filters: [%s]}]""".formatted(
                                                Bootstrap.manager(
                                                        "sniffed",
                                                        "",
                                                        "",
                                                        "{name: a, domains: [\"*\"], routes: [{match: {prefix: /}, route: {cluster: web}}]}"),
                                                Bootstrap.tcp("cluster: shouting")))
                .listener(
                        "by-source", """
                        filter_chains: [
                          {filter_chain_match: {source_prefix_ranges: [{address_prefix: 127.0.0.2, prefix_len: 32}]}, filters: [%s]}],
                        default_filter_chain: {filters: [%s]}""".formatted(Bootstrap.tcp("cluster: dead"), Bootstrap.tcp("cluster: shouting")))
                .listener("nobody", """
                        filter_chains: [
                          {filter_chain_match: {source_prefix_ranges: [{address_prefix: 127.0.0.2, prefix_len: 32}]}, filters: [%s]}]""".formatted(Bootstrap.tcp("cluster: shouting"))));
    }

    private static String chain(String filter) {
        return "filter_chains: [{filters: [" + filter + "]}]";
    }

    @AfterParameterizedClassInvocation
    static void stop() throws Exception {
        proxy.close();
        shouting.close();
        web.close();
    }

    private static void accept() {
        while (!shouting.isClosed()) {
            try {
                Socket socket = shouting.accept();
                Thread.startVirtualThread(() -> shout(socket));
            } catch (IOException _) {
                return;
            }
        }
    }

    /// Says everything again in upper case, and goodbye when the client has finished; resets the connection of one that
    /// wants that.
    private static void shout(Socket socket) {
        try (socket) {
            InputStream in = socket.getInputStream();
            byte[] bytes = new byte[64 << 10];
            for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
                if (new String(bytes, 0, n, StandardCharsets.ISO_8859_1).equals("reset!")) {
                    Upstream.reset(socket);
                    return;
                }
                HttpClient.write(socket, new String(bytes, 0, n, StandardCharsets.ISO_8859_1).toUpperCase(Locale.ROOT));
            }
            HttpClient.write(socket, " goodbye");
        } catch (SocketException _) {
            RESETS.incrementAndGet();
        } catch (IOException _) {
            // The proxy ended it.
        }
    }

    private static String talk(String listener, String text) throws IOException {
        try (Socket socket = proxy.connect(listener)) {
            HttpClient.write(socket, text);
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (SocketException _) {
            return "reset";
        }
    }

    @Test
    void relaysBothWaysAndHonoursHalfClose() throws Exception {
        assertThat(talk("relay", "hello")).isEqualTo("HELLO goodbye");
    }

    @Test
    void relaysMuch() throws Exception {
        String text = "a".repeat(5 << 20);
        try (Socket socket = proxy.connect("relay")) {
            Thread writer = Thread.startVirtualThread(() -> {
                try {
                    HttpClient.write(socket, text);
                    socket.shutdownOutput();
                } catch (IOException _) {
                    // The reader sees it.
                }
            });
            assertThat(socket.getInputStream().readAllBytes()).hasSize(text.length() + " goodbye".length());
            writer.join();
        }
    }

    @Test
    void logsConnections() throws Exception {
        int before = proxy.lines().size();
        talk("relay", "12345");
        await().until(() -> proxy.lines().size() > before);
        await().until(() -> proxy.lines().stream().anyMatch(line -> line.contains(" 5 13 ")));
        LogLine line = proxy.logged(" 5 13 ");
        assertThat(line.status()).isEqualTo("0");
        assertThat(line.flags()).isEqualTo("-");
        assertThat(line.cluster()).isEqualTo("shouting");
    }

    @Test
    void endsIdleConnections() throws Exception {
        try (Socket socket = proxy.connect("idle")) {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void closesWhereTheUpstreamRefuses() throws Exception {
        assertThat(talk("dead", "x")).isIn("", "reset");
        assertThat(proxy.logged(" dead ").flags()).contains("UF");
    }

    @Test
    void passesAResetOfTheUpstreamOn() throws Exception {
        try (Socket socket = proxy.connect("relay")) {
            HttpClient.write(socket, "reset!");
            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketException.class);
        }
        await().until(() -> proxy.lines().stream()
                .anyMatch(line -> LogLine.parse(line).flags().equals("UR")));
    }

    @Test
    void passesAResetOfTheClientOn() throws Exception {
        int before = RESETS.get();
        Socket socket = proxy.connect("relay");
        HttpClient.write(socket, "a");
        assertThat(socket.getInputStream().read()).isEqualTo('A');
        Upstream.reset(socket);
        await().until(() -> RESETS.get() > before);
    }

    /// A connection that cannot be opened counts like a 503.
    @Test
    void ejectsHostsThatCannotBeReached() throws Exception {
        String ejections = "cluster.half-dead.outlier_detection.ejections_enforced_total: ";
        await().until(() -> {
            talk("half-dead", "x");
            return proxy.admin("/stats?filter=half-dead.outlier").contains(ejections + "1");
        });
        for (int index = 0; index < 10; index++) {
            assertThat(talk("half-dead", "x")).isEqualTo("X goodbye");
        }
    }

    @Test
    void splitsConnections() throws Exception {
        int relayed = 0;
        for (int i = 0; i < 40; i++) {
            relayed += talk("split", "x").startsWith("X") ? 1 : 0;
        }
        assertThat(relayed).isBetween(5, 35);
    }

    @Test
    void tellsHttpFromOtherBytes() throws Exception {
        assertThat(proxy.client("sniffed").get("/").body()).isEqualTo("web");
        try (Socket socket = proxy.connect("sniffed")) {
            HttpClient.write(socket, "\1\2binary");
            assertThat(new String(socket.getInputStream().readNBytes(8), StandardCharsets.ISO_8859_1))
                    .isEqualTo("\1\2BINARY");
        }
    }

    @Test
    void goesOnWithoutBytesAfterTheInspectionTimeout() throws Exception {
        try (Socket socket = proxy.connect("sniffed")) {
            socket.setSoTimeout(600);
            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            socket.setSoTimeout(15_000);
            HttpClient.write(socket, "late");
            assertThat(new String(socket.getInputStream().readNBytes(4))).isEqualTo("LATE");
        }
    }

    @Test
    void choosesTheDefaultChain() throws Exception {
        assertThat(talk("by-source", "x")).isEqualTo("X goodbye");
    }

    @Test
    void closesConnectionsThatNoChainMatches() throws Exception {
        assertThat(talk("nobody", "x")).isIn("", "reset");
    }
}
