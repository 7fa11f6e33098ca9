package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.identity.Pem;
import dev.lateen.identity.SpiffeId;
import dev.lateen.identity.WorkloadKeys;
import dev.lateen.identity.ca.AuthoritySettings;
import dev.lateen.identity.ca.CertificateAuthority;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A gateway that wants certificates of its clients (`MUTUAL`, `credentialName`) turns away whom `ca.crl` of the secret
/// lists, as soon as it does. With our proxy, and with real Envoy where all integration tests are asked for.
final class GatewayRevocationIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Pattern TLS_GATEWAY = Pattern.compile("gateway port 443 is at https://([0-9.]+):([0-9]+)/");
    private static final String GATEWAY = """
            apiVersion: networking.istio.io/v1
            kind: Gateway
            metadata: {name: door, namespace: default}
            spec:
              selector: {istio: ingressgateway}
              servers:
              - port: {number: 443, name: https, protocol: HTTPS}
                hosts: ["*"]
                tls: {mode: MUTUAL, credentialName: door}
            ---
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: door, namespace: default}
            spec:
              hosts: ["*"]
              gateways: [door]
              http: [{route: [{destination: {host: shop, port: {number: 80}}}]}]
            ---
            """;

    @TempDir
    Path directory = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"lateen", "envoy"})
    void turnsAwayWhomTheListOfItsSecretNames(String proxy) throws Exception {
        RunningMesh.assumeAsked("explicit", proxy);
        Path ca = directory.resolve("clients-ca");
        CertificateAuthority authority =
                CertificateAuthority.open(ca, AuthoritySettings.of("clients.test"), InstantSource.system());
        OutsideCaller good = OutsideCaller.of(authority, new SpiffeId("clients.test", "people", "good"));
        OutsideCaller bad = OutsideCaller.of(authority, new SpiffeId("clients.test", "people", "bad"));
        String workloads = GATEWAY + RunningMesh.peer("shop", "", "") + RunningMesh.gateway("shop");
        String key = serverKey(authority);

        try (RunningMesh mesh = RunningMesh.of(directory, workloads + key, "--proxy", proxy, "--capture", "explicit")) {
            InetSocketAddress door = door(mesh);
            await().atMost(SOON).untilAsserted(() -> {
                assertThat(good.call(door)).startsWith("HTTP/1.1 200");
                assertThat(bad.call(door)).startsWith("HTTP/1.1 200");
            });

            mesh.replace(workloads + key + "  ca.crl: |\n" + indented(list(ca, bad.serial())));

            await().atMost(SOON).untilAsserted(() -> assertThat(bad.call(door)).startsWith("refused"));
            assertThat(good.call(door)).startsWith("HTTP/1.1 200");
        }
    }

    private static InetSocketAddress door(RunningMesh mesh) {
        MatchResult found = mesh.said(TLS_GATEWAY);
        return new InetSocketAddress(found.group(1), Integer.parseInt(found.group(2)));
    }

    /// The last document of the manifests, so that more can follow.
    private static String serverKey(CertificateAuthority authority) {
        KeyPair keys = WorkloadKeys.EC_P256.generate();
        List<X509Certificate> chain = authority.issueServer(
                keys.getPublic(),
                List.of("shop.test"),
                new SpiffeId("clients.test", "servers", "door"),
                Duration.ofHours(1));
        return """
                apiVersion: v1
                kind: Secret
                metadata: {name: door, namespace: istio-system}
                stringData:
                  tls.crt: |
                %s  tls.key: |
                %s  ca.crt: |
                %s""".formatted(
                indented(Pem.encode(chain)), indented(Pem.encode(keys.getPrivate())), indented(authority.rootsPem()));
    }

    private static String indented(String pem) {
        return pem.strip().indent(4);
    }

    private static String list(Path ca, BigInteger serial) throws Exception {
        X509Certificate signer =
                Pem.certificates(Files.readString(ca.resolve("ca-cert.pem"))).getFirst();
        PrivateKey key = Pem.privateKey(Files.readString(ca.resolve("ca-key.pem")));
        return RevocationList.of(signer, key, List.of(serial));
    }
}
