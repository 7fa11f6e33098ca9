package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.Socket;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Istio's metrics as a configuration changes them. Envoy as its own project releases it has no such filter.
class IstioMetricsIT {
    private static final String STATS = """
            {name: istio.stats, typed_config: {"@type": type.googleapis.com/udpa.type.v1.TypedStruct,
              type_url: type.googleapis.com/stats.PluginConfig, value: {metrics: [%s]}}},""";

    private static RunningProxy proxy;
    private static Upstream echo;

    @BeforeAll
    static void start() throws Exception {
        echo = Upstream.echo();
        proxy = DataPlane.LATEEN.start(new Bootstrap()
                .cluster("echo", echo.port())
                .http("http", "", STATS.formatted("""
                        {name: requests_total, dimensions: {tenant: "request.headers['x-tenant']",
                          request_protocol: request.protocol, response_code: response.code,
                          outcome: "response.code < 400 ? 'good' : 'bad'",
                          node: "node.id", path: "request.url_path.startsWith('/a') ? 'a' : 'other'"},
                          tags_to_remove: [response_flags]},
                        {name: request_bytes, drop: true}"""), "{match: {prefix: /}, route: {cluster: echo}}")
                .listener(
                        "tcp",
                        "filter_chains: [{filters: [" + STATS.formatted("""
                        {dimensions: {to: upstream.address, by: "string(destination.port)"}}""") + Bootstrap.tcp("cluster: echo") + "]}]")
                .listener(
                        "lasting",
                        "filter_chains: [{filters: ["
                                + STATS.replace("metrics: [%s]", "tcp_reporting_duration: 0.05s, metrics: [%s]")
                                        .formatted("{dimensions: {by: \"'lasting'\"}}")
                                + Bootstrap.tcp("cluster: echo") + "]}]"));
    }

    @AfterAll
    static void stop() throws Exception {
        proxy.close();
        echo.close();
    }

    @Test
    void tagsRequestsAsConfigured() throws Exception {
        assertThat(proxy.client("http").get("/a/1", "x-tenant: blue").status()).isEqualTo(200);
        assertThat(proxy.client("http").get("/b").status()).isEqualTo(200);
        proxy.awaitNumbers(page -> assertThat(page)
                .containsPattern(
                        "istio_requests_total\\{[^}]*request_protocol=\"HTTP/1.1\",response_code=\"200\"[^}]*node=\"behaviour\","
                                + "outcome=\"good\",path=\"a\",tenant=\"blue\"} 1")
                .containsPattern("istio_requests_total\\{[^}]*path=\"other\",tenant=\"unknown\"} 1")
                .containsPattern("istio_response_bytes_count\\{[^}]*response_flags=\"-\"[^}]*} 2")
                .doesNotContain("istio_request_bytes")
                .doesNotContainPattern("istio_requests_total\\{[^}]*response_flags"));
    }

    @Test
    void tagsConnectionsAsConfigured() throws Exception {
        try (Socket socket = proxy.connect("tcp")) {
            HttpClient.write(socket, HttpClient.head("GET", "/tcp"));
            Reply.read(socket.getInputStream(), "GET");
        }
        proxy.awaitNumbers(page -> assertThat(page)
                .containsPattern("istio_tcp_connections_closed_total\\{[^}]*by=\"" + proxy.port("tcp")
                        + "\",to=\"127.0.0.1:" + echo.port() + "\"} 1"));
    }

    /// What goes on for hours has to be seen meanwhile.
    @Test
    void countsBytesOfConnectionsThatAreOpen() throws Exception {
        String request = "GET /lasting HTTP/1.1\r\nhost: a.test\r\n\r\n";
        String received = "istio_tcp_received_bytes_total\\{[^}]*by=\"lasting\"} " + request.length() + "\n";
        try (Socket socket = proxy.connect("lasting")) {
            HttpClient.write(socket, request);
            Reply.read(socket.getInputStream(), "GET");
            proxy.awaitNumbers(page -> assertThat(page)
                    .containsPattern(received)
                    .containsPattern("istio_tcp_connections_opened_total\\{[^}]*by=\"lasting\"} 1\n")
                    .containsPattern("istio_tcp_connections_closed_total\\{[^}]*by=\"lasting\"} 0\n"));
        }
        await().atMost(Duration.ofSeconds(10))
                .until(
                        () -> proxy.client("admin").get("/stats/prometheus").body(),
                        text -> Pattern.compile("istio_tcp_connections_closed_total\\{[^}]*by=\"lasting\"} 1\n")
                                .matcher(text)
                                .find());
        assertThat(proxy.client("admin").get("/stats/prometheus").body()).containsPattern(received);
    }

    @Test
    void namesWhatItDoesNotKnow() throws Exception {
        Bootstrap bootstrap = new Bootstrap()
                .cluster("echo", echo.port())
                .http(
                        "http",
                        "",
                        STATS.formatted("{dimensions: {a: request.hots}}"),
                        "{match: {prefix: /}, route: {cluster: echo}}");
        try (RunningProxy refused = DataPlane.LATEEN.launch(bootstrap)) {
            assertThat(refused.awaitExit()).isEqualTo(1);
            assertThat(refused.output()).contains("metrics[0].dimensions['a']", "request.hots");
        }
    }
}
