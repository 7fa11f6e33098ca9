package dev.lateen.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.lateen.net.EventLoops;
import dev.lateen.proxy.bootstrap.AppMetrics;
import dev.lateen.proxy.decision.Decisions;
import dev.lateen.proxy.telemetry.PrometheusText;
import dev.lateen.proxy.telemetry.Stats;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The status port's page over real connections, with an application that answers well, wrongly, slowly or not at all.
final class MergedPageIT {
    private static final String OPEN = "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.3";
    private static final String TEXT_TYPE = "text/plain; version=0.0.4; charset=utf-8";
    private static final String OPEN_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private final EventLoops chores = EventLoops.create("chores", 1);
    private final Stats stats = new Stats();
    private final HttpClient client = HttpClient.newHttpClient();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<String> accepted = new CopyOnWriteArrayList<>();
    private HttpServer application;
    private AdminServer server;

    private interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    @BeforeEach
    void start() throws IOException {
        stats.counter("server.test").add(3);
        application = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        application.setExecutor(threads);
        application.start();
        AgentApi api = new AgentApi(
                new SilentBackend(List.of(), Runnable::run, () -> {}),
                stats,
                new Decisions(List.of(), "proxy", 0),
                AppProber.of(Map.of(), chores),
                Optional.of(new AppMetrics(URI.create(
                        "http://localhost:" + application.getAddress().getPort() + "/metrics"))));
        server = AdminServer.start(chores, new InetSocketAddress("127.0.0.1", 0), api, Optional.empty());
    }

    @AfterEach
    void stop() {
        server.close();
        chores.close();
        application.stop(0);
        threads.shutdownNow();
        client.close();
    }

    private void answer(String path, Answer answer) {
        application.createContext(path, exchange -> {
            accepted.add(String.join(",", exchange.getRequestHeaders().getOrDefault("accept", List.of())));
            try (exchange) {
                answer.to(exchange);
            }
        });
    }

    private static Answer page(int status, String type, String body) {
        return exchange -> {
            if (!type.isEmpty()) {
                exchange.getResponseHeaders().set("content-type", type);
            }
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        };
    }

    private HttpResponse<String> scrape(String... headers) throws IOException, InterruptedException {
        int port = ((InetSocketAddress) server.address()).getPort();
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/stats/prometheus"));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void addsTheApplicationsNumbers() throws Exception {
        answer("/metrics", page(200, TEXT_TYPE, "shop_orders_total 7"));
        HttpResponse<String> page = scrape();
        assertThat(page.headers().firstValue("content-type")).hasValue(TEXT_TYPE);
        assertThat(page.body())
                .contains("envoy_server_test{} 3\n", "istio_agent_scrapes_total{} 1\n")
                .endsWith("shop_orders_total 7\n");
        assertThat(accepted).singleElement().asString().doesNotContain("openmetrics");
    }

    @Test
    void writesOpenMetricsWithOneEndWhereBothSidesSpeakIt() throws Exception {
        answer("/metrics", page(200, OPEN_TYPE, "# TYPE shop_orders counter\nshop_orders_total 7\n# EOF\n"));
        HttpResponse<String> page = scrape("accept", OPEN);
        assertThat(page.headers().firstValue("content-type")).hasValue(OPEN_TYPE);
        assertThat(page.body())
                .contains("# TYPE envoy_server_test unknown\nenvoy_server_test 3\n")
                .endsWith("\nshop_orders_total 7\n# EOF\n")
                .containsOnlyOnce("# EOF");
    }

    @Test
    void writesTextWhereTheApplicationKnowsNothingElse() throws Exception {
        answer("/metrics", page(200, "", "shop_orders_total 7\n"));
        HttpResponse<String> page = scrape("accept", OPEN);
        assertThat(page.headers().firstValue("content-type")).hasValue(TEXT_TYPE);
        assertThat(page.body()).endsWith("shop_orders_total 7\n").doesNotContain("# EOF");
        assertThat(accepted).singleElement().asString().contains("openmetrics");
    }

    @ParameterizedTest
    @ValueSource(strings = {"<html>\n", "{\"orders\": 7}", "shop_orders_total seven\n"})
    void leavesOutWhatIsNoMetrics(String body) throws Exception {
        answer("/metrics", page(200, TEXT_TYPE, body));
        assertFailed(scrape(), body);
    }

    @Test
    void leavesOutPagesOfAnotherKindAndErrors() throws Exception {
        answer("/metrics", page(200, "application/json", "up 1\n"));
        assertFailed(scrape(), "up 1");
        application.removeContext("/metrics");
        answer("/metrics", page(500, TEXT_TYPE, "up 1\n"));
        assertThat(scrape().body()).contains("istio_agent_scrape_failures_total{type=\"application\"} 2\n");
    }

    @Test
    void leavesOutWhatIsTooLarge() throws Exception {
        answer("/metrics", page(200, TEXT_TYPE, "up 1\n".repeat(AppScrape.MAX_BYTES / 5 + 1)));
        assertFailed(scrape(), "up 1");
    }

    @Test
    void answersInTimeWhileTheApplicationDrips() throws Exception {
        answer("/metrics", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            for (int sent = 0; sent < 1_000; sent++) {
                exchange.getResponseBody().write("up 1\n".getBytes(StandardCharsets.US_ASCII));
                exchange.getResponseBody().flush();
                try {
                    Thread.sleep(50); // The application's slowness, not a wait of the test's.
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
        });
        long start = System.nanoTime();
        assertFailed(scrape("x-prometheus-scrape-timeout-seconds", "1"), "up 1");
        assertThat(System.nanoTime() - start).isLessThan(10_000_000_000L);
    }

    @Test
    void showsItsOwnNumbersWithoutTheApplication() throws Exception {
        application.stop(0);
        assertFailed(scrape("accept", OPEN), "up 1");
    }

    @Test
    void followsTheApplicationToAnotherPathOfItsOwnOnly() throws Exception {
        answer("/metrics/", page(200, TEXT_TYPE, "up 1\n"));
        answer("/metrics", exchange -> {
            exchange.getResponseHeaders().set("location", "/metrics/all");
            exchange.sendResponseHeaders(302, -1);
        });
        assertThat(scrape().body()).endsWith("up 1\n");
        application.removeContext("/metrics");
        answer("/metrics", exchange -> {
            exchange.getResponseHeaders().set("location", "http://127.0.0.1:1/metrics");
            exchange.sendResponseHeaders(302, -1);
        });
        assertThat(scrape().body()).contains("istio_agent_scrape_failures_total{type=\"application\"} 1\n");
    }

    @Test
    void sendsPagesLargerThanWhatItHolds() throws Exception {
        for (int index = 0; index < 20_000; index++) {
            stats.counter("server.number_" + index).add(index);
        }
        answer("/metrics", page(200, TEXT_TYPE, "up 1\n"));
        String page = scrape().body();
        assertThat(page.lines().filter(line -> line.startsWith("envoy_server_number_")))
                .hasSize(20_000);
        assertThat(page).contains(PrometheusText.of(stats, false)).endsWith("up 1\n");
    }

    private static void assertFailed(HttpResponse<String> page, String absent) {
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body())
                .contains("envoy_server_test", "istio_agent_scrape_failures_total{type=\"application\"} 1\n")
                .doesNotContain(absent);
    }
}
