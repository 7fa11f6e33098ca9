package dev.lateen.e2e.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Debian's Chromium, without a window. Whatever a page says on its console, or throws, is kept: a test ends with
/// `assertQuiet`.
///
/// Thread: one.
public final class Chromium implements AutoCloseable {
    private static final Path PICTURES = Path.of("target", "dashboard");

    private final Playwright playwright;
    private final Browser browser;
    private final List<String> complaints = new ArrayList<>();

    private Chromium(Path program) {
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(program)
                        .setArgs(List.of("--no-sandbox", "--disable-gpu", "--no-proxy-server")));
    }

    /// Skips the test, and says why, where there is no browser.
    public static Chromium start() {
        boolean driven = Chromium.class.getResource("/driver/linux/node") != null;
        assumeTrue(driven, "SKIPPED: nothing drives a browser here (-Dlateen.it=all fetches it)");
        Optional<Path> program = Stream.of(
                        System.getenv().getOrDefault("PATH", "").split(":"))
                .map(directory -> Path.of(directory, "chromium"))
                .filter(Files::isExecutable)
                .findFirst();
        assumeTrue(program.isPresent(), "SKIPPED: no chromium on PATH (`./dev it` installs it)");
        return new Chromium(program.orElseThrow());
    }

    public Page page(ColorScheme scheme) {
        BrowserContext context = browser.newContext(
                new Browser.NewContextOptions().setViewportSize(1440, 860).setColorScheme(scheme));
        Page page = context.newPage();
        page.onConsoleMessage(message -> {
            if (message.type().equals("error") || message.type().equals("warning")) {
                complaints.add(message.type() + ": " + message.text());
            }
        });
        page.onPageError(error -> complaints.add("thrown: " + error));
        page.onRequest(request -> {
            if (!request.url().startsWith(page.url().replaceAll("^(https?://[^/]*).*", "$1"))
                    && !page.url().startsWith("about:")
                    && !request.url().startsWith("data:")) {
                complaints.add("asked elsewhere: " + request.url());
            }
        });
        return page;
    }

    public void assertQuiet() {
        assertThat(complaints).isEmpty();
    }

    /// Keeps a picture among the artefacts of the build.
    public static void picture(Page page, String name) {
        page.screenshot(new Page.ScreenshotOptions().setPath(PICTURES.resolve(name + ".png")));
    }

    /// What axe finds wrong for people who cannot see the page or use a mouse: rules of WCAG 2.1 A and AA.
    static List<String> accessibilityFaults(Page page) throws IOException {
        try (InputStream script = Chromium.class.getResourceAsStream("/axe.min.js")) {
            assertThat(script).as("axe").isNotNull();
            page.evaluate(new String(script.readAllBytes(), StandardCharsets.UTF_8));
        }
        Object found = page.evaluate("async () => (await axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a',"
                + " 'wcag21aa']})).violations.map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => n.html + ' ' +"
                + " n.failureSummary).join(' | ')}`)");
        return found instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of("no answer");
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
    }
}
