package dev.lateen.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EnvoyNameTest {
    private static final Map<String, Stats.Tag> TAGS = Map.of(
            "cluster.a.", Stats.Tag.of("cluster", "envoy_cluster_name", "a"),
            "cluster.a.b.", Stats.Tag.of("cluster", "envoy_cluster_name", "a.b"),
            "vhost.s.test:80.route.r.",
                    Stats.Tag.of("vhost.route", "envoy_virtual_host", "s.test:80", "envoy_route", "r"));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cluster.a.upstream_rq_total | envoy_cluster_upstream_rq_total | envoy_cluster_name=\"a\"",
                "cluster.a.upstream_rq_2xx | envoy_cluster_upstream_rq_xx | envoy_response_code_class=\"2\",envoy_cluster_name=\"a\"",
                "cluster.a.upstream_rq_200 | envoy_cluster_upstream_rq | envoy_response_code=\"200\",envoy_cluster_name=\"a\"",
                "cluster.a.retry.upstream_rq_503 | envoy_cluster_retry_upstream_rq | envoy_response_code=\"503\",envoy_cluster_name=\"a\"",
                "cluster.a.b.upstream_rq_200 | envoy_cluster_upstream_rq | envoy_response_code=\"200\",envoy_cluster_name=\"a.b\"",
                "cluster.a.tls_123 | envoy_cluster_tls_123 | envoy_cluster_name=\"a\"",
                "cluster.unknown.x | envoy_cluster_unknown_x | ''",
                "vhost.s.test:80.route.r.upstream_rq_5xx | envoy_vhost_route_upstream_rq_xx | envoy_response_code_class=\"5\",envoy_virtual_host=\"s.test:80\",envoy_route=\"r\"",
                "http.in.downstream_rq_2xx | envoy_http_downstream_rq_xx | envoy_response_code_class=\"2\",envoy_http_conn_manager_prefix=\"in\"",
                "listener.1.2.3.4_80.downstream_cx_total | envoy_listener_downstream_cx_total | envoy_listener_address=\"1.2.3.4_80\"",
                "server.live | envoy_server_live | ''",
                "lateen.metrics_folded_total | lateen_metrics_folded_total | ''",
            })
    void makesLabelsOfWhatVaries(String name, String shown, String labels) {
        assertThat(EnvoyName.of(name, TAGS)).isEqualTo(new EnvoyName(shown, labels));
    }
}
