package dev.lateen.e2e.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import dev.lateen.control.ControlPlane;
import dev.lateen.control.ControlPlaneSettings;
import dev.lateen.control.ControlPlaneSettings.Ports;
import dev.lateen.control.dashboard.DashboardSettings;
import dev.lateen.e2e.mesh.Zipkin;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Traces of a real Zipkin in the browser: who loses them, and one of them as a whole.
final class TracePagesIT {
    @TempDir
    Path directory = Path.of("");

    @Test
    void showsWhoLosesTracesAndHowOneWent() throws Exception {
        Path jar = Zipkin.assumedJar();
        Path config = Files.createDirectories(directory.resolve("config"));
        try (Chromium browser = Chromium.start();
                Zipkin zipkin =
                        Zipkin.start(jar, dev.lateen.e2e.behaviour.Ports.free(), directory.resolve("zipkin.log"))) {
            String address = "http://127.0.0.1:" + zipkin.port();
            tell(address);
            ControlPlaneSettings settings = ControlPlaneSettings.of(List.of(config), directory.resolve("state"))
                    .withDashboard(new DashboardSettings(
                            false, Optional.of(URI.create(address)), Optional.empty(), Optional.empty(), Duration.ZERO))
                    .withPorts(Ports.FREE);
            try (ControlPlane control = ControlPlane.start(settings)) {
                Page page = browser.page(ColorScheme.DARK);
                String traces = "http://127.0.0.1:" + control.debugPort() + "/dashboard/#/traces";
                await().pollInSameThread().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                    page.navigate("about:blank");
                    page.navigate(traces);
                    page.locator("main h1").waitFor();
                    assertThat(page.locator("tr", new Page.LocatorOptions().setHasText("users.shop"))
                                    .textContent())
                            .contains("broken", "1 of its 1 calls began a new trace");
                });
                assertThat(page.locator("main").textContent()).contains("whole", "traceparent");
                assertThat(Chromium.accessibilityFaults(page)).as("traces").isEmpty();
                Chromium.picture(page, "traces");
                page.getByText("orders.shop").click();
                page.getByText("orders.shop:80/*").first().click();
                page.locator("svg.span").first().waitFor();
                assertThat(page.locator("svg.span").count()).isEqualTo(5);
                assertThat(page.locator("svg.span.bad").count()).isEqualTo(1);
                page.locator(".waterfall button").last().click();
                assertThat(page.locator("main").textContent()).contains("http.status_code", "503");
                assertThat(Chromium.accessibilityFaults(page)).as("trace").isEmpty();
                Chromium.picture(page, "trace");
            }
            browser.assertQuiet();
        }
    }

    private static void tell(String address) throws IOException, InterruptedException {
        long now = System.currentTimeMillis() * 1_000;
        String spans = "["
                + String.join(
                        ",",
                        span("a", "a1", "", "gateway.istio-system", "SERVER", now, 90_000, "200"),
                        span("a", "a2", "a1", "gateway.istio-system", "CLIENT", now + 2_000, 86_000, "200"),
                        span("a", "a3", "a2", "orders.shop", "SERVER", now + 4_000, 82_000, "200"),
                        span("a", "a4", "a3", "orders.shop", "CLIENT", now + 20_000, 40_000, "200"),
                        span("a", "a5", "a4", "users.shop", "SERVER", now + 23_000, 35_000, "503"),
                        span("b", "b1", "", "users.shop", "CLIENT", now + 30_000, 9_000, "200"),
                        span("b", "b2", "b1", "store.shop", "SERVER", now + 32_000, 5_000, "200"))
                + "]";
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(address + "/api/v2/spans"))
                    .header("content-type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(spans))
                    .build();
            assertThat(client.send(request, HttpResponse.BodyHandlers.discarding())
                            .statusCode())
                    .isEqualTo(202);
        }
    }

    private static String span(
            String trace, String id, String parent, String service, String kind, long at, long took, String status) {
        String above = parent.isEmpty() ? "" : "\"parentId\":\"" + parent.repeat(8) + "\",";
        return "{\"traceId\":\"%s\",\"id\":\"%s\",%s\"kind\":\"%s\",\"name\":\"orders.shop:80/*\",\"timestamp\":%d,\"duration\":%d,"
                        .formatted(trace.repeat(32), id.repeat(8), above, kind, at, took)
                + "\"localEndpoint\":{\"serviceName\":\"%s\"},\"tags\":{\"http.status_code\":\"%s\"}}"
                        .formatted(service, status);
    }
}
