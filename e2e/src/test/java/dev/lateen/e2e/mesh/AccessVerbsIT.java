package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What `can`, `authn tls-check`, `x authz check` and `x precheck-strict` say of a running mesh, and that it is so.
final class AccessVerbsIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String CLIENT = "ns/istio-system/sa/istio-ingressgateway-service-account";

    private static final String POLICIES = """
            apiVersion: security.istio.io/v1
            kind: AuthorizationPolicy
            metadata: {name: readers, namespace: default}
            spec:
              selector: {matchLabels: {app: shop}}
              rules:
              - to: [{operation: {methods: [GET], paths: ["/open*"]}}]
            ---
            apiVersion: security.istio.io/v1
            kind: PeerAuthentication
            metadata: {name: strict, namespace: default}
            spec: {selector: {matchLabels: {app: vault}}, mtls: {mode: STRICT}}
            ---
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: off, namespace: default}
            spec: {host: "*.default.svc.cluster.local", trafficPolicy: {tls: {mode: DISABLE}}}
            ---
            """;

    @TempDir
    Path directory = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"lateen", "envoy"})
    void sayWhatProxiesDo(String proxy) throws Exception {
        RunningMesh.assumeAsked("explicit", proxy);
        String manifests = POLICIES
                + RunningMesh.peer("shop", "", "")
                + RunningMesh.peer("vault", "", "")
                + RunningMesh.gateway("shop", "vault");
        try (RunningMesh mesh = RunningMesh.of(directory, manifests, "--proxy", proxy, "--capture", "explicit")) {
            await().atMost(SOON)
                    .untilAsserted(
                            () -> assertThat(mesh.ask("shop", "/open", "")).startsWith("shop "));
            assertThat(mesh.ask("shop", "/private", "")).isEqualTo("403: RBAC: access denied");
            mesh.explains(403, "/private", "AuthorizationPolicy default/readers", "methods: [GET]");
            // Refused for want of a host as well, until the gateway has heard of its pod.
            await().atMost(SOON).untilAsserted(() -> {
                assertThat(mesh.ask("vault", "/open", "")).startsWith("503");
                mesh.explains(503, "/open", "PeerAuthentication default/strict", "mtls: {mode: STRICT}");
            });

            Run allowed = run(mesh, "can", CLIENT, "GET", "shop.default/open/1");
            assertThat(allowed.status()).isZero();
            assertThat(allowed.out())
                    .contains("AuthorizationPolicy readers.default, rule 0 at ")
                    .contains("all.yaml:7");
            Run denied = run(mesh, "can", CLIENT, "GET", "shop.default/private");
            assertThat(denied.status()).isEqualTo(1);
            assertThat(denied.out()).startsWith("denied (403)").contains("readers.default at ");
            Run reset = run(mesh, "can", CLIENT, "GET", "vault.default/open");
            assertThat(reset.out()).startsWith("denied (reset)").contains("PeerAuthentication strict.default at ");

            Run checked = run(mesh, "x", "authz", "check", "deploy/shop");
            assertThat(checked.out()).containsPattern("ALLOW +readers.default +1 +\\S+all.yaml:1\n");

            Run tls = run(mesh, "authn", "tls-check", "deploy/istio-ingressgateway.istio-system");
            assertThat(tls.status()).isEqualTo(1);
            assertThat(tls.out())
                    .containsPattern("shop.default.svc.cluster.local:80 +OK +PERMISSIVE +DISABLE +- +off/default")
                    .containsPattern(
                            "vault.default.svc.cluster.local:80 +CONFLICT +STRICT +DISABLE +strict/default +off")
                    .containsPattern("client: DestinationRule off/default at \\S+all.yaml:");

            Run strict = run(mesh, "x", "precheck-strict");
            assertThat(strict.status()).isEqualTo(1);
            assertThat(strict.out())
                    .containsPattern(
                            "istio-ingressgateway.istio-system +shop.default .*off/default at \\S+ says DISABLE");
        }
    }

    private record Run(int status, String out) {}

    private static Run run(RunningMesh mesh, String... words) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(Launcher.path().toString()));
        line.addAll(List.of(words));
        line.addAll(List.of("--mesh", mesh.name()));
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(out).isTrue();
        return new Run(process.exitValue(), out);
    }
}
