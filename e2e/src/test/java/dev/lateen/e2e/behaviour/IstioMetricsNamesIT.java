package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Socket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What Istio's metrics say of traffic that no service is known of, that reaches nobody, or that goes on. Envoy as its
/// own project releases it has no such filter.
class IstioMetricsNamesIT {
    private static final String STATS = """
            {name: istio.stats, typed_config: {"@type": type.googleapis.com/udpa.type.v1.TypedStruct,
              type_url: type.googleapis.com/stats.PluginConfig, value: {tcp_reporting_duration: 0.05s}}},""";
    /// Of gRPC, an empty one, as a chunk.
    private static final String MESSAGE = "5\r\n\0\0\0\0\0\r\n";

    private static RunningProxy proxy;
    private static Upstream echo;

    @BeforeAll
    static void start() throws Exception {
        echo = Upstream.echo();
        String calls = Bootstrap.manager(
                "calls",
                "",
                STATS,
                "{name: all, domains: [\"*\"], routes: [{match: {prefix: /}, route: {cluster: echo}}]}");
        proxy = DataPlane.LATEEN.start(new Bootstrap()
                .cluster("echo", echo.port())
                .cluster("BlackHoleCluster", "connect_timeout: 1s")
                .cluster("dead", Ports.free())
                .listener("blocked", chain(STATS + Bootstrap.tcp("cluster: BlackHoleCluster")))
                .listener("unreachable", chain(STATS + Bootstrap.tcp("cluster: dead")))
                .http("outside", "", STATS, """
                        {name: allow_any, match: {path: /any}, route: {cluster: echo}},
                        {name: block_all, match: {path: /none}, direct_response: {status: 502}}""")
                .listener("calls", "traffic_direction: INBOUND, " + chain(calls)));
    }

    private static String chain(String filters) {
        return "filter_chains: [{filters: [" + filters + "]}]";
    }

    @AfterAll
    static void stop() throws Exception {
        proxy.close();
        echo.close();
    }

    @ParameterizedTest
    @CsvSource({"blocked, BlackHoleCluster, UH", "unreachable, unknown, 'UF,URX'"})
    void countsConnectionsThatHaveNoUpstream(String listener, String service, String flags) throws Exception {
        try (Socket socket = proxy.connect(listener)) {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        String labels =
                "\\{[^}]*destination_service_name=\"" + service + "\"[^}]*response_flags=\"" + flags + "\"[^}]*} 1\n";
        proxy.awaitNumbers(page -> assertThat(page)
                .containsPattern("istio_tcp_connections_opened_total" + labels)
                .containsPattern("istio_tcp_connections_closed_total" + labels));
    }

    @ParameterizedTest
    @CsvSource({"/any, 200, PassthroughCluster", "/none, 502, BlackHoleCluster", "/elsewhere, 404, outside.test"})
    void namesWhatGoesToHostsThatNobodyDeclared(String path, int status, String service) throws Exception {
        assertThat(proxy.client("outside").get(path, "host: outside.test").status())
                .isEqualTo(status);
        proxy.awaitNumbers(page -> assertThat(page)
                .containsPattern("istio_requests_total\\{[^}]*destination_service=\"outside.test\"[^}]*"
                        + "destination_service_name=\"" + service + "\"[^}]*response_code=\"" + status + "\""));
    }

    @Test
    void countsMessagesOfCallsThatGoOn() throws Exception {
        String counted = "istio_request_messages_total\\{reporter=\"destination\"[^}]*} ";
        try (Socket socket = proxy.connect("calls")) {
            HttpClient.write(
                    socket,
                    "POST /calls HTTP/1.1\r\nhost: a.test\r\ncontent-type: application/grpc\r\n"
                            + "transfer-encoding: chunked\r\n\r\n" + MESSAGE);
            proxy.awaitNumbers(page -> assertThat(page)
                    .containsPattern(counted + "1\n")
                    .doesNotContainPattern("istio_requests_total\\{reporter=\"destination\""));
            HttpClient.write(socket, MESSAGE + "0\r\n\r\n");
            Reply.read(socket.getInputStream(), "POST");
        }
        proxy.awaitNumbers(page -> assertThat(page)
                .containsPattern(counted + "2\n")
                .containsPattern(
                        "istio_requests_total\\{reporter=\"destination\"[^}]*request_protocol=\"grpc\"[^}]*} 1\n"));
    }

    @Test
    void saysWhichIstioItIs() {
        proxy.awaitNumbers(page -> assertThat(page).contains("istio_build{component=\"proxy\",tag=\"unknown\"} 1\n"));
    }
}
