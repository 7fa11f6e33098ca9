package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.identity.Pem;
import dev.lateen.identity.SpiffeId;
import dev.lateen.identity.WorkloadKeys;
import dev.lateen.identity.ca.AuthoritySettings;
import dev.lateen.identity.ca.CertificateAuthority;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Handshakes with a workload and with a gateway, as `meshMTLS` and `tlsDefaults` allow them. With our proxy, and with
/// real Envoy where all integration tests are asked for.
final class MeshTlsIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String AES_128 = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
    private static final String AES_256 = "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384";
    private static final Pattern GATEWAY = Pattern.compile("gateway port 443 is at https://([^:/]+):(\\d+)");

    @TempDir
    Path directory = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"lateen", "envoy"})
    void shakesHandsAsTheMeshAllows(String proxy) throws Exception {
        RunningMesh.assumeAsked("explicit", proxy);
        String rest = RunningMesh.peer("shop", "", "") + gateway();
        String weak = settings("{minProtocolVersion: TLSV1_2, cipherSuites: [ECDHE-ECDSA-AES256-GCM-SHA384]}");
        try (RunningMesh mesh = RunningMesh.of(directory, weak + rest, "--proxy", proxy, "--capture", "explicit")) {
            CertificateAuthority authority =
                    OutsideCaller.authorityOf(mesh, "cluster.local", directory.resolve("copy"));
            OutsideCaller caller = OutsideCaller.of(authority, new SpiffeId("cluster.local", "default", "caller"));
            InetSocketAddress shop = OutsideCaller.address(mesh, "shop");
            assertThat(caller.call(shop, tls12(AES_256))).startsWith("HTTP/1.1 200");
            assertThat(caller.call(shop, tls12(AES_128))).startsWith("refused");
            assertThat(caller.call(shop, tls13())).startsWith("HTTP/1.1 200");

            InetSocketAddress edge = edge(mesh);
            assertThat(caller.call(edge, group(tls12(AES_128), "secp384r1"))).startsWith("HTTP/1.1 404");
            assertThat(caller.call(edge, group(tls12(AES_128), "x25519"))).startsWith("refused");
            assertThat(caller.call(edge, group(tls12(AES_256), "secp384r1"))).startsWith("refused");
            assertThat(caller.call(edge, group(tls13(), "secp384r1"))).startsWith("HTTP/1.1 404");
            assertThat(caller.call(edge, group(tls13(), "x25519"))).startsWith("refused");

            mesh.replace(settings("{minProtocolVersion: TLSV1_3}") + rest);
            await().atMost(SOON)
                    .untilAsserted(
                            () -> assertThat(caller.call(shop, tls12(AES_256))).startsWith("refused"));
            assertThat(caller.call(shop, tls13())).startsWith("HTTP/1.1 200");
        }
    }

    private static SSLParameters tls12(String suite) {
        return new SSLParameters(new String[] {suite}, new String[] {"TLSv1.2"});
    }

    private static SSLParameters tls13() {
        return new SSLParameters(new String[] {"TLS_AES_128_GCM_SHA256"}, new String[] {"TLSv1.3"});
    }

    /// The group, and that of the gateway's key, which clients of TLS 1.2 must name too.
    private static SSLParameters group(SSLParameters parameters, String group) {
        parameters.setNamedGroups(new String[] {group, "secp256r1"});
        return parameters;
    }

    private static InetSocketAddress edge(RunningMesh mesh) {
        MatchResult found = mesh.said(GATEWAY);
        return new InetSocketAddress(found.group(1), Integer.parseInt(found.group(2)));
    }

    private static String settings(String mutual) {
        return """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: istio, namespace: istio-system}
                data:
                  mesh: |
                    meshMTLS: %s
                    tlsDefaults: {minProtocolVersion: TLSV1_2, cipherSuites: [ECDHE-ECDSA-AES128-GCM-SHA256], ecdhCurves: [P-384]}
                ---
                apiVersion: security.istio.io/v1
                kind: PeerAuthentication
                metadata: {name: default, namespace: istio-system}
                spec: {mtls: {mode: STRICT}}
                ---
                """.formatted(mutual);
    }

    private String gateway() throws IOException {
        KeyPair keys = WorkloadKeys.EC_P256.generate();
        CertificateAuthority authority = CertificateAuthority.open(
                directory.resolve("edge"), AuthoritySettings.of("edge.test"), InstantSource.system());
        String chain = Pem.encode(authority.issueServer(
                keys.getPublic(), List.of("edge.test"), new SpiffeId("edge.test", "a", "b"), Duration.ofHours(1)));
        return """
                apiVersion: v1
                kind: Secret
                metadata: {name: edge, namespace: istio-system}
                data: {tls.crt: %1$s, tls.key: %2$s}
                ---
                apiVersion: v1
                kind: Secret
                metadata: {name: edge, namespace: default}
                data: {tls.crt: %1$s, tls.key: %2$s}
                ---
                apiVersion: networking.istio.io/v1
                kind: Gateway
                metadata: {name: edge, namespace: default}
                spec:
                  selector: {istio: ingressgateway}
                  servers:
                  - port: {number: 443, name: https, protocol: HTTPS}
                    hosts: ["*"]
                    tls: {mode: SIMPLE, credentialName: edge}
                ---
                """.formatted(base64(chain), base64(Pem.encode(keys.getPrivate())));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }
}
