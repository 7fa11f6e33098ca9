package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.identity.Pem;
import dev.lateen.identity.SpiffeId;
import dev.lateen.identity.WorkloadKeys;
import dev.lateen.identity.ca.AuthoritySettings;
import dev.lateen.identity.ca.CertificateAuthority;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// TLS of a gateway from files: several certificates of one server (`tlsCertificates`), and clients whose certificates
/// prove nothing (`insecureSkipVerify`). With our proxy, and with real Envoy where all integration tests are asked for.
final class ServerFilesIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Pattern TLS_GATEWAY = Pattern.compile("gateway port 443 is at https://([0-9.]+):([0-9]+)/");
    private static final String SERVER = """
              - port: {number: 443, name: https-%1$s, protocol: HTTPS}
                hosts: [%1$s.test]
                tls:
                  mode: %2$s
                  caCertificates: %3$s/ca.pem
                  tlsCertificates:
                  - {serverCertificate: %3$s/rsa.pem, privateKey: %3$s/rsa.key}
                  - {serverCertificate: %3$s/curve.pem, privateKey: %3$s/curve.key}
            """;

    @TempDir
    Path directory = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"lateen", "envoy"})
    void suitItsClients(String proxy) throws Exception {
        RunningMesh.assumeAsked("explicit", proxy);
        CertificateAuthority known = authority("known");
        OutsideCaller friend = OutsideCaller.of(known, new SpiffeId("clients.test", "people", "friend"));
        OutsideCaller stranger =
                OutsideCaller.of(authority("unknown"), new SpiffeId("clients.test", "people", "stranger"));
        Path files = Files.createDirectories(directory.resolve("files"));
        Files.writeString(files.resolve("ca.pem"), known.rootsPem());
        certificate(known, files, "rsa", WorkloadKeys.RSA_2048.generate());
        certificate(known, files, "curve", WorkloadKeys.EC_P256.generate());
        String manifests = """
                apiVersion: networking.istio.io/v1
                kind: Gateway
                metadata: {name: door, namespace: default}
                spec:
                  selector: {istio: ingressgateway}
                  servers:
                """
                + server("strict", "MUTUAL", files, "")
                + server("lax", "MUTUAL", files, "      insecureSkipVerify: true\n")
                + server("either", "OPTIONAL_MUTUAL", files, "      insecureSkipVerify: true\n")
                + "---\n"
                + RunningMesh.peer("shop", "", "")
                + RunningMesh.gateway("shop");
        try (RunningMesh mesh = RunningMesh.of(directory, manifests, "--proxy", proxy, "--capture", "explicit")) {
            InetSocketAddress door = door(mesh);
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(friend.call(door, wishes("strict")))
                            .startsWith("HTTP/1.1 ")
                            .endsWith(" from another key"));
            assertThat(OutsideCaller.nobody().call(door, wishes("either", "rsa_pss_rsae_sha256")))
                    .startsWith("HTTP/1.1 ")
                    .endsWith(" from RSA of 2048 bits");
            assertThat(stranger.call(door, wishes("strict"))).startsWith("refused");
            for (String host : List.of("lax", "either")) {
                assertThat(friend.call(door, wishes(host))).startsWith("HTTP/1.1 ");
                assertThat(stranger.call(door, wishes(host))).startsWith("HTTP/1.1 ");
            }
            assertThat(OutsideCaller.nobody().call(door, wishes("either"))).startsWith("HTTP/1.1 ");
            assertThat(OutsideCaller.nobody().call(door, wishes("lax"))).startsWith("refused");
        }
    }

    private CertificateAuthority authority(String name) throws Exception {
        return CertificateAuthority.open(
                directory.resolve(name), AuthoritySettings.of("clients.test"), InstantSource.system());
    }

    private static void certificate(CertificateAuthority by, Path files, String name, KeyPair keys) throws Exception {
        String chain = Pem.encode(by.issueServer(
                keys.getPublic(),
                List.of("*.test"),
                new SpiffeId("clients.test", "servers", name),
                Duration.ofHours(1)));
        Files.writeString(files.resolve(name + ".pem"), chain);
        Files.writeString(files.resolve(name + ".key"), Pem.encode(keys.getPrivate()));
    }

    private static String server(String name, String mode, Path files, String more) {
        return SERVER.formatted(name, mode, files) + more;
    }

    /// @param signatures that the client knows; all where there are none
    private static SSLParameters wishes(String host, String... signatures) {
        SSLParameters wishes = new SSLParameters();
        wishes.setServerNames(List.of(new SNIHostName(host + ".test")));
        if (signatures.length > 0) {
            wishes.setSignatureSchemes(signatures);
        }
        return wishes;
    }

    private static InetSocketAddress door(RunningMesh mesh) {
        MatchResult found = mesh.said(TLS_GATEWAY);
        return new InetSocketAddress(found.group(1), Integer.parseInt(found.group(2)));
    }
}
