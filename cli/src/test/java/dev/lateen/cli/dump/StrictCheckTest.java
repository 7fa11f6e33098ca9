package dev.lateen.cli.dump;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class StrictCheckTest {
    private static final String PLAIN = """
            # TYPE istio_requests_total counter
            istio_requests_total{reporter="destination",source_workload="web",source_workload_namespace="default",connection_security_policy="none",response_code="200"} 12
            istio_requests_total{reporter="destination",source_workload="web",source_workload_namespace="default",connection_security_policy="none",response_code="404"} 3
            istio_requests_total{reporter="destination",source_workload="unknown",source_workload_namespace="unknown",connection_security_policy="none"} 5 1700000000
            istio_requests_total{reporter="destination",source_workload="good",source_workload_namespace="default",connection_security_policy="mutual_tls",path="a\\"}b"} 9
            istio_requests_total{reporter="source",source_workload="shop",connection_security_policy="none"} 7
            istio_tcp_connections_opened_total{reporter="destination",source_workload="old",source_workload_namespace="legacy",connection_security_policy="none"} 2
            """;
    private static final String MUTUAL =
            "istio_requests_total{reporter=\"destination\",connection_security_policy=\"mutual_tls\"} 9\n";

    @Test
    void showsWhoHasSentPlaintextAndWhoIsToldTo() {
        StrictCheck check = StrictCheck.of(
                List.of(
                        proxy("shop.default", "10.0.0.1", "", PLAIN),
                        proxy("web.default", "10.0.0.2", client(), MUTUAL),
                        proxy("bank.other", "10.0.0.3", "", "server_live 1\n")),
                "");
        assertThat(check.table()).isEqualTo("""
                        CLIENT        SERVER         REQUESTS   CONNECTIONS   WHY
                        old.legacy    shop.default   0          2             seen in the past; it would send mutual TLS now
                        unknown       shop.default   5          0             the client has no proxy, or does not say who it is
                        web.default   shop.default   15         0             DestinationRule off/default at rules.yaml:7 says DISABLE

                        Without metrics, so only their configuration was looked at: bank.other
                        """);
    }

    @Test
    void looksAtTheServersOfOneNamespace() {
        List<StrictCheck.Proxy> proxies = List.of(
                proxy("shop.default", "10.0.0.1", "", PLAIN),
                proxy("web.default", "10.0.0.2", client(), MUTUAL),
                proxy("bank.other", "10.0.0.3", "", MUTUAL));
        assertThat(StrictCheck.of(proxies, "other").table())
                .isEqualTo("Nobody would be refused: no plaintext was seen and none is configured.\n");
    }

    private static StrictCheck.Proxy proxy(String workload, String address, String configs, String metrics) {
        return new StrictCheck.Proxy(
                workload, address, ConfigDump.parse("{\"configs\": [" + configs + "]}", workload), metrics);
    }

    private static String client() {
        return """
                {"@type": "t/envoy.admin.v3.ClustersConfigDump", "dynamic_active_clusters": [{"cluster": {
                  "name": "outbound|80||shop.default.svc.cluster.local",
                  "metadata": {"filter_metadata": {
                    "istio": {"config": "/apis/networking.istio.io/v1/namespaces/default/destination-rule/off"},
                    "lateen": {"file": "rules.yaml", "line": 7}}},
                  "load_assignment": {"endpoints": [{"lb_endpoints": [
                    {"endpoint": {"address": {"socket_address": {"address": "10.0.0.1", "port_value": 8080}}}},
                    {"endpoint": {"address": {"socket_address": {"address": "192.0.2.1", "port_value": 8080}}}}]}]}}}]}
                """;
    }
}
