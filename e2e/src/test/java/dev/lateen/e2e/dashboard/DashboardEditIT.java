package dev.lateen.e2e.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Changes the shop that `lateen demo` runs through its dashboard, as somebody would, and sees the traffic follow.
final class DashboardEditIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String ROUTING = "user-service-routing.yaml";

    @TempDir
    java.nio.file.Path directory = java.nio.file.Path.of("");

    @Test
    void changesWhereTheTrafficGoes() throws IOException {
        try (Chromium browser = Chromium.start();
                RunningDemo demo = RunningDemo.start(directory.resolve("demo.log"))) {
            String before = "# what users get\n" + demo.read(ROUTING);
            demo.save(ROUTING, before);
            Page page = browser.page(ColorScheme.LIGHT);
            editsAWeight(page, demo, before);
            versionsGet(page, demo, "v2");
            shiftsTrafficByKeyboard(browser.page(ColorScheme.DARK), demo, before);
            versionsGet(page, demo, "v1");
            browser.assertQuiet();
        }
    }

    private static void editsAWeight(Page page, RunningDemo demo, String before) throws IOException {
        await().pollInSameThread().atMost(SOON).untilAsserted(() -> {
            page.navigate("about:blank");
            page.navigate(
                    demo.dashboard() + "#/resources/networking.istio.io/VirtualService/default/user-service?edit=1");
            assertThat(page.locator("#yaml").inputValue()).contains("# what users get", "weight: 90");
        });
        String text = page.locator("#yaml").inputValue();
        page.locator("#yaml").fill(text.replace("weight: 90", "wieght: 90"));
        page.locator(".findings li.error").first().waitFor();
        assertThat(page.locator(".findings").textContent()).contains("wieght: unknown field", "did you mean 'weight'");
        assertThat(page.locator(".gutter .error").count()).isEqualTo(1);
        Locator review = button(page, "Review the changes");
        assertThat(review.isDisabled()).isTrue();
        assertThat(Chromium.accessibilityFaults(page)).as("editor").isEmpty();
        Chromium.picture(page, "editor");
        page.locator("#yaml").fill(text.replace("weight: 90", "weight: 0").replace("weight: 10", "weight: 100"));
        page.getByText("No findings.").waitFor();
        review.click();
        assertThat(page.locator(".diff .new").allTextContents()).hasSize(2);
        assertThat(Chromium.accessibilityFaults(page)).as("diff").isEmpty();
        Chromium.picture(page, "editor-diff");
        button(page, "Save").click();
        page.getByText("Saved.").waitFor();
        assertThat(demo.read(ROUTING))
                .isEqualTo(before.replace("weight: 90", "weight: 0").replace("weight: 10", "weight: 100"));
    }

    private static void shiftsTrafficByKeyboard(Page page, RunningDemo demo, String before) throws IOException {
        page.navigate(demo.dashboard() + "#/services/default/user-service");
        page.getByText("Shift traffic").focus();
        Chromium.picture(page, "service");
        assertThat(Chromium.accessibilityFaults(page)).as("service").isEmpty();
        page.keyboard().press("Enter");
        page.locator("#weight-v1").waitFor();
        assertThat(page.getByLabel("Route").inputValue()).isEqualTo("1");
        page.locator("#weight-v1").focus();
        page.keyboard().press("End");
        assertThat(page.locator("#weight-v2").inputValue()).isEqualTo("0");
        button(page, "Show what this changes").focus();
        page.keyboard().press("Enter");
        button(page, "Save").waitFor();
        assertThat(Chromium.accessibilityFaults(page)).as("form").isEmpty();
        Chromium.picture(page, "form-dark");
        page.keyboard().press("Enter");
        page.getByText("Saved.").waitFor();
        assertThat(demo.read(ROUTING))
                .isEqualTo(before.replace("weight: 90", "weight: 100").replace("weight: 10\n", "weight: 0\n"));
        for (String form : new String[] {"patience", "fault", "breaker"}) {
            page.navigate(demo.dashboard() + "#/services/default/user-service?form=" + form);
            page.locator(".form-field input").first().waitFor();
            assertThat(Chromium.accessibilityFaults(page)).as(form).isEmpty();
        }
        assertThat(page.locator("#form-connections").inputValue()).isEqualTo("100");
        page.locator("#form-connections").fill("250");
        button(page, "Show what this changes").click();
        assertThat(page.locator(".diff .new").textContent()).contains("maxConnections: 250");
        Chromium.picture(page, "form-breaker");
    }

    /// All of the latest requests have gone to one version.
    private static void versionsGet(Page page, RunningDemo demo, String version) throws IOException {
        page.navigate(demo.dashboard() + "#/graph?label=share&window=10");
        String edge = "app/default/order-service/v1→app/default/user-service/" + version + "→http";
        await().pollInSameThread().atMost(SOON).untilAsserted(() -> {
            DashboardShopIT.send(demo, "/api/orders", 10);
            assertThat(page.locator("g.label[data-edge='" + edge + "']").textContent())
                    .isEqualTo("100%");
        });
    }

    private static Locator button(Page page, String name) {
        return page.getByRole(
                AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }
}
