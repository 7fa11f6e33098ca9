package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Policies with action CUSTOM, whose servers are workloads of a mesh that allows mutual TLS alone. With our proxy, and
/// with real Envoy where all integration tests are asked for.
final class CustomPolicyIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String REFUSED = "403: " + Judge.REFUSAL;

    private static final String MESH = """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: istio, namespace: istio-system}
            data:
              mesh: |
                extensionProviders:
                - name: by-http
                  envoyExtAuthzHttp: {service: judge.default.svc.cluster.local, port: 80, timeout: 5s}
                - name: by-grpc
                  envoyExtAuthzGrpc: {service: grpc-judge.default.svc.cluster.local, port: 80, timeout: 5s}
            ---
            apiVersion: security.istio.io/v1
            kind: PeerAuthentication
            metadata: {name: default, namespace: istio-system}
            spec: {mtls: {mode: STRICT}}
            ---
            """;

    @TempDir
    Path directory = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"lateen", "envoy"})
    void asksTheirServers(String proxy) throws IOException {
        RunningMesh.assumeAsked("explicit", proxy);
        String manifests = MESH
                + policy("shop", "by-http")
                + policy("bank", "by-grpc")
                + policy("vault", "by-nobody")
                + RunningMesh.peer("shop", "", "")
                + RunningMesh.peer("bank", "", "")
                + RunningMesh.peer("vault", "", "")
                + judge("judge", "")
                + judge("grpc-judge", ", {name: JUDGE_GRPC, value: yes}").replace("name: http,", "name: grpc,")
                + RunningMesh.gateway("shop", "bank", "vault");
        try (RunningMesh mesh = RunningMesh.of(directory, manifests, "--proxy", proxy, "--capture", "explicit")) {
            for (String name : new String[] {"shop", "bank"}) {
                await().atMost(SOON)
                        .untilAsserted(() ->
                                assertThat(mesh.ask(name, "/private/good", "")).startsWith(name + " "));
                assertThat(mesh.ask(name, "/private/bad", "")).isEqualTo(REFUSED);
                mesh.explains(403, "/private/bad", "AuthorizationPolicy default/ask-" + name, "/private*");
                assertThat(mesh.ask(name, "/open", "")).startsWith(name + " ");
            }
            await().atMost(SOON)
                    .untilAsserted(
                            () -> assertThat(mesh.ask("vault", "/open", "")).startsWith("vault "));
            assertThat(mesh.ask("vault", "/private/good", "")).isEqualTo("403: RBAC: access denied");
            mesh.explains(403, "/private/good", "AuthorizationPolicy default/ask-vault", "by-nobody");
        }
    }

    private static String policy(String app, String provider) {
        return """
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: ask-%1$s, namespace: default}
                spec:
                  selector: {matchLabels: {app: %1$s}}
                  action: CUSTOM
                  provider: {name: %2$s}
                  rules: [{to: [{operation: {paths: ["/private*"]}}]}]
                ---
                """.formatted(app, provider);
    }

    private static String judge(String name, String environment) {
        return RunningMesh.peer(name, "", environment)
                .replaceAll(
                        "-cp \\S+ dev.lateen.e2e.mesh.Peer",
                        "-cp " + System.getProperty("java.class.path").replace("$", "\\$")
                                + " dev.lateen.e2e.mesh.Judge");
    }
}
