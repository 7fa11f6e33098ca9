package dev.lateen.control.debug;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.kubernetes.webhook.WebhookListener;
import dev.lateen.xds.ResourceType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class ControlMetricsTest {
    private final ControlMetrics metrics = new ControlMetrics();

    private String page() throws IOException {
        ByteArrayOutputStream page = new ByteArrayOutputStream();
        metrics.write(page);
        return page.toString(StandardCharsets.UTF_8);
    }

    @Test
    void hasTheNamesOfIstiod() throws IOException {
        metrics.sent(ResourceType.CLUSTER, 1);
        metrics.certificateRequest("success");
        metrics.certificateRequest("csr_failure");
        assertThat(page())
                .contains(
                        "pilot_xds_pushes{type=\"cds\"} 1.0\n",
                        "citadel_server_csr_count 2.0\n",
                        "citadel_server_success_cert_issuance_count 1.0\n",
                        "citadel_server_csr_parsing_err_count 1.0\n",
                        "istio_build{component=\"pilot\",tag=",
                        "pilot_eds_no_instances 0.0\n")
                .doesNotContain("pilot_xds_pushes_total", "citadel_server_csr_count_total");
    }

    @Test
    void countsWhatWebhooksAnswer() throws IOException {
        metrics.webhooks().injection(WebhookListener.Injection.INJECTED);
        metrics.webhooks().injection(WebhookListener.Injection.SKIPPED);
        metrics.webhooks().validation("VirtualService", false);
        for (int index = 0; index < 300; index++) {
            metrics.webhooks().validation("Invented" + index, true);
        }
        assertThat(page())
                .contains(
                        "sidecar_injection_requests_total 2.0\n",
                        "sidecar_injection_success_total 1.0\n",
                        "sidecar_injection_skip_total 1.0\n",
                        "galley_validation_failed{resource=\"VirtualService\"} 1.0\n",
                        "galley_validation_passed{resource=\"others\"} 101.0\n")
                .doesNotContain("Invented250");
    }

    @Test
    void saysWhatItUses() throws IOException {
        assertThat(page())
                .containsPattern("process_resident_memory_bytes [1-9]")
                .containsPattern("process_cpu_seconds_total [0-9]");
    }
}
