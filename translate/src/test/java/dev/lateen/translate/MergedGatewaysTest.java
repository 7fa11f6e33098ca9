package dev.lateen.translate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.diagnostic.Diagnostic;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What becomes of servers that several gateways want on one port.
class MergedGatewaysTest {
    private static final String TLS = "tls: {mode: PASSTHROUGH}";

    private static Translated translated(Map<String, String> metadata, String... servers) {
        StringBuilder yaml = new StringBuilder();
        for (int i = 0; i < servers.length; i++) {
            yaml.append("""
                    apiVersion: networking.istio.io/v1
                    kind: Gateway
                    metadata: {name: edge-%d, namespace: default}
                    spec: {selector: {app: web}, servers: [%s]}
                    ---
                    """.formatted(i, servers[i]));
        }
        return new Translated(yaml.toString(), "router", "default", metadata);
    }

    private static String server(int port, String protocol, String hosts, String more) {
        return "{port: {number: " + port + ", name: p, protocol: " + protocol + "}, hosts: [" + hosts + "]" + more
                + "}";
    }

    private static Diagnostic only(Translated translated) {
        assertThat(translated.problems()).hasSize(1);
        return translated.problems().getFirst();
    }

    @Test
    void areAllServedWhereTheyDoNotMeet() {
        assertThat(translated(
                                Map.of(),
                                server(8080, "HTTP", "a.test", ""),
                                server(8080, "HTTP", "b.test", ""),
                                server(8443, "TLS", "a.test", ", " + TLS),
                                server(8443, "TLS", "b.test", ", " + TLS))
                        .problems())
                .isEmpty();
    }

    @Test
    void areReportedWhereThePortSpeaksSomethingElse() {
        Diagnostic problem = only(
                translated(Map.of(), server(8080, "HTTP", "a.test", ""), server(8080, "TLS", "b.test", ", " + TLS)));
        assertThat(problem.path()).isEqualTo("spec.servers[0].port.protocol");
        assertThat(problem.message())
                .contains("Gateway default/edge-0 at mesh.yaml:")
                .contains("HTTP");
    }

    @Test
    void areReportedWhereAnotherOneHasTheHost() {
        Translated mesh = translated(
                Map.of(),
                server(8443, "TLS", "a.test", ", " + TLS),
                server(8443, "TLS", "'a.test', 'b.test'", ", " + TLS));
        assertThat(only(mesh).path()).isEqualTo("spec.servers[0].hosts");
        assertThat(only(mesh).message()).contains("a.test; this one serves only the others");
        assertThat(only(translated(
                                Map.of(),
                                server(8443, "TLS", "a.test", ", " + TLS),
                                server(8443, "TLS", "a.test", ", " + TLS)))
                        .message())
                .contains("this one is not served");
    }

    @Test
    void areReportedWhereConnectionsDoNotSayTheirHost() {
        assertThat(only(translated(Map.of(), server(9000, "TCP", "a.test", ""), server(9000, "TCP", "b.test", "")))
                        .path())
                .isEqualTo("spec.servers[0].port");
    }

    @Test
    void areReportedWhereTheProxyMayNotListen() {
        assertThat(only(translated(Map.of("UNPRIVILEGED_POD", "true"), server(80, "HTTP", "a.test", "")))
                        .path())
                .isEqualTo("spec.servers[0].port.number");
    }
}
