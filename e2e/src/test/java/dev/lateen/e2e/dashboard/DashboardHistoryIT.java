package dev.lateen.e2e.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import dev.lateen.e2e.behaviour.Ports;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What was before anybody looked: lines over hours and the graph of an earlier time, from a real Prometheus that
/// scrapes the proxies of the shop.
final class DashboardHistoryIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int REQUESTS = 200;
    private static final Pattern ADDRESS = Pattern.compile("\"(127\\.[0-9.]+)\"");

    @TempDir
    Path directory = Path.of("");

    @Test
    void remembersLongerThanTheControlPlane() throws Exception {
        boolean there = Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(one -> Files.isExecutable(Path.of(one, "prometheus")));
        assumeTrue(there, "SKIPPED: no prometheus on PATH (`./dev it` installs it)");
        int port = Ports.free();
        Path targets = Files.writeString(directory.resolve("targets.json"), "[]");
        Process prometheus = prometheus(port, targets);
        try (Chromium browser = Chromium.start();
                RunningDemo demo = RunningDemo.start(
                        directory.resolve("demo.log"), Map.of("LATEEN_PROMETHEUS", "http://127.0.0.1:" + port))) {
            Files.writeString(targets, "[{\"targets\": [\"" + String.join("\", \"", proxies(demo)) + "\"]}]");
            await().atMost(SOON)
                    .until(() -> ask("http://127.0.0.1:" + port + "/api/v1/query?query=istio_requests_total")
                            .contains("order-service"));
            for (int i = 0; i < 10; i++) {
                DashboardShopIT.send(demo, "/api/orders", REQUESTS / 10);
                await().pollDelay(Duration.ofSeconds(1)).until(() -> true); // scrapes come in between
            }
            Page page = browser.page(ColorScheme.LIGHT);
            showsTheGraphOfThen(page, demo);
            showsLines(page, demo);
            prometheus.destroy();
            assertThat(prometheus.waitFor(30, TimeUnit.SECONDS)).isTrue();
            page.reload();
            page.getByText("http://127.0.0.1:" + port + ": ").first().waitFor();
            browser.assertQuiet();
        } finally {
            prometheus.destroyForcibly();
        }
    }

    private static void showsTheGraphOfThen(Page page, RunningDemo demo) throws IOException {
        // Nobody but the test goes through the gateway.
        String edge = "workload/istio-system/istio-ingressgateway→app/default/order-service/v1→http";
        page.navigate(demo.dashboard() + "#/graph?window=60&at=" + System.currentTimeMillis() + "&select="
                + java.net.URLEncoder.encode(edge, java.nio.charset.StandardCharsets.UTF_8));
        Locator count = page.locator(".side .figures div", new Page.LocatorOptions().setHasText("in this span"))
                .locator("b")
                .first();
        count.waitFor();
        // Prometheus does not see what a counter begins with, and extrapolates to the ends of the span.
        assertThat(Integer.parseInt(count.textContent())).isBetween(REQUESTS / 2, REQUESTS * 3 / 2);
        assertThat(page.getByLabel("Back", new Page.GetByLabelOptions().setExact(true))
                        .count())
                .isEqualTo(1);
        assertThat(Chromium.accessibilityFaults(page)).as("graph").isEmpty();
        Chromium.picture(page, "graph-then");
    }

    private static void showsLines(Page page, RunningDemo demo) throws IOException {
        page.navigate(demo.dashboard() + "#/workloads/default/order-service?range=1");
        await().pollInSameThread().atMost(SOON).untilAsserted(() -> {
            page.reload();
            page.locator(".chart-grid figure").first().waitFor(new Locator.WaitForOptions().setTimeout(5_000));
            assertThat(page.locator(".chart-grid figcaption").first().textContent())
                    .contains("Requests", "/s")
                    .doesNotContain("highest 0/s");
        });
        assertThat(page.locator(".chart-grid figcaption").allTextContents()).hasSize(5);
        page.getByLabel("Over").selectOption("24");
        assertThat(page.url()).contains("range=24");
        assertThat(Chromium.accessibilityFaults(page)).as("workload").isEmpty();
        Chromium.picture(page, "workload");
    }

    private Process prometheus(int port, Path targets) throws IOException {
        Path config = Files.writeString(directory.resolve("prometheus.yml"), """
                global: {scrape_interval: 1s}
                scrape_configs:
                - job_name: mesh
                  metrics_path: /stats/prometheus
                  file_sd_configs:
                  - {files: ["%s"], refresh_interval: 1s}
                """.formatted(targets));
        return new ProcessBuilder(
                        "prometheus",
                        "--config.file=" + config,
                        "--storage.tsdb.path=" + directory.resolve("tsdb"),
                        "--web.listen-address=127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("prometheus.log").toFile())
                .start();
    }

    private static Set<String> proxies(RunningDemo demo) throws Exception {
        Matcher found = ADDRESS.matcher(ask(demo.dashboard() + "api/debug/endpointz"));
        Set<String> proxies = new TreeSet<>();
        while (found.find()) {
            proxies.add(found.group(1) + ":15090");
        }
        assertThat(proxies).isNotEmpty();
        return proxies;
    }

    private static String ask(String address) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(URI.create(address)).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }
}
