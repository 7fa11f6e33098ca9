package dev.lateen.e2e.mesh;

import static dev.lateen.e2e.mesh.SampleMesh.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The sample `kubernetes-ingress` on either data plane: an Ingress leads requests as a Gateway and a VirtualService
/// would, and follows its edits.
final class KubernetesIngressIT {
    private static final String SAMPLE = "kubernetes-ingress";
    private static final String HOST = "users.example.com";

    private static final String DEFAULT = "  defaultBackend: {service: {name: users-v2, port: {number: 80}}}\n";

    @TempDir
    Path directory = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"lateen", "envoy"})
    void leadsRequestsAsItSays(String plane) throws Exception {
        RunningMesh.assumeAsked("explicit", plane);
        SampleTls tls = SampleTls.make(directory.resolve("certificates"), HOST);
        try (SampleMesh mesh = SampleMesh.onPlane(plane, directory, SAMPLE, tls.directory())) {
            leadsByPathAndHost(mesh);
            endsTls(mesh, tls);

            assertThat(status(mesh, HOST, "/nobody/here")).isEqualTo("503");
            mesh.explains(503, "/nobody/here", "Service default/nobody", "port: 80");

            mesh.apply(SAMPLE, Map.of(DEFAULT, ""));
            await().atMost(SOON)
                    .untilAsserted(() ->
                            assertThat(status(mesh, HOST, "/api/usersfoo")).isEqualTo("404"));
            mesh.explains(404, "/api/usersfoo", "Ingress default/users", "path: /api/users");

            mesh.apply(SAMPLE, Map.of("path: /api/users\n", "path: /api/other\n"));
            await().atMost(SOON)
                    .untilAsserted(
                            () -> assertThat(version(mesh, HOST, "/api/users")).isEqualTo("v2"));

            InetSocketAddress https = mesh.port(443);
            // Of another class it is another's: nothing listens for it any more.
            mesh.apply(SAMPLE, Map.of("istio.io/ingress-controller", "example.com/other"));
            await().atMost(SOON)
                    .untilAsserted(
                            () -> assertThat(status(mesh, HOST, "/api/users")).isEqualTo("404"));
            assertThat(tls.get(https, HOST, "/api/users")).startsWith("refused");
        }
    }

    private static void leadsByPathAndHost(SampleMesh mesh) throws IOException {
        await().atMost(SOON).untilAsserted(() -> {
            assertThat(version(mesh, HOST, "/api/users")).isEqualTo("v1");
            assertThat(version(mesh, HOST, "/api/usersfoo")).isEqualTo("v2");
        });
        assertThat(version(mesh, HOST, "/api/users/")).isEqualTo("v1");
        assertThat(version(mesh, HOST, "/api/users/ada?key=a")).isEqualTo("v1");
        assertThat(version(mesh, HOST, "/api/users?key=a")).isEqualTo("v1");
        assertThat(version(mesh, HOST, "/api/users/newest")).isEqualTo("v2");
        assertThat(version(mesh, HOST, "/api/users/newest/of/all")).isEqualTo("v1");
        assertThat(version(mesh, "elsewhere.example", "/api/users")).isEqualTo("v2");
    }

    private static void endsTls(SampleMesh mesh, SampleTls tls) throws Exception {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(tls.get(mesh.port(443), HOST, "/api/users"))
                        .startsWith("HTTP/1.1 200")
                        .contains("\"version\":\"v1\""));
        assertThat(tls.get(mesh.port(443), HOST, "/api/usersfoo")).contains("\"version\":\"v2\"");
        assertThat(tls.get(mesh.port(443), "elsewhere.example", "/api/users")).startsWith("refused");
    }

    private static String status(SampleMesh mesh, String host, String path) throws IOException {
        String answer = SampleTls.plainly(mesh.port(80), host, path);
        return answer.startsWith("HTTP/1.1 ") ? answer.substring(9, 12) : answer;
    }

    private static String version(SampleMesh mesh, String host, String path) throws IOException {
        String answer = SampleTls.plainly(mesh.port(80), host, path);
        int at = answer.indexOf("\"version\":\"");
        return answer.startsWith("HTTP/1.1 200") && at >= 0 ? answer.substring(at + 11, at + 13) : answer;
    }
}
