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

/// How many connections there may be, how long they last, how many requests they bring, and what names their fields
/// have.
@ParameterizedClass
@EnumSource(DataPlane.class)
class ConnectionLimitsIT {
    private static final String DIRECT =
            "{match: {prefix: /}, direct_response: {status: 200, body: {inline_string: ok}}}";
    private static RunningProxy proxy;
    private static Upstream echo;

    @Parameter
    DataPlane plane;

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        echo = Upstream.echo();
        String limit = """
            {name: envoy.filters.network.connection_limit, typed_config: {
              "@type": type.googleapis.com/envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit,
              stat_prefix: few, max_connections: 1}},\
            """;
        String hosts = "{name: all, domains: [\"*\"], routes: [" + DIRECT + "]}";
        String route = "{match: {prefix: /}, route: {cluster: echo}}";
        proxy = plane.start(new Bootstrap()
                .with("layered_runtime: {layers: [{name: static, static_layer: {"
                        + "envoy.resource_limits.listener.listener.connection_limit: 1}}]}")
                .cluster("echo", echo.port())
                .listener(
                        "filter",
                        "filter_chains: [{filters: [" + limit + Bootstrap.manager("filter", "", "", hosts) + "]}]")
                .http("listener", DIRECT)
                .http("requests", "common_http_protocol_options: {max_requests_per_connection: 2},", "", DIRECT)
                .http("duration", "common_http_protocol_options: {max_connection_duration: 0.2s},", "", DIRECT)
                .http(
                        "reject",
                        "common_http_protocol_options: {headers_with_underscores_action: REJECT_REQUEST},",
                        "",
                        route)
                .http(
                        "drop",
                        "common_http_protocol_options: {headers_with_underscores_action: DROP_HEADER},",
                        "",
                        route)
                .http("allow", route));
    }

    @AfterParameterizedClassInvocation
    static void stop() throws Exception {
        proxy.close();
        echo.close();
    }

    private static Reply ask(Socket socket) throws IOException {
        HttpClient.write(socket, "GET / HTTP/1.1\r\nhost: a\r\n\r\n");
        return Reply.read(socket.getInputStream(), "GET");
    }

    private static boolean isEnded(Socket socket) throws IOException {
        socket.setSoTimeout((int) Duration.ofSeconds(10).toMillis());
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketException _) {
            return true;
        }
    }

    @ParameterizedTest
    @CsvSource({"filter", "listener"})
    void closesConnectionsAboveTheLimit(String listener) throws Exception {
        try (Socket first = proxy.connect(listener)) {
            assertThat(ask(first).status()).isEqualTo(200);
            try (Socket second = proxy.connect(listener)) {
                assertThat(isEnded(second)).isTrue();
            }
            assertThat(ask(first).status()).isEqualTo(200);
        }
    }

    @Test
    void endsConnectionsWithTheLastRequestTheyMayBring() throws Exception {
        try (Socket socket = proxy.connect("requests")) {
            assertThat(ask(socket).field("connection")).isEqualTo("-");
            assertThat(ask(socket).field("connection")).isEqualTo("close");
            assertThat(isEnded(socket)).isTrue();
        }
    }

    @Test
    void endsConnectionsAfterTheirTime() throws Exception {
        try (Socket socket = proxy.connect("duration")) {
            assertThat(ask(socket).status()).isEqualTo(200);
            assertThat(isEnded(socket)).isTrue();
        }
    }

    @Test
    void refusesUnderscoresWhereTold() throws Exception {
        assertThat(proxy.client("reject").get("/?reject", "x_a: b").status()).isEqualTo(400);
        assertThat(proxy.client("reject").get("/?fine", "x-a: b").status()).isEqualTo(200);
    }

    @Test
    void takesFieldsWithUnderscoresAwayWhereTold() throws Exception {
        assertThat(proxy.client("drop").get("/", "x_a: b", "x-c: d").body())
                .contains("x-c: d")
                .doesNotContain("x_a");
    }

    @Test
    void passesUnderscoresOnOtherwise() throws Exception {
        assertThat(proxy.client("allow").get("/", "x_a: b").body()).contains("x_a: b");
    }
}
