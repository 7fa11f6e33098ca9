package dev.lateen.control.debug;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.lateen.control.cluster.ClusterListener;
import dev.lateen.kubernetes.webhook.WebhookListener;
import dev.lateen.model.mesh.MeshSettings;
import dev.lateen.model.mesh.SnapshotBuilder;
import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.resource.ParserSettings;
import dev.lateen.model.resource.ResourceParser;
import dev.lateen.xds.EncodedResource;
import dev.lateen.xds.ResourceType;
import dev.lateen.xds.server.Push;
import io.prometheus.client.Metrics;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class ControlMetricsTest {
    private final ControlMetrics metrics = new ControlMetrics(InstantSource.system());

    private String page() throws IOException {
        ByteArrayOutputStream page = new ByteArrayOutputStream();
        metrics.write("", page);
        return page.toString(StandardCharsets.UTF_8);
    }

    @Test
    void hasTheNamesOfIstiod() throws IOException {
        metrics.sent(new Push(
                ResourceType.CLUSTER,
                "1",
                "1",
                List.of(EncodedResource.of(ResourceType.CLUSTER, "c", ByteString.copyFrom(new byte[20_000]))),
                List.of()));
        metrics.certificateRequest("success");
        metrics.certificateRequest("csr_failure");
        assertThat(page())
                .contains(
                        "pilot_xds_pushes{type=\"cds\"} 1.0\n",
                        "citadel_server_csr_count 2.0\n",
                        "citadel_server_success_cert_issuance_count 1.0\n",
                        "citadel_server_csr_parsing_err_count 1.0\n",
                        "istio_build{component=\"pilot\",tag=",
                        "pilot_eds_no_instances 0.0\n",
                        "pilot_xds_config_size_bytes_bucket{type=\"cds\",le=\"10000.0\"} 0\n",
                        "pilot_xds_config_size_bytes_bucket{type=\"cds\",le=\"1000000.0\"} 1\n")
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
    void countsEventsOfTheCluster() throws IOException {
        metrics.event("Pod", ClusterListener.Change.ADD);
        metrics.event("VirtualService", ClusterListener.Change.UPDATE);
        metrics.event("ConfigMap", ClusterListener.Change.ADD);
        metrics.patched("ValidatingWebhookConfiguration", "v", "conflict");
        metrics.patched("ValidatingWebhookConfiguration", "v", "");
        assertThat(page())
                .contains(
                        "pilot_k8s_reg_events{event=\"add\",type=\"Pods\"} 1.0\n",
                        "pilot_k8s_cfg_events{event=\"update\",type=\"VirtualService\"} 1.0\n",
                        "webhook_patch_attempts_total{name=\"v\"} 2.0\n",
                        "webhook_patch_retries_total{name=\"v\"} 1.0\n",
                        "webhook_patch_failures_total{name=\"v\",reason=\"conflict\"} 1.0\n",
                        "galley_validation_config_updates 1.0\n",
                        "galley_validation_config_update_error{reason=\"conflict\"} 1.0\n")
                .doesNotContain("ConfigMap");
    }

    @Test
    void countsWhatIsWrongWithTheMesh() throws IOException {
        SnapshotBuilder builder = new SnapshotBuilder(MeshSettings.DEFAULT);
        for (ParsedResource parsed : new ResourceParser(ParserSettings.DEFAULT).parse("""
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: one, namespace: shop}
                spec: {hosts: [a, b], http: [{route: [{destination: {host: a}}]}]}
                ---
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: two, namespace: shop}
                spec: {hosts: [a.shop.svc.cluster.local], http: [{route: [{destination: {host: b}}]}]}
                ---
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: three, namespace: elsewhere}
                spec: {hosts: [a.shop.svc.cluster.local], http: [{route: [{destination: {host: b}}]}]}
                ---
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: one, namespace: shop}
                spec: {host: a, subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]}
                ---
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: two, namespace: shop}
                spec: {host: a.shop.svc.cluster.local, subsets: [{name: v2, labels: {version: v3}}]}
                """, "mesh.yaml")) {
            if (parsed instanceof ParsedResource.Valid(var resource, var _)) {
                builder.put(List.of(resource));
            }
        }
        metrics.changed(builder.build());
        assertThat(page())
                .contains(
                        "pilot_virt_services 3.0\n", "pilot_vservice_dup_domain 1.0\n", "pilot_destrule_subsets 1.0\n");
    }

    /// The same numbers, as a collector of messages reads them.
    @Test
    void writesMessagesWithNativeHistogramsForWhoeverReadsThem() throws IOException {
        for (int millis : new int[] {0, 3, 3, 40, 9000}) {
            metrics.converged(Duration.ofMillis(millis));
        }
        metrics.certificateRequest("success");
        ByteArrayOutputStream page = new ByteArrayOutputStream();

        String type = metrics.write(
                "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,"
                        + "text/plain;version=0.0.4;q=0.5",
                page);

        assertThat(type).isEqualTo(MetricMessages.CONTENT_TYPE);
        Map<String, Metrics.MetricFamily> families = new HashMap<>();
        ByteArrayInputStream in = new ByteArrayInputStream(page.toByteArray());
        while (in.available() > 0) {
            Metrics.MetricFamily family = Metrics.MetricFamily.parseDelimitedFrom(in);
            families.put(family.getName(), family);
        }
        Metrics.MetricFamily requests = Objects.requireNonNull(families.get("citadel_server_csr_count"));
        assertThat(requests.getMetric(0).getUntyped().getValue()).isEqualTo(1);
        Metrics.Histogram converged = Objects.requireNonNull(families.get("pilot_proxy_convergence_time"))
                .getMetric(0)
                .getHistogram();
        assertThat(converged.getSampleCount()).isEqualTo(5);
        assertThat(converged.getZeroCount()).isEqualTo(1);
        assertThat(counts(converged)).isEqualTo(List.of(2L, 1L, 1L));
        assertThat(converged.getBucketList())
                .extracting(Metrics.Bucket::getCumulativeCount)
                .startsWith(3L, 4L)
                .endsWith(5L);
        assertThat(lastBound(converged)).isBetween(9.0, 9.0 * Math.pow(2, Math.pow(2, -converged.getSchema())));
    }

    /// Of the buckets that hold anything.
    private static List<Long> counts(Metrics.Histogram histogram) {
        List<Long> counts = new ArrayList<>();
        long count = 0;
        for (long delta : histogram.getPositiveDeltaList()) {
            count += delta;
            if (count > 0) {
                counts.add(count);
            }
        }
        return counts;
    }

    private static double lastBound(Metrics.Histogram histogram) {
        int index = -1;
        for (Metrics.BucketSpan span : histogram.getPositiveSpanList()) {
            index += span.getOffset() + span.getLength();
        }
        return Math.pow(2, index * Math.pow(2, -histogram.getSchema()));
    }

    @Test
    void writesTextForWhoeverWantsItAsMuch() throws IOException {
        ByteArrayOutputStream page = new ByteArrayOutputStream();
        String type = metrics.write(
                "text/plain, application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited",
                page);
        assertThat(type).startsWith("text/plain");
    }

    @Test
    void saysWhatItUses() throws IOException {
        assertThat(page())
                .containsPattern("process_resident_memory_bytes [1-9]")
                .containsPattern("process_cpu_seconds_total [0-9]");
    }
}
