package dev.lateen.proxy.admin;

import dev.lateen.proxy.telemetry.PrometheusText;
import dev.lateen.proxy.telemetry.Rendering;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.TreeMap;

/// What Istio's agent counts of the pages that it puts together.
///
/// Source: Istio's agent, `istio_agent_scrapes_total`, `istio_agent_scrape_failures_total`.
final class AgentNumbers {
    private AgentNumbers() {}

    /// @param applicationFailures pages without the application's numbers
    /// @param ownFailures pages without the proxy's
    record Counts(long scrapes, long applicationFailures, long ownFailures) {}

    static void write(Rendering rendering, OutputStream out, Counts counts) throws IOException {
        PrometheusText.writeCounter(
                rendering, out, "istio_agent_scrapes_total", "Scrapes of this page.", Map.of("", counts.scrapes()));
        Map<String, Long> failures = new TreeMap<>();
        failures.put("type=\"application\"", counts.applicationFailures());
        failures.put("type=\"envoy\"", counts.ownFailures());
        PrometheusText.writeCounter(
                rendering, out, "istio_agent_scrape_failures_total", "Parts that were missing on this page.", failures);
    }
}
