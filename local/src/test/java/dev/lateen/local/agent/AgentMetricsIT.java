package dev.lateen.local.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.lateen.net.EventLoops;
import dev.lateen.proxy.admin.AppProber;
import dev.lateen.proxy.bootstrap.AppMetrics;
import dev.lateen.proxy.telemetry.Stats;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The page of the agent beside Envoy: Envoy's numbers, those that the agent counts for it, and the application's.
final class AgentMetricsIT {
    private static final String OPEN = "application/openmetrics-text;version=1.0.0";

    private final Stats stats = new Stats();
    private final HttpClient client = HttpClient.newHttpClient();
    private final EventLoops loops = EventLoops.create("test", 1);
    private HttpServer envoy;
    private HttpServer application;
    private AgentServer server;

    @BeforeEach
    void start() throws IOException {
        envoy = page("/stats/prometheus", "text/plain", """
                # TYPE envoy_cluster_upstream_rq counter
                envoy_cluster_upstream_rq{envoy_response_code="200"} 5

                # TYPE envoy_server_live gauge
                envoy_server_live{} 1
                """);
        application = page("/metrics", OPEN, "# TYPE orders counter\norders_total 7\n# EOF\n");
        stats.counter("agent.test").add(2);
        EnvoyAdmin admin = new EnvoyAdmin(envoy.getAddress());
        URI metrics = URI.create("http://localhost:" + application.getAddress().getPort() + "/metrics");
        server = new AgentServer(
                new InetSocketAddress("127.0.0.1", 0),
                admin,
                () -> true,
                AgentServer.merged(Optional.of(new AppMetrics(metrics)), stats, admin),
                AppProber.of(Map.of(), loops),
                () -> {},
                () -> {});
    }

    @AfterEach
    void stop() {
        server.close();
        envoy.stop(0);
        application.stop(0);
        client.close();
        loops.close();
    }

    private static HttpServer page(String path, String type, String text) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext(path, exchange -> {
            try (exchange) {
                byte[] body = text.getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().set("content-type", type);
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
            }
        });
        server.start();
        return server;
    }

    private HttpResponse<String> scrape(String accept) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + "/stats/prometheus");
        return client.send(
                HttpRequest.newBuilder(uri).header("accept", accept).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void mergesAllThreeAsOpenMetrics() throws Exception {
        HttpResponse<String> page = scrape(OPEN);
        assertThat(page.headers().firstValue("content-type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("application/openmetrics-text"));
        assertThat(page.body())
                .contains(
                        "# TYPE envoy_cluster_upstream_rq unknown\n",
                        "envoy_cluster_upstream_rq{envoy_response_code=\"200\"} 5\n",
                        "envoy_agent_test 2\n")
                .endsWith("orders_total 7\n# EOF\n")
                .doesNotContain("\n\n");
    }

    @Test
    void keepsTheOthersWithoutEnvoy() throws Exception {
        envoy.stop(0);
        assertThat(scrape(OPEN).body()).contains("envoy_agent_test 2\n", "orders_total 7\n");
        assertThat(scrape(OPEN).body()).contains("istio_agent_scrape_failures_total{type=\"envoy\"} 1\n");
    }
}
