package dev.lateen.dashboard.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lateen.dashboard.traffic.EdgeKey.Reporter;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProxyReaderTest {
    private final ProxyReader reader = new ProxyReader(100);

    @Test
    void countsOnlyWhatCameAfterTheFirstPage() {
        assertThat(read(requests("200", 1_000))).isEmpty();
        Tally tally = only(read(requests("200", 1_010)));
        assertThat(tally.of(Quantity.REQUESTS)).isEqualTo(10);
        assertThat(tally.of(Quantity.SECURED)).isEqualTo(10);
        assertThat(tally.of(Quantity.FAILED)).isZero();
    }

    @Test
    void countsASeriesThatIsNewFromItsStart() {
        read("");
        Tally tally = only(read(requests("503", 3)));
        assertThat(tally.of(Quantity.FAILED)).isEqualTo(3);
        assertThat(tally.answers()).containsEntry("503 UH", 3.0);
    }

    @Test
    void takesACounterThatBeganAnewForNoTrafficBackwards() {
        read(requests("200", 1_000));
        assertThat(only(read(requests("200", 4))).of(Quantity.REQUESTS)).isEqualTo(4);
    }

    @Test
    void readsBothEndsAndTheService() {
        read("");
        EdgeKey edge = read(requests("200", 1)).keySet().iterator().next();
        assertThat(edge.source()).isEqualTo(new Party("shop", "front-v1", "front", "v1", "spiffe://td/ns/shop/sa/a"));
        assertThat(edge.destination().isKnown()).isFalse();
        assertThat(edge.service().host()).isEqualTo("back.shop.svc.cluster.local");
        assertThat(edge.reporter()).isEqualTo(Reporter.DESTINATION);
    }

    @Test
    void findsQuantilesWithinTheirBuckets() {
        read("");
        Tally tally = only(read(bucket("5", 50) + bucket("10", 90) + bucket("25", 100) + bucket("+Inf", 100)));
        assertThat(tally.quantile(0.5)).isCloseTo(5, within(0.01));
        assertThat(tally.quantile(0.9)).isCloseTo(10, within(0.01));
        assertThat(tally.quantile(0.95)).isCloseTo(17.5, within(0.01));
    }

    @Test
    void followsNoMoreSeriesThanItMay() {
        ProxyReader small = new ProxyReader(2);
        StringBuilder page = new StringBuilder();
        for (int i = 0; i < 10; i++) {
            page.append(requests("2" + (10 + i), 1));
        }
        small.read(page.toString(), new HashMap<>());
        assertThat(small.size()).isEqualTo(2);
        assertThat(small.left()).isEqualTo(8);
    }

    @Test
    void survivesPagesThatAreNoMetrics() {
        assertThat(read("istio_requests_total\nistio_requests_total{\nistio_requests_total{a=\"} x\n"))
                .isEmpty();
        assertThat(read("istio_requests_total{reporter=\"source\\\"} NaN\n\0\0"))
                .isEmpty();
    }

    private Map<EdgeKey, Tally> read(String page) {
        Map<EdgeKey, Tally> edges = new HashMap<>();
        reader.read(page, edges);
        return edges;
    }

    private static Tally only(Map<EdgeKey, Tally> edges) {
        assertThat(edges).hasSize(1);
        return edges.values().iterator().next();
    }

    private static String requests(String code, int count) {
        return "istio_requests_total{" + labels() + ",response_code=\"" + code + "\",response_flags=\""
                + (code.equals("503") ? "UH" : "-") + "\"} " + count + "\n";
    }

    private static String bucket(String limit, int count) {
        return "istio_request_duration_milliseconds_bucket{" + labels() + ",le=\"" + limit + "\"} " + count + "\n";
    }

    private static String labels() {
        return "reporter=\"destination\",source_workload=\"front-v1\",source_workload_namespace=\"shop\","
                + "source_canonical_service=\"front\",source_canonical_revision=\"v1\","
                + "source_principal=\"spiffe://td/ns/shop/sa/a\",destination_workload=\"unknown\","
                + "destination_service=\"back.shop.svc.cluster.local\",destination_service_name=\"back\","
                + "destination_service_namespace=\"shop\",request_protocol=\"http\","
                + "connection_security_policy=\"mutual_tls\"";
    }
}
