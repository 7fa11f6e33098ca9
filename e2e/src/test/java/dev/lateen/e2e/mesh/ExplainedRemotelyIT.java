package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.identity.SpiffeId;
import dev.lateen.identity.ca.CertificateAuthority;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The control plane explains requests of proxies whose admin API it cannot reach, and tells of their certificates:
/// each pod has a network of its own, as in a cluster. What became of requests is told to nobody else, by
/// whatever certificate.
final class ExplainedRemotelyIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String POLICY = """
            apiVersion: security.istio.io/v1
            kind: AuthorizationPolicy
            metadata: {name: closed, namespace: default}
            spec:
              selector: {matchLabels: {app: shop}}
              action: DENY
              rules: [{to: [{operation: {paths: [/private]}}]}]
            ---
            """;

    @TempDir
    Path directory = Path.of("");

    @Test
    void asksProxiesWithItsCertificate() throws Exception {
        RunningMesh.assumeRuns("transparent", "lateen");
        String manifests = POLICY + RunningMesh.peer("shop", "", "") + RunningMesh.gateway("shop");
        try (RunningMesh mesh = RunningMesh.of(directory, manifests, "--capture", "transparent")) {
            await().atMost(SOON).until(() -> mesh.ask("shop", "/open", "").startsWith("shop "));
            assertThat(mesh.ask("shop", "/private", "")).startsWith("403");

            mesh.explains(403, "/private", "AuthorizationPolicy default/closed", "paths: [/private]");
            new AskedDashboard(mesh).asksTheProxyOf("shop", "shop");

            InetSocketAddress numbers =
                    new InetSocketAddress(OutsideCaller.address(mesh, "shop").getHostString(), 15090);
            assertThat(plain(numbers)).isEqualTo(403);
            CertificateAuthority authority =
                    OutsideCaller.authorityOf(mesh, "cluster.local", directory.resolve("copy"));
            SpiffeId istiod = new SpiffeId("cluster.local", "istio-system", "istiod");
            assertThat(OutsideCaller.of(authority, istiod).call(numbers, "/decisions"))
                    .as("a workload's certificate, whatever its identity")
                    .startsWith("refused");
            assertThat(OutsideCaller.named(authority, "shop.default.svc", istiod)
                            .call(numbers, "/decisions"))
                    .as("another server's certificate")
                    .startsWith("refused");
            assertThat(OutsideCaller.named(authority, "istiod.istio-system.svc", istiod)
                            .call(numbers, "/decisions"))
                    .as("the control plane's certificate")
                    .startsWith("HTTP/1.1 200");
        }
    }

    private static int plain(InetSocketAddress numbers) throws Exception {
        URI page = URI.create("http://" + numbers.getHostString() + ":" + numbers.getPort() + "/decisions");
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        }
    }
}
