package dev.lateen.e2e.mesh;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// One workload with real Envoy beside it, another with our proxy, in one mesh that allows mutual TLS alone.
final class MixedMeshIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String STRICT = """
            apiVersion: security.istio.io/v1
            kind: PeerAuthentication
            metadata: {name: default, namespace: istio-system}
            spec: {mtls: {mode: STRICT}}
            ---
            """;

    @TempDir
    Path directory = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"explicit", "transparent"})
    void speaksMutualTlsInBothDirections(String capture) throws IOException {
        RunningMesh.assumeRuns(capture, "envoy");
        String manifests = STRICT
                + RunningMesh.peer("ours", "", "")
                + RunningMesh.peer("theirs", ", local.lateen.dev/proxy: envoy", "")
                + RunningMesh.gateway("ours", "theirs");
        try (RunningMesh mesh = RunningMesh.of(directory, manifests, "--capture", capture)) {
            await().atMost(SOON).until(() -> knows(mesh.ask("ours", "/fetch", "http://theirs/"), "theirs", "ours"));
            await().atMost(SOON).until(() -> knows(mesh.ask("theirs", "/fetch", "http://ours/"), "ours", "theirs"));
        }
    }

    /// The callee's proxy saw the caller's certificate.
    private static boolean knows(String answer, String callee, String caller) {
        return answer.startsWith("200 " + callee)
                && answer.contains("URI=spiffe://cluster.local/ns/default/sa/" + caller);
    }
}
