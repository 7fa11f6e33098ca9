package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `ALLOW_ANY_DYNAMIC_DNS` where the kernel redirects what applications send: plain HTTP goes to whom it asks for,
/// wherever it was sent; everything else goes where it was sent. Metrics name both as Istio does.
final class LookedUpIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    /// An address for documentation, which nobody has.
    private static final String NOWHERE = "192.0.2.1";
    private static final String MESH = """
            apiVersion: install.istio.io/v1alpha1
            kind: IstioOperator
            metadata: {name: mesh, namespace: istio-system}
            spec:
              meshConfig:
                outboundTrafficPolicy: {mode: ALLOW_ANY_DYNAMIC_DNS}
            ---
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: database, namespace: default}
            spec:
              hosts: [database.test]
              addresses: [198.51.100.7]
              location: MESH_EXTERNAL
              resolution: NONE
              ports: [{number: 5432, name: tcp, protocol: TCP}]
            ---
            """;

    @TempDir
    Path directory = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"lateen", "envoy"})
    void goesToWhomItAsksFor(String proxy) throws IOException {
        RunningMesh.assumeAsked("transparent", proxy);
        String manifests = MESH
                + RunningMesh.peer("client", "", "")
                + RunningMesh.peer("outside", ", sidecar.istio.io/inject: \"false\"", "")
                + RunningMesh.peer("talker", ", sidecar.istio.io/inject: \"false\"", ", {name: PEER_TCP, value: yes}")
                + RunningMesh.gateway("client");
        try (RunningMesh mesh = RunningMesh.of(directory, manifests, "--proxy", proxy, "--capture", "transparent")) {
            await().atMost(SOON).until(() -> mesh.ask("client", "/", "").startsWith("client"));
            String outside = OutsideCaller.address(mesh, "outside").getHostString();
            String talker = OutsideCaller.address(mesh, "talker").getHostString();

            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(mesh.ask("client", "/via", NOWHERE + ":8080 " + outside + ":8080"))
                            .startsWith("HTTP/1.1 200 ")
                            .contains("outside null"));
            assertThat(mesh.ask("client", "/via", NOWHERE + ":8080 nobody.invalid:8080"))
                    .startsWith("HTTP/1.1 503 ");
            // Whoever waits for the server's first word gets it.
            assertThat(mesh.ask("client", "/tcp", talker + ":8080")).isEqualTo("talker");
            String asked = "\\{[^}]*destination_service=\"" + outside + ":8080\",[^}]*";
            String outsiders =
                    "destination_service_name=\"PassthroughCluster\",destination_service_namespace=\"unknown\"";
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(numbers(mesh))
                            .containsPattern("istio_requests_total" + asked + outsiders)
                            .containsPattern("istio_tcp_connections_closed_total\\{[^}]*" + outsiders)
                            .contains("istio_build{component=\"proxy\",tag=\""));
        }
    }

    private static String numbers(RunningMesh mesh) throws IOException {
        String client = OutsideCaller.address(mesh, "client").getHostString();
        try (InputStream page = URI.create("http://" + client + ":15020/stats/prometheus")
                .toURL()
                .openStream()) {
            return new String(page.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
