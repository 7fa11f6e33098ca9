package dev.lateen.e2e.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.PlaywrightException;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The dashboard of the shop that `lateen demo` runs, as somebody sees it: the numbers of the graph are those of the
/// requests that the test itself sends, and every page shows what it is for.
final class DashboardShopIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int REQUESTS = 120;
    private static final String GATEWAY = "workload/istio-system/istio-ingressgateway";
    private static final String ORDERS = "app/default/order-service/v1";
    /// Page, its title, and what its table must hold.
    private static final Map<String, List<String>> PAGES = Map.of(
            "Applications", List.of("user-service", "v1, v2"),
            "Workloads", List.of("user-service-v2", "1 of 1"),
            "Services", List.of("order-service", "80 http (HTTP)"),
            "Istio config", List.of("VirtualService", "in order", "5 of 5"),
            "Proxies", List.of("order-service", "in sync"),
            "Security", List.of("STRICT", "cluster.local", "ns/default/sa/order-service"));

    @TempDir
    java.nio.file.Path directory = java.nio.file.Path.of("");

    @Test
    void showsWhatTheShopDoes() throws IOException {
        try (Chromium browser = Chromium.start();
                RunningDemo demo = RunningDemo.start(directory.resolve("demo.log"))) {
            Page page = browser.page(ColorScheme.LIGHT);
            countsWhatIsSent(page, demo);
            tellsVersionsApart(page);
            Chromium.picture(page, "graph");
            showsEveryPage(page);
            explainsAFailure(page, demo);
            showsAResourceWithItsFault(page, demo);
            Page dark = browser.page(ColorScheme.DARK);
            isUsableByAll(dark, demo);
            browser.assertQuiet();
        }
    }

    private static void countsWhatIsSent(Page page, RunningDemo demo) throws IOException {
        String edge = GATEWAY + "→" + ORDERS + "→http";
        page.navigate(demo.dashboard() + "#/graph?window=300&select="
                + java.net.URLEncoder.encode(edge, java.nio.charset.StandardCharsets.UTF_8));
        // The counters of all proxies have been read once: what comes now is seen.
        page.locator("g[data-node='" + ORDERS + "'][data-health='healthy']").waitFor();
        send(demo, "/api/orders", REQUESTS);
        Locator count = page.locator(".side .figures div", new Page.LocatorOptions().setHasText("in this span"))
                .locator("b");
        await().pollInSameThread()
                .atMost(SOON)
                .untilAsserted(() -> assertThat(count.first().textContent()).isEqualTo(Integer.toString(REQUESTS)));
        assertThat(page.locator(".side").textContent()).contains("100%success", "mutual TLS");
        send(demo, "/nothing-there", 30);
        await().pollInSameThread()
                .atMost(SOON)
                .untilAsserted(() -> assertThat(
                                page.locator("g[data-node='" + GATEWAY + "']").getAttribute("data-health"))
                        .isEqualTo("failing"));
        // As Kiali has it: what callers do wrong is no success either.
        page.locator("g[data-node='" + GATEWAY + "']").click();
        await().pollInSameThread()
                .atMost(SOON)
                .untilAsserted(() ->
                        assertThat(page.locator(".side").textContent()).contains("80%success", "20%refused (4xx)"));
        page.getByLabel("Close the details").click();
    }

    /// The shop sends nine of ten to v1.
    private static void tellsVersionsApart(Page page) {
        edges(page).selectOption("share");
        await().pollInSameThread().atMost(SOON).untilAsserted(() -> {
            assertThat(share(page, "v1")).isBetween(75.0, 100.0);
            assertThat(share(page, "v2")).isBetween(0.0, 25.0);
        });
        edges(page).selectOption("rate");
        assertThat(page.locator(".label .icon-lock").count()).isGreaterThanOrEqualTo(3);
        assertThat(page.locator(".boxes text").allTextContents()).contains("default", "istio-system");
    }

    private static Locator edges(Page page) {
        return page.getByLabel("Edges", new Page.GetByLabelOptions().setExact(true));
    }

    private static double share(Page page, String version) {
        String text = page.locator("g.label[data-edge='" + ORDERS + "→app/default/user-service/" + version + "→http']")
                .textContent();
        assertThat(text).contains("%");
        return Double.parseDouble(text.substring(0, text.indexOf('%')));
    }

    private static void showsEveryPage(Page page) throws IOException {
        for (Map.Entry<String, List<String>> expected : PAGES.entrySet()) {
            page.getByRole(
                            AriaRole.LINK,
                            new Page.GetByRoleOptions()
                                    .setName(expected.getKey())
                                    .setExact(true))
                    .click();
            page.locator("nav a[aria-current='page']", new Page.LocatorOptions().setHasText(expected.getKey()))
                    .waitFor();
            page.locator("main table").first().waitFor();
            String name = expected.getKey().toLowerCase(java.util.Locale.ROOT).replace(' ', '-');
            assertThat(page.locator("main").textContent()).as(name).contains(expected.getValue());
            assertThat(Chromium.accessibilityFaults(page)).as(name).isEmpty();
            Chromium.picture(page, name);
        }
        page.navigate(page.url().replaceAll("#.*", "#/proxies"));
        page.locator("main table").first().waitFor();
        // All are, since there is one control plane.
        assertThat(page.locator("main").textContent()).doesNotContain("are connected here");
        page.getByRole(
                        AriaRole.LINK,
                        new Page.GetByRoleOptions().setName(java.util.regex.Pattern.compile("^order-service-.*")))
                .click();
        page.locator("summary", new Page.LocatorOptions().setHasText("Clusters"))
                .click();
        assertThat(page.locator("main").textContent())
                .contains("outbound|80|v1|user-service.default.svc.cluster.local");
        showsAProxysCertificatesAndLog(page);
        showsAnApplication(page);
        showsTheLastHourOfAService(page);
    }

    /// Nobody has told the control plane of a Prometheus: it remembers by itself.
    private static void showsTheLastHourOfAService(Page page) throws IOException {
        page.navigate(page.url().replaceAll("#.*", "#/services/default/user-service"));
        await().pollInSameThread()
                .atMost(SOON.multipliedBy(2))
                .ignoreExceptionsInstanceOf(PlaywrightException.class)
                .until(() -> {
                    page.reload();
                    page.locator("figcaption", new Page.LocatorOptions().setHasText("p99"))
                            .waitFor(new Locator.WaitForOptions().setTimeout(3_000));
                    return true;
                });
        assertThat(page.locator("figcaption").allTextContents())
                .anyMatch(text -> text.matches("Requests[0-9.]+/s · highest [0-9.]+/s"));
        assertThat(Chromium.accessibilityFaults(page)).as("history").isEmpty();
        Chromium.picture(page, "history");
    }

    /// As the proxy itself says, without its key; and it can be told to say more.
    private static void showsAProxysCertificatesAndLog(Page page) throws IOException {
        page.getByRole(AriaRole.REGION, new Page.GetByRoleOptions().setName("Secrets"))
                .waitFor();
        assertThat(page.locator("main").textContent())
                .contains("ROOTCA", "spiffe://cluster.local/ns/default/sa/order-service")
                .doesNotContain("PRIVATE", "these are what the control plane has sent");
        page.getByLabel("Level", new Page.GetByLabelOptions().setExact(true)).selectOption("debug");
        page.getByText("Set the level").click();
        page.getByText("All: debug.").waitFor();
        assertThat(page.locator("main").textContent()).contains("loggers are at debug");
        assertThat(Chromium.accessibilityFaults(page)).as("proxy").isEmpty();
        Chromium.picture(page, "proxy");
        page.getByLabel("Level", new Page.GetByLabelOptions().setExact(true)).selectOption("info");
        page.getByText("Set the level").click();
        page.getByText("All: info.").waitFor();
    }

    private static void showsAnApplication(Page page) throws IOException {
        page.navigate(page.url().replaceAll("#.*", "#/applications"));
        page.locator("main a[href='#/applications/default/order-service']").click();
        page.getByRole(AriaRole.REGION, new Page.GetByRoleOptions().setName("Inbound"))
                .waitFor();
        assertThat(page.getByRole(AriaRole.REGION, new Page.GetByRoleOptions().setName("Outbound"))
                        .textContent())
                .contains("user-service");
        assertThat(Chromium.accessibilityFaults(page)).as("application").isEmpty();
        Chromium.picture(page, "application");
    }

    /// What came to nothing at the gateway, with a reason for it.
    private static void explainsAFailure(Page page, RunningDemo demo) throws IOException {
        page.navigate(demo.dashboard() + "#/workloads/istio-system/istio-ingressgateway");
        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Explain GET /nothing-there"))
                .first()
                .click();
        page.locator(".hop").first().waitFor();
        assertThat(page.locator(".hop").count()).isEqualTo(1);
        assertThat(page.locator(".hop").textContent()).contains("404", "no route takes GET", "/nothing-there");
        assertThat(Chromium.accessibilityFaults(page)).as("explain").isEmpty();
        Chromium.picture(page, "explain");
    }

    /// A destination that is not there is said at its line.
    private static void showsAResourceWithItsFault(Page page, RunningDemo demo) throws IOException {
        demo.save("broken.yaml", """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: broken, namespace: default}
                spec:
                  hosts: [user-service.default.svc.cluster.local]
                  http:
                  - route:
                    - destination: {host: not-there}
                """);
        // The file may not have been read when the page is.
        await().pollInSameThread()
                .atMost(SOON)
                .ignoreExceptionsInstanceOf(PlaywrightException.class)
                .untilAsserted(() -> {
                    page.navigate(page.url()
                            .replaceAll("#.*", "#/resources/networking.istio.io/VirtualService/default/broken"));
                    page.reload();
                    page.locator(".yaml .note").first().waitFor(new Locator.WaitForOptions().setTimeout(2_000));
                });
        assertThat(page.locator(".yaml .line.warning, .yaml .line.error").allTextContents())
                .anyMatch(line -> line.contains("host: not-there"));
        Chromium.picture(page, "resource");
    }

    private static void isUsableByAll(Page page, RunningDemo demo) throws IOException {
        page.navigate(demo.dashboard() + "#/graph?services=true");
        page.locator("g[data-node='" + ORDERS + "'][data-health='healthy']").waitFor();
        assertThat(Chromium.accessibilityFaults(page)).as("graph").isEmpty();
        page.locator("svg.graph").focus();
        page.keyboard().press("ArrowRight");
        page.keyboard().press("ArrowRight");
        page.keyboard().press("Enter");
        assertThat(page.locator(".side h2").textContent()).isNotEqualTo("The mesh");
        assertThat(page.url()).contains("select=");
        page.keyboard().press("/");
        page.keyboard().type("user");
        await().pollInSameThread()
                .atMost(SOON)
                .untilAsserted(() -> assertThat(
                                page.locator("g[data-node][data-found]").count())
                        .isGreaterThanOrEqualTo(2));
        page.keyboard().press("Tab");
        page.keyboard().type("kind=gateway");
        await().pollInSameThread()
                .atMost(SOON)
                .untilAsserted(() -> assertThat(
                                page.locator("g[data-node='" + GATEWAY + "']").count())
                        .isZero());
        Chromium.picture(page, "graph-dark");
        page.getByText("Replay").click();
        page.getByText("Numbers since").waitFor();
        assertThat(Chromium.accessibilityFaults(page)).as("replay").isEmpty();
    }

    static void send(RunningDemo demo, String path, int requests) throws IOException {
        List<Integer> answers = new ArrayList<>();
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            for (int i = 0; i < requests; i++) {
                HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + demo.gateway() + path))
                        .header("host", "api.example.com")
                        .timeout(Duration.ofSeconds(20))
                        .build();
                answers.add(client.send(request, HttpResponse.BodyHandlers.discarding())
                        .statusCode());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException(interrupted);
        }
        assertThat(answers).hasSize(requests).allMatch(status -> status == (path.startsWith("/api") ? 200 : 404));
    }
}
