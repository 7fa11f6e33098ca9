package dev.lateen.e2e.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.ColorScheme;
import dev.lateen.control.ControlPlane;
import dev.lateen.control.ControlPlaneSettings;
import dev.lateen.control.ControlPlaneSettings.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A mesh of 500 services in the browser.
final class LargeMeshIT {
    private static final int SERVICES = 500;
    private static final int NAMESPACES = 20;
    private static final double MOST_MILLIS = 2_000;
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    Path directory = Path.of("");

    @Test
    void drawsFiveHundredServicesWithinTwoSeconds() throws IOException {
        Path config = Files.createDirectories(directory.resolve("config"));
        ControlPlaneSettings settings = ControlPlaneSettings.of(List.of(config), directory.resolve("state"))
                .withPorts(Ports.FREE);
        try (Chromium browser = Chromium.start();
                ControlPlane control = ControlPlane.start(settings)) {
            Page page = browser.page(ColorScheme.LIGHT);
            String event = "retry: 100000\n\ndata: " + graph() + "\n\n";
            page.route(
                    "**/api/live*",
                    route -> route.fulfill(new Route.FulfillOptions()
                            .setContentType("text/event-stream")
                            .setBody(event)));
            // From the address being typed to all being on the screen, as the browser's own clock has it.
            page.addInitScript(
                    "new MutationObserver((_, observer) => {"
                            + "if (document.querySelectorAll('g[data-node]').length >= " + SERVICES + ") {"
                            + "observer.disconnect(); requestAnimationFrame(() => setTimeout(() => {"
                            + "window.drawnAt = performance.now(); })); } }).observe(document, {subtree: true, childList: true})");
            page.navigate("http://127.0.0.1:" + control.debugPort() + "/dashboard/#/graph?type=service");
            // What waits within the page would have to evaluate text, which the page forbids.
            await().pollInSameThread().until(() -> page.evaluate("window.drawnAt") instanceof Number);
            double millis = ((Number) page.evaluate("window.drawnAt")).doubleValue();
            Chromium.picture(page, "large");
            double frames = ((Number) page.evaluate(SMOOTHNESS)).doubleValue();
            System.out.printf("500 services drawn after %.0f ms, %.0f ms a frame while zooming%n", millis, frames);
            assertThat(page.locator("g[data-node]").count()).isEqualTo(SERVICES);
            assertThat(millis).isLessThan(MOST_MILLIS);
            browser.assertQuiet();
        }
    }

    /// Milliseconds of a frame, in the middle of thirty that each zoom a little.
    private static final String SMOOTHNESS = "async () => { const svg = document.querySelector('svg.graph');"
            + " const times = []; let last = performance.now();"
            + " for (let i = 0; i < 30; i++) { svg.dispatchEvent(new WheelEvent('wheel', {deltaY: -40, clientX: 500,"
            + " clientY: 400, bubbles: true, cancelable: true})); await new Promise(requestAnimationFrame);"
            + " const now = performance.now(); times.push(now - last); last = now; }"
            + " return times.sort((a, b) => a - b)[15]; }";

    private static String graph() {
        Random random = new Random(1);
        ObjectNode graph = JSON.createObjectNode()
                .put("at", 1_000_000)
                .put("seconds", 10)
                .put("oldest", 0)
                .put("proxies", 1_000)
                .put("silent", 0);
        ArrayNode nodes = graph.putArray("nodes");
        ArrayNode edges = graph.putArray("edges");
        for (int i = 0; i < SERVICES; i++) {
            nodes.addObject()
                    .put("id", id(i))
                    .put("kind", "service")
                    .put("namespace", "team-" + i % NAMESPACES)
                    .put("name", "service-" + i)
                    .put("health", i % 50 == 7 ? "failing" : "healthy");
            for (int calls = 0; i > 0 && calls < 1 + random.nextInt(3); calls++) {
                // Mostly within the own team, and never in a circle.
                int to = random.nextInt(4) > 0 ? i - NAMESPACES * (1 + random.nextInt(3)) : random.nextInt(i);
                if (to >= 0) {
                    edge(edges, to, i, random);
                }
            }
        }
        return JSON.writeValueAsString(graph);
    }

    private static void edge(ArrayNode edges, int from, int to, Random random) {
        for (var known : edges) {
            if (known.path("from").asString("").equals(id(from))
                    && known.path("to").asString("").equals(id(to))) {
                return;
            }
        }
        ObjectNode edge = edges.addObject()
                .put("from", id(from))
                .put("to", id(to))
                .put("protocol", "http")
                .put("health", to % 50 == 7 ? "failing" : "healthy")
                .put("share", 0.5);
        edge.putObject("traffic")
                .put("count", 100)
                .put("rate", random.nextInt(10_000) / 100.0)
                .put("failed", to % 50 == 7 ? 20 : 0)
                .put("refused", 0)
                .put("sent", 1_000)
                .put("received", 2_000)
                .put("mtls", 1)
                .put("p50", 2)
                .put("p95", 12)
                .put("p99", 40);
    }

    private static String id(int service) {
        return "service/team-" + service % NAMESPACES + "/service-" + service;
    }
}
