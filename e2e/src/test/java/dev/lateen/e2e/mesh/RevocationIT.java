package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.identity.Pem;
import dev.lateen.identity.SpiffeId;
import dev.lateen.identity.ca.CertificateAuthority;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/// A workload's certificate is revoked by `ca-crl.pem` beside the mesh's authority. Each call is made over a connection
/// of its own: those that there are go on. With our proxy, and with real Envoy where all integration tests are asked
/// for.
final class RevocationIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String STRICT = """
            apiVersion: security.istio.io/v1
            kind: PeerAuthentication
            metadata: {name: default, namespace: istio-system}
            spec: {mtls: {mode: STRICT}}
            ---
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: connections, namespace: istio-system}
            spec: {host: "*.local", trafficPolicy: {connectionPool: {http: {maxRequestsPerConnection: 1}}}}
            ---
            """;

    @TempDir
    Path directory = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"lateen", "envoy"})
    void refusesWhoIsRevokedAsClientAndAsServer(String proxy) throws Exception {
        RunningMesh.assumeAsked("explicit", proxy);
        String manifests = STRICT
                + RunningMesh.peer("shop", "", "")
                + RunningMesh.peer("good", "", "")
                + RunningMesh.peer("bad", "", "")
                + RunningMesh.gateway("shop", "good", "bad");
        try (RunningMesh mesh = RunningMesh.of(directory, manifests, "--proxy", proxy, "--capture", "explicit")) {
            await().atMost(SOON).untilAsserted(() -> {
                assertThat(mesh.ask("good", "/fetch", "http://shop/")).startsWith("200 shop");
                assertThat(mesh.ask("bad", "/fetch", "http://shop/")).startsWith("200 shop");
                assertThat(mesh.ask("good", "/fetch", "http://bad/")).startsWith("200 bad");
            });

            CertificateAuthority authority =
                    OutsideCaller.authorityOf(mesh, "cluster.local", directory.resolve("copy"));
            OutsideCaller caller = OutsideCaller.of(authority, new SpiffeId("cluster.local", "default", "caller"));
            OutsideCaller other = OutsideCaller.of(authority, new SpiffeId("cluster.local", "default", "caller"));
            InetSocketAddress shop = OutsideCaller.address(mesh, "shop");
            assertThat(caller.call(shop)).startsWith("HTTP/1.1 200");

            revoke(mesh.home().resolve("control-plane").resolve("ca"), "sa/bad", caller.serial());

            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(mesh.ask("good", "/fetch", "http://bad/"))
                            .startsWith("503"));
            mesh.explains(503, "/", "Service default/bad", "name: http, port: 80");
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(caller.call(shop)).startsWith("refused"));
            assertThat(other.call(shop)).startsWith("HTTP/1.1 200");
            assertThat(mesh.ask("good", "/fetch", "http://shop/")).startsWith("200 shop");
        }
    }

    private static void revoke(Path authority, String account, BigInteger more) throws Exception {
        X509Certificate signer = Pem.certificates(Files.readString(authority.resolve("ca-cert.pem")))
                .getFirst();
        PrivateKey key = Pem.privateKey(Files.readString(authority.resolve("ca-key.pem")));
        List<BigInteger> serials = Files.readAllLines(authority.resolve("issued.jsonl")).stream()
                .map(line -> new JsonMapper().readTree(line))
                .filter(line -> line.toString().contains(account))
                .map(line -> new BigInteger(line.path("serial").asString(), 16))
                .toList();
        assertThat(serials).isNotEmpty();
        String list = RevocationList.of(
                signer, key, Stream.concat(serials.stream(), Stream.of(more)).toList());
        Path temporary = Files.writeString(authority.resolveSibling("new-crl"), list);
        Files.move(temporary, authority.resolve("ca-crl.pem"), StandardCopyOption.ATOMIC_MOVE);
    }
}
