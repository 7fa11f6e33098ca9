package dev.lateen.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import dev.lateen.e2e.dashboard.Chromium;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// `lateen dashboard kiali`, which keeps a way to the control plane open, as a browser shows it.
final class SeedDashboard implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 60_000;
    private static final String CALLER = "app/default/order-service/v1";

    private final Process process;
    private final String url;

    private SeedDashboard(Process process, String url) {
        this.process = process;
        this.url = url;
    }

    /// Calls made meanwhile are in the graph: who is called by whom, and that they succeed.
    ///
    /// @param picture the name under which one is kept
    static void assertShowsTheCalls(SeedShop shop, String picture) throws IOException, InterruptedException {
        try (SeedDashboard dashboard = open();
                Chromium browser = Chromium.start()) {
            Page page = browser.page(ColorScheme.LIGHT);
            page.navigate(dashboard.url + "#/graph?window=300");
            page.locator("svg.graph").waitFor();
            assertThat(shop.ask(60, "order-service", "")).allMatch(answer -> answer.status() == 200);
            for (String version : List.of("v1", "v2")) {
                String called = "app/default/user-service/" + version;
                await(page, "g[data-node='" + called + "'][data-health='healthy']");
                await(page, "g.label[data-edge='" + CALLER + "→" + called + "→http']");
            }
            await(page, "g[data-node='" + CALLER + "']");
            Chromium.picture(page, "cluster-" + picture);
            browser.assertQuiet();
        }
    }

    private static void await(Page page, String selector) {
        page.locator(selector).first().waitFor(new Locator.WaitForOptions().setTimeout(PATIENCE_MILLIS));
    }

    private static SeedDashboard open() throws IOException {
        Process process = new ProcessBuilder(
                        InstalledMesh.HOME.resolve("lateen").toString(), "dashboard", "kiali", "--browser=false")
                .redirectErrorStream(true)
                .start();
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = String.valueOf(out.readLine()).strip();
        if (!line.startsWith("http://")) {
            process.destroy();
            throw new IOException("dashboard kiali: " + line);
        }
        return new SeedDashboard(process, line);
    }

    @Override
    public void close() {
        process.destroy();
    }
}
