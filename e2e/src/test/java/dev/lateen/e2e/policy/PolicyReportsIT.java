package dev.lateen.e2e.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lateen.e2e.behaviour.DataPlane;
import dev.lateen.e2e.behaviour.Upstream;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What operators see of policies and of those who call: statistics that name policies, metrics that name workloads.
class PolicyReportsIT {
    private static final Duration SOON = Duration.ofSeconds(10);
    /// Where the calls of `FieldWire` say that they come from.
    private static final String CLIENTS = """
            {name: clients, type: STATIC, connect_timeout: 1s, load_assignment: {cluster_name: clients, endpoints: [{lb_endpoints: [
              {endpoint: {address: {socket_address: {address: 203.0.113.9, port_value: 8080}}},
               metadata: {filter_metadata: {istio: {workload: "stock-1;default;stock;v1;here"}}}}]}]}}""";

    @ParameterizedTest
    @EnumSource(DataPlane.class)
    void namePoliciesAndWorkloads(DataPlane plane) throws Exception {
        String obstacle = plane.obstacle();
        assumeTrue(obstacle.isEmpty(), obstacle);
        FieldWire wire = new FieldWire(new Identities(Files.createTempDirectory("reports-")), Map.of());
        List<FieldRow> rows = FieldRow.read("reports.yaml", """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: istio, namespace: istio-system}
                data: {mesh: "{trustDomain: new.example}"}
                """);
        try (Upstream http = Upstream.echo();
                TcpEcho tcp = TcpEcho.start();
                FieldProxy proxy = FieldProxy.start(
                        plane, rows, wire, http.port(), tcp.port(), bootstrap -> bootstrap.rawCluster(CLIENTS))) {
            proxy.check(rows.getFirst(), 0);
            expect(proxy, "/stats", "rbac.policy.ns[default]-policy[row-deny]-rule[0].denied: 2");
            if (plane == DataPlane.LATEEN) {
                expect(proxy, "/stats/prometheus", "source_workload=\"stock-1\"");
                // Connections count when they end, or have been open for a while.
                await().atMost(SOON).untilAsserted(() -> {
                    assertThat(connectionsOf(proxy, "stock-1")).isEqualTo("1");
                    assertThat(connectionsOf(proxy, "unknown")).isEqualTo("1");
                });
            }
        }
    }

    private static void expect(FieldProxy proxy, String page, String text) {
        await().atMost(SOON).untilAsserted(() -> assertThat(proxy.admin(page)).contains(text));
    }

    private static String connectionsOf(FieldProxy proxy, String workload) throws IOException {
        return proxy.admin("/stats/prometheus")
                .lines()
                .filter(line -> line.startsWith("istio_tcp_connections_opened_total{")
                        && line.contains("source_workload=\"" + workload + "\""))
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .findFirst()
                .orElse("none");
    }
}
