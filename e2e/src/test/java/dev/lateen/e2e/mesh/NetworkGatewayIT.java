package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A gateway between networks (`AUTO_PASSTHROUGH`) passes on the mesh's own mutual TLS by its server name: the workload
/// learns who called, and nobody without an identity gets anywhere. With our proxy, and with real Envoy where all
/// integration tests are asked for.
final class NetworkGatewayIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Pattern GATEWAY = Pattern.compile("gateway port 80 is at http://([0-9.]+):[0-9]+/");
    private static final int PORT = 15443;
    private static final String SERVER = "server.default.svc.cluster.local";
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

    @ParameterizedTest
    @ValueSource(strings = {"lateen", "envoy"})
    void passesMutualTlsOnWithTheCallersIdentity(String proxy) throws Exception {
        RunningMesh.assumeAsked("explicit", proxy);
        String workloads = RULES
                + RunningMesh.peer("server", "", "")
                + RunningMesh.peer("open", "", "")
                + RunningMesh.peer("client", "", "")
                + RunningMesh.gateway("client");
        try (RunningMesh mesh = RunningMesh.of(directory, workloads, "--proxy", proxy, "--capture", "explicit")) {
            InetSocketAddress door = door(mesh);
            replace(workloads
                    + far("whole", "outbound_.80_._." + SERVER, door)
                    + far("v1", "outbound_.80_.v1_." + SERVER, door)
                    + far("v2", "outbound_.80_.v2_." + SERVER, door)
                    + far("other", "outbound_.81_._." + SERVER, door)
                    + far("open", "outbound_.80_._.open.default.svc.cluster.local", door));

            for (String name : List.of("whole", "v1")) {
                await().atMost(SOON)
                        .untilAsserted(() -> assertThat(fetch(mesh, name))
                                .startsWith("200 server")
                                .contains("URI=spiffe://cluster.local/ns/default/sa/client"));
            }
            for (String name : List.of("v2", "other", "open")) {
                assertThat(fetch(mesh, name)).as(name).startsWith("503 ");
            }
            // Without the mesh's protocols in its hello a client could reach ports that take plain text.
            assertThat(handshake(door)).startsWith("refused");
        }
    }

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
        try (RunningMesh mesh = RunningMesh.of(directory, workloads, "--proxy", proxy, "--capture", "explicit")) {
            for (String name : List.of("server", "hidden", "open")) {
                await().atMost(SOON)
                        .untilAsserted(() -> assertThat(mesh.ask("client", "/fetch", "http://" + name + "/"))
                                .startsWith("200 " + name));
            }

            InetSocketAddress door = door(mesh);
            replace(workloads + """
                    apiVersion: v1
                    kind: ConfigMap
                    metadata: {name: istio, namespace: istio-system}
                    data:
                      meshNetworks: |
                        networks:
                          far:
                            endpoints: [{fromRegistry: Kubernetes}]
                            gateways: [{address: %s, port: %d}]
                    """.formatted(door.getHostString(), door.getPort()));

            // The gateway does not serve one of them, and nothing leads to another that does not take mutual TLS.
            for (String name : List.of("hidden", "open")) {
                await().atMost(SOON)
                        .untilAsserted(() -> assertThat(mesh.ask("client", "/fetch", "http://" + name + "/"))
                                .startsWith("503 "));
            }
            assertThat(mesh.ask("client", "/fetch", "http://server/"))
                    .startsWith("200 server")
                    .contains("URI=spiffe://cluster.local/ns/default/sa/client");
        }
    }

    private void replace(String manifests) throws IOException {
        Files.move(
                Files.writeString(directory.resolve("fresh.yaml"), manifests),
                directory.resolve("manifests").resolve("all.yaml"),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    private static String fetch(RunningMesh mesh, String name) {
        return mesh.ask("client", "/fetch", "http://" + name + ".far.test/");
    }

    /// A host behind the gateway, asked for by this name.
    private static String far(String name, String sni, InetSocketAddress door) {
        return """
                ---
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: far-%1$s, namespace: default}
                spec:
                  hosts: [%1$s.far.test]
                  location: MESH_INTERNAL
                  resolution: STATIC
                  subjectAltNames: ["spiffe://cluster.local/ns/default/sa/server"]
                  ports: [{number: 80, name: http, protocol: HTTP, targetPort: %2$d}]
                  endpoints: [{address: %3$s}]
                ---
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: far-%1$s, namespace: default}
                spec: {host: %1$s.far.test, trafficPolicy: {tls: {mode: ISTIO_MUTUAL, sni: "%4$s"}}}
                """.formatted(name, door.getPort(), door.getHostString(), sni);
    }

    private static String handshake(InetSocketAddress door) {
        try (SSLSocket socket =
                (SSLSocket) SSLSocketFactory.getDefault().createSocket(door.getHostString(), door.getPort())) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName("server.default.svc.cluster.local")));
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return "through";
        } catch (IOException refused) {
            return "refused: " + refused;
        }
    }

    private static InetSocketAddress door(RunningMesh mesh) {
        Matcher found = GATEWAY.matcher(mesh.output());
        assertThat(found.find()).as(mesh.output()).isTrue();
        return new InetSocketAddress(found.group(1), PORT);
    }
}
