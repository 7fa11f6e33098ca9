package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A gateway between networks (`AUTO_PASSTHROUGH`) passes on the mesh's own mutual TLS by its server name: the workload
/// learns who called, and what the gateway does not serve stays out of reach. With our proxy, and with real Envoy where
/// all
/// integration tests are asked for.
final class NetworkGatewayIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Pattern GATEWAY = Pattern.compile("gateway port 80 is at http://([0-9.]+):[0-9]+/");
    private static final int PORT = 15443;
    private static final String RULES = """
            apiVersion: networking.istio.io/v1
            kind: Gateway
            metadata: {name: between, namespace: istio-system}
            spec:
              selector: {istio: ingressgateway}
              servers:
              - port: {number: 15443, name: tls, protocol: TLS}
                tls: {mode: AUTO_PASSTHROUGH}
                hosts: ["*.default.svc.cluster.local"]
            ---
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: server, namespace: default}
            spec:
              host: server
              subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]
            ---
            apiVersion: security.istio.io/v1
            kind: PeerAuthentication
            metadata: {name: open, namespace: default}
            spec: {selector: {matchLabels: {app: open}}, mtls: {mode: DISABLE}}
            ---
            """;

    @TempDir
    Path directory = Path.of("");

    /// All workloads but the client are in a network with a gateway, as soon as the settings say so.
    @ParameterizedTest
    @ValueSource(strings = {"lateen", "envoy"})
    void reachesAnotherNetworkThroughItsGateway(String proxy) throws Exception {
        RunningMesh.assumeAsked("explicit", proxy);
        String workloads = RULES.replace("*.default", "server.default")
                + RunningMesh.peer("server", "", "")
                + RunningMesh.peer("hidden", "", "")
                + RunningMesh.peer("open", "", "")
                + RunningMesh.peer("client", "", "")
                        .replace("labels: {app: client, ", "labels: {topology.istio.io/network: near, app: client, ")
                + RunningMesh.gateway("client");
        Path hosts = Files.writeString(directory.resolve("hosts"), "127.0.0.1 localhost\n");
        try (RunningMesh mesh = RunningMesh.of(
                Map.of("LATEEN_JAVA_OPTS", "-Djdk.net.hosts.file=" + hosts),
                directory,
                workloads,
                "--proxy",
                proxy,
                "--capture",
                "explicit")) {
            for (String name : List.of("server", "hidden", "open")) {
                await().atMost(SOON)
                        .untilAsserted(() -> assertThat(mesh.ask("client", "/fetch", "http://" + name + "/"))
                                .startsWith("200 " + name));
            }

            InetSocketAddress door = door(mesh);
            mesh.replace(workloads + networks(door.getHostString(), door.getPort()));

            // The gateway does not serve one of them, and nothing leads to another that does not take mutual TLS.
            for (String name : List.of("hidden", "open")) {
                await().atMost(SOON)
                        .untilAsserted(() -> assertThat(mesh.ask("client", "/fetch", "http://" + name + "/"))
                                .startsWith("503 "));
            }
            assertThat(mesh.ask("client", "/fetch", "http://server/"))
                    .startsWith("200 server")
                    .contains("URI=spiffe://cluster.local/ns/default/sa/client");

            // Load balancers of some clouds have names.
            Files.writeString(hosts, door.getHostString() + " door.far.test\n", StandardOpenOption.APPEND);
            mesh.replace(workloads + networks("nobody.far.test", door.getPort()));
            // A network without a gateway that is known is one that is reached straight, as in Istio.
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(mesh.ask("client", "/fetch", "http://hidden/"))
                            .startsWith("200 hidden"));
            mesh.replace(workloads + networks("door.far.test", door.getPort()));
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(mesh.ask("client", "/fetch", "http://hidden/"))
                            .startsWith("503 "));
            assertThat(mesh.ask("client", "/fetch", "http://server/")).startsWith("200 server");
        }
    }

    private static String networks(String gateway, int port) {
        return """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: istio, namespace: istio-system}
                data:
                  meshNetworks: |
                    networks:
                      far:
                        endpoints: [{fromRegistry: Kubernetes}]
                        gateways: [{address: %s, port: %d}]
                """.formatted(gateway, port);
    }

    private static InetSocketAddress door(RunningMesh mesh) {
        MatchResult found = mesh.said(GATEWAY);
        return new InetSocketAddress(found.group(1), PORT);
    }
}
