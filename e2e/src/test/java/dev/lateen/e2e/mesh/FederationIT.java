package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.identity.SpiffeId;
import dev.lateen.identity.ca.AuthoritySettings;
import dev.lateen.identity.ca.CertificateAuthority;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Two meshes of two trust domains, each with a control plane and a root of its own, that fetch each other's SPIFFE
/// bundle, and whose workloads have keys of other kinds than the usual one. With our
/// proxy, and with real Envoy where all integration tests are asked for.
final class FederationIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    Path directory = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"lateen", "envoy"})
    void believesEachDomainsAuthorityForItsOwnNamesAlone(String proxy) throws Exception {
        RunningMesh.assumeAsked("explicit", proxy);
        Path one = Files.createDirectories(directory.resolve("one"));
        try (RunningMesh server = RunningMesh.of(
                Map.of("WORKLOAD_RSA_KEY_SIZE", "3072"), one, serverMesh(""), options("one.example", proxy))) {
            InetSocketAddress address = OutsideCaller.address(server, "server");
            Path two = Files.createDirectories(directory.resolve("two"));
            try (RunningMesh client = RunningMesh.of(
                    Map.of("ECC_SIGNATURE_ALGORITHM", "ECDSA", "ECC_CURVE", "P384"),
                    two,
                    clientMesh(server.debugAddress(), address),
                    options("two.example", proxy))) {
                // Nobody of the first mesh has heard of the second one's authority yet.
                assertThat(client.ask("client", "/fetch", "http://server.one.test/"))
                        .doesNotStartWith("200 ");

                server.replace(serverMesh(anchor(client, "two.example")));

                await().atMost(SOON)
                        .untilAsserted(() -> assertThat(client.ask("client", "/fetch", "http://server.one.test/"))
                                .startsWith("200 server")
                                .contains("URI=spiffe://two.example/ns/default/sa/client"));
                assertThat(client.ask("stranger", "/fetch", "http://server.one.test/"))
                        .isEqualTo("403 RBAC: access denied");
                server.explains(403, "/", "AuthorizationPolicy default/server", "two.example/ns/default/sa/client");
                CertificateAuthority other =
                        OutsideCaller.authorityOf(client, "two.example", directory.resolve("copy"));
                assertThat(OutsideCaller.of(other, new SpiffeId("two.example", "default", "client"))
                                .call(address))
                        .isEqualTo("HTTP/1.1 200 from RSA of 3072 bits");
                assertThat(OutsideCaller.of(other, new SpiffeId("one.example", "default", "client"))
                                .call(address))
                        .startsWith("refused");
                CertificateAuthority third = CertificateAuthority.open(
                        directory.resolve("third"), AuthoritySettings.of("three.example"), InstantSource.system());
                assertThat(OutsideCaller.of(third, new SpiffeId("three.example", "default", "client"))
                                .call(address))
                        .startsWith("refused");
                assertThat(OutsideCaller.of(third, new SpiffeId("two.example", "default", "client"))
                                .call(address))
                        .startsWith("refused");
            }
        }
    }

    private static String[] options(String trustDomain, String proxy) {
        return new String[] {"--trust-domain", trustDomain, "--proxy", proxy, "--capture", "explicit"};
    }

    private static String settings(String trustDomain, String anchors) {
        return """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: istio, namespace: istio-system}
                data:
                  mesh: |
                    trustDomain: %s
                    caCertificates: [%s]
                ---
                """.formatted(trustDomain, anchors);
    }

    private static String anchor(RunningMesh other, String trustDomain) throws IOException {
        return anchor(other.debugAddress(), trustDomain);
    }

    private static String anchor(String debugAddress, String trustDomain) {
        return "{spiffeBundleUrl: \"http://%s/spiffe/bundle\", trustDomains: [%s]}"
                .formatted(debugAddress, trustDomain);
    }

    private static String serverMesh(String anchors) {
        return settings("one.example", anchors) + """
                apiVersion: security.istio.io/v1
                kind: PeerAuthentication
                metadata: {name: default, namespace: istio-system}
                spec: {mtls: {mode: STRICT}}
                ---
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: server, namespace: default}
                spec:
                  selector: {matchLabels: {app: server}}
                  rules: [{from: [{source: {principals: [two.example/ns/default/sa/client]}}]}]
                ---
                """ + RunningMesh.peer("server", "", "");
    }

    private static String clientMesh(String debugAddress, InetSocketAddress server) {
        return settings("two.example", anchor(debugAddress, "one.example"))
                + """
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: server, namespace: default}
                spec:
                  hosts: [server.one.test]
                  location: MESH_INTERNAL
                  resolution: STATIC
                  subjectAltNames: ["spiffe://one.example/ns/default/sa/server"]
                  ports: [{number: 80, name: http, protocol: HTTP, targetPort: %d}]
                  endpoints: [{address: %s}]
                ---
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: server, namespace: default}
                spec: {host: server.one.test, trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}
                ---
                """.formatted(server.getPort(), server.getHostString())
                + RunningMesh.peer("client", "", "")
                + RunningMesh.peer("stranger", "", "")
                + RunningMesh.gateway("client", "stranger");
    }
}
