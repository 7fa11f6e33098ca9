package dev.lateen.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ExpositionTest {
    private static final String PROMETHEUS_2 = "application/openmetrics-text;version=1.0.0;q=0.5,"
            + "application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";
    private static final String PROMETHEUS_3 = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
            + "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
            + "text/plain;version=0.0.4;q=0.3,*/*;q=0.2";

    @ParameterizedTest
    @ValueSource(
            strings = {PROMETHEUS_2, PROMETHEUS_3, "application/openmetrics-text", "Application/OpenMetrics-Text;q=0.1"
            })
    void writesOpenMetricsWhereItIsWantedMost(String accept) {
        assertThat(Exposition.wanted(accept, Exposition.PROTOBUF)).isEqualTo(Exposition.OPEN_METRICS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "*/*",
                "text/plain",
                "text/html, */*;q=0.1",
                "application/openmetrics-text;q=0.1,text/plain;q=0.2",
                "application/openmetrics-text;q=0",
                "application/openmetrics-text;version=7.0.0",
                "application/openmetrics-text;q=much"
            })
    void writesTextOtherwise(String accept) {
        assertThat(Exposition.wanted(accept, Exposition.PROTOBUF)).isEqualTo(Exposition.TEXT);
    }

    @Test
    void namesCountersAlikeInBothFormats() {
        Stats stats = new Stats();
        stats.counter("cluster.a.upstream_cx_connect_fail").add(3);
        stats.counter("cluster.a.upstream_rq_total").add(4);
        stats.tag("cluster.a.", "cluster", "envoy_cluster_name", "a");
        assertThat(PrometheusText.of(stats, true))
                .contains("# TYPE envoy_cluster_upstream_cx_connect_fail unknown\n")
                .contains("envoy_cluster_upstream_cx_connect_fail{envoy_cluster_name=\"a\"} 3\n")
                .contains("# TYPE envoy_cluster_upstream_rq counter\n")
                .contains("envoy_cluster_upstream_rq_total{envoy_cluster_name=\"a\"} 4\n")
                .endsWith("# EOF\n")
                .doesNotContain("\n\n");
        assertThat(PrometheusText.of(stats, false))
                .contains("# TYPE envoy_cluster_upstream_rq_total counter\n")
                .contains("envoy_cluster_upstream_cx_connect_fail{envoy_cluster_name=\"a\"} 3\n")
                .doesNotContain("EOF");
    }

    @Test
    void keepsFamiliesApartWhoseNamesDifferInTheSuffix() {
        Stats stats = new Stats();
        stats.counter("server.upstream_rq").add(1);
        stats.counter("server.upstream_rq_total").add(2);
        assertThat(PrometheusText.of(stats, true))
                .contains(
                        "# TYPE envoy_server_upstream_rq unknown\n", "# TYPE envoy_server_upstream_rq_total unknown\n");
    }
}
