package dev.lateen.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class EdgeCountsTest {
    private static String counted(String workload, int count) {
        return "istio_requests_total{reporter=\"destination\",source_workload=\"" + workload
                + "\",source_principal=\"spiffe://cluster.local/ns/default/sa/order-service\","
                + "destination_canonical_service=\"user-service\",destination_version=\"v1\","
                + "response_code=\"200\",connection_security_policy=\"mutual_tls\"} " + count;
    }

    @Test
    void namesTheCallerByItsWorkload() {
        assertThat(EdgeCounts.of(List.of(counted("orders", 1))))
                .containsOnlyKeys(new Edge("orders", "user-service", "v1"));
    }

    @Test
    void namesACallerWithoutAWorkloadByItsAccount() {
        assertThat(EdgeCounts.of(List.of(counted("unknown", 1))))
                .containsOnlyKeys(new Edge("order-service", "user-service", "v1"));
    }

    @Test
    void countsWhatCameSinceTheReadingBefore() {
        Edge edge = new Edge("orders", "user-service", "v1");
        EdgeCounts before = EdgeCounts.of(List.of(counted("orders", 3))).get(edge);

        EdgeCounts recent =
                EdgeCounts.of(List.of(counted("orders", 10))).get(edge).since(before);

        assertThat(recent.requests()).isEqualTo(7);
        assertThat(recent.mutualTlsPercent()).isEqualTo(100);
    }
}
