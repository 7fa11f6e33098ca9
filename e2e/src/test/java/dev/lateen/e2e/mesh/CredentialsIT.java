package dev.lateen.e2e.mesh;

import static dev.lateen.e2e.mesh.SampleMesh.SAMPLES;
import static dev.lateen.e2e.mesh.SampleMesh.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Secrets that DestinationRules name for calls to the outside: of the sidecars that a rule selects, and of an egress
/// gateway. The server lets those in alone who show a certificate of its authority.
final class CredentialsIT {
    private static final String OUTSIDE = "users.outside.test";
    private static final String CLIENT = "client.outside.test";

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"lateen", "envoy"})
    void reachThoseWhoConnect(String proxy) throws Exception {
        RunningMesh.assumeAsked("explicit", proxy);
        SampleTls tls = SampleTls.make(directory.resolve("certificates"), OUTSIDE, CLIENT);
        SampleTls strangers = SampleTls.make(directory.resolve("strangers"), CLIENT);
        try (SampleTls.Server server = tls.serveWhomItKnows(OUTSIDE);
                RunningMesh mesh = RunningMesh.of(
                        directory,
                        manifests(server.port(), tls, "default", bySidecar()),
                        SAMPLES.resolve("common/app.yaml").toString(),
                        SAMPLES.resolve("common/asker.yaml").toString(),
                        "--capture",
                        "explicit",
                        "--proxy",
                        proxy)) {
            await().atMost(SOON).untilAsserted(() -> assertThat(asked(mesh)).contains("\"status\":200"));
            mesh.replace(manifests(server.port(), strangers, "default", bySidecar()));
            await().atMost(SOON).untilAsserted(() -> assertThat(asked(mesh)).contains("\"status\":503"));
            mesh.replace(manifests(server.port(), tls, "istio-system", byGateway()));
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(asked(mesh)).contains("\"status\":200", "\"version\":\"left\""));
        }
    }

    /// The server outside, the client's key as secrets of a namespace, and how one gets there.
    private static String manifests(int port, SampleTls tls, String namespace, String way) throws IOException {
        return """
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: outside, namespace: default}
                spec:
                  hosts: [%1$s]
                  location: MESH_EXTERNAL
                  resolution: STATIC
                  ports:
                  - {number: 80, name: http, protocol: HTTP, targetPort: %2$d}
                  - {number: 443, name: https, protocol: HTTPS, targetPort: %2$d}
                  endpoints: [{address: 127.0.0.1}]
                ---
                """.formatted(OUTSIDE, port)
                + secret(tls, CLIENT.replace('.', '-'), CLIENT + ".yaml", namespace)
                + secret(tls, CLIENT.replace('.', '-') + "-cacert", "ca.yaml", namespace)
                + way;
    }

    /// As the script makes it, by this name and in this namespace.
    private static String secret(SampleTls tls, String name, String file, String namespace) throws IOException {
        return Files.readString(tls.directory().resolve(file))
                        .replaceFirst(
                                "name: [^,]+, namespace: istio-system", "name: " + name + ", namespace: " + namespace)
                + "---\n";
    }

    private static String bySidecar() {
        return """
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: outside, namespace: default}
                spec:
                  host: %1$s
                  workloadSelector: {matchLabels: {app: asker}}
                  trafficPolicy:
                    tls: {mode: MUTUAL, credentialName: client-outside-test, sni: %1$s, subjectAltNames: [%1$s]}
                """.formatted(OUTSIDE);
    }

    private static String byGateway() {
        return """
                apiVersion: networking.istio.io/v1
                kind: Gateway
                metadata: {name: exit, namespace: default}
                spec:
                  selector: {istio: egressgateway}
                  servers:
                  - port: {number: 80, name: https, protocol: HTTPS}
                    hosts: [%1$s]
                    tls: {mode: ISTIO_MUTUAL}
                ---
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: outside, namespace: default}
                spec:
                  hosts: [%1$s]
                  gateways: [mesh, exit]
                  http:
                  - match: [{gateways: [mesh], port: 80}]
                    route: [{destination: {host: istio-egressgateway.istio-system.svc.cluster.local, port: {number: 80}}}]
                  - match: [{gateways: [exit], port: 80}]
                    route: [{destination: {host: %1$s, port: {number: 443}}}]
                    headers: {response: {set: {x-version: left}}}
                ---
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: to-exit, namespace: default}
                spec:
                  host: istio-egressgateway.istio-system.svc.cluster.local
                  trafficPolicy: {tls: {mode: ISTIO_MUTUAL, sni: %1$s}}
                ---
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: outside, namespace: default}
                spec:
                  host: %1$s
                  trafficPolicy:
                    portLevelSettings:
                    - port: {number: 443}
                      tls: {mode: MUTUAL, credentialName: client-outside-test, sni: %1$s, subjectAltNames: [%1$s]}
                """.formatted(OUTSIDE);
    }

    private static String asked(RunningMesh mesh) throws IOException {
        HttpResponse<String> answer = mesh.answer("asker", "/api/orders/" + OUTSIDE + "/", "");
        return answer.body();
    }
}
