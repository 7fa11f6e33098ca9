package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// PROXY headers of clients, and to upstreams.
@ParameterizedClass
@EnumSource(DataPlane.class)
class ProxyProtocolIT {
    private static final String FILTER = """
            {name: envoy.filters.listener.proxy_protocol, typed_config: {
              "@type": type.googleapis.com/envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol, %s}}""";
    private static final String SOCKET = """
            connect_timeout: 1s, transport_socket: {name: envoy.transport_sockets.upstream_proxy_protocol, typed_config: {
              "@type": type.googleapis.com/envoy.extensions.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport,
              config: {version: %s}, transport_socket: {name: envoy.transport_sockets.raw_buffer, typed_config: {
                "@type": type.googleapis.com/envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer}}}}""";
    private static final String LINE = "PROXY TCP4 192.0.2.7 198.51.100.8 4321 80\r\n";
    private static final byte[] BINARY = HexFormat.of()
            .parseHex("0d0a0d0a000d0a515549540a" + "2111000f" + "c0000207" + "c6336408" + "10e10050" + "e00000");
    private static final String GET = "GET /%s HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    private static RunningProxy proxy;
    private static Upstream echo;

    @Parameter
    DataPlane plane;

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        echo = Upstream.echo();
        Bootstrap bootstrap = new Bootstrap().cluster("echo", echo.port());
        int strict = bootstrap.ports().of("strict");
        proxy = plane.start(bootstrap
                .cluster("v1", SOCKET.formatted("V1"), strict)
                .cluster("v2", SOCKET.formatted("V2"), strict)
                .listener("strict", listener("", true))
                .listener("optional", listener("allow_requests_without_proxy_protocol: true", true))
                .listener("only2", listener("disallowed_versions: [V1]", false))
                .listener("tls-behind", behindTlsInspector())
                .http(
                        "out",
                        "use_remote_address: true,",
                        "",
                        "{match: {prefix: /v1}, route: {cluster: v1}}, {match: {prefix: /v2}, route: {cluster: v2}}")
                .listener("tcp1", "filter_chains: [{filters: [" + Bootstrap.tcp("cluster: v1") + "]}]")
                .listener("tcp2", "filter_chains: [{filters: [" + Bootstrap.tcp("cluster: v2") + "]}]"));
    }

    private static String listener(String fields, boolean timeout) {
        return (timeout ? "listener_filters_timeout: 5s, " : "") + "listener_filters: [" + FILTER.formatted(fields)
                + "], " + chains("{}");
    }

    private static String behindTlsInspector() {
        return "listener_filters: [" + FILTER.formatted("")
                + ", {name: envoy.filters.listener.tls_inspector, typed_config: {\"@type\":"
                + " type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector}}], "
                + chains("{transport_protocol: raw_buffer}");
    }

    private static String chains(String match) {
        return "filter_chains: [{filter_chain_match: " + match + ", filters: ["
                + Bootstrap.manager(
                        "main",
                        "use_remote_address: true,",
                        "",
                        "{name: all, domains: [\"*\"], routes: [{match: {prefix: /}, route: {cluster: echo}}]}")
                + "]}]";
    }

    @AfterParameterizedClassInvocation
    static void stop() throws Exception {
        proxy.close();
        echo.close();
    }

    private static byte[] join(byte[] header, String request) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(header);
        all.writeBytes(request.getBytes(StandardCharsets.ISO_8859_1));
        return all.toByteArray();
    }

    /// Empty where the connection ended without an answer.
    private static String exchange(String listener, byte[] bytes) throws IOException {
        try (Socket socket = proxy.connect(listener)) {
            socket.getOutputStream().write(bytes);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (java.net.SocketException _) {
            return "";
        }
    }

    private static byte[] line(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"strict", "optional", "tls-behind"})
    void takesTheClientsAddressFromALine(String listener) throws Exception {
        assertThat(exchange(listener, join(line(LINE), GET.formatted("line"))))
                .contains("x-forwarded-for: 192.0.2.7\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"strict", "optional", "only2", "tls-behind"})
    void takesTheClientsAddressFromBytes(String listener) throws Exception {
        assertThat(exchange(listener, join(BINARY, GET.formatted("bytes")))).contains("x-forwarded-for: 192.0.2.7\r\n");
    }

    @Test
    void takesAHeaderInPieces() throws Exception {
        try (Socket socket = proxy.connect("strict")) {
            for (byte one : join(BINARY, GET.formatted("pieces"))) {
                socket.getOutputStream().write(one);
                socket.getOutputStream().flush();
            }
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                    .contains("x-forwarded-for: 192.0.2.7\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PROXY UNKNOWN\r\n", "PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n"})
    void keepsTheRealAddressOfTheProxysOwnConnections(String header) throws Exception {
        assertThat(exchange("strict", join(line(header), GET.formatted("own"))))
                .contains("x-envoy-external-address: 127.0.0.1\r\n");
    }

    @Test
    void refusesConnectionsWithoutAHeader() throws Exception {
        assertThat(exchange("strict", line(GET.formatted("bare")))).isEmpty();
        assertThat(exchange("only2", join(line(LINE), GET.formatted("wrong-version"))))
                .isEmpty();
        assertThat(echo.count("/bare") + echo.count("/wrong-version")).isZero();
    }

    @Test
    void servesConnectionsWithoutAHeaderWhereAllowed() throws Exception {
        assertThat(exchange("optional", line(GET.formatted("plain"))))
                .contains("x-envoy-external-address: 127.0.0.1\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PROXY TCP4 192.0.2.7 198.51.100.8 4321\r\n",
                "PROXY TCP4 192.0.2.700 198.51.100.8 4321 80\r\n",
                "PROXY TCP9 192.0.2.7 198.51.100.8 4321 80\r\n",
            })
    void refusesBrokenHeaders(String header) throws Exception {
        assertThat(exchange("strict", join(line(header), GET.formatted("broken"))))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v2"})
    void tellsUpstreamsWhoseRequestItIs(String version) throws Exception {
        try (Socket one = from("127.0.0.8", "out");
                Socket other = from("127.0.0.9", "out")) {
            for (Socket socket : new Socket[] {one, other, one}) {
                HttpClient.write(socket, "GET /" + version + " HTTP/1.1\r\nhost: a\r\n\r\n");
                String local = socket.getLocalAddress().getHostAddress();
                assertThat(Reply.read(socket.getInputStream(), "GET").body())
                        .as("as the listener behind saw it")
                        .contains("x-forwarded-for: " + local + "," + local + "\r\n");
            }
        }
    }

    private static Socket from(String address, String listener) throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), proxy.port(listener), InetAddress.getByName(address), 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp1", "tcp2"})
    void tellsUpstreamsWhoseConnectionItIs(String listener) throws Exception {
        try (Socket socket = from("127.0.0.9", listener)) {
            HttpClient.write(socket, GET.formatted("tcp"));
            assertThat(Reply.read(socket.getInputStream(), "GET").body()).contains("x-forwarded-for: 127.0.0.9\r\n");
        }
    }
}
