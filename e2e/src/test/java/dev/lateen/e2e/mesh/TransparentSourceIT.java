package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Interception by TPROXY: an application sees who really calls, where with REDIRECT it sees its own pod.
final class TransparentSourceIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    Path directory = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"lateen", "envoy"})
    void isTheClients(String proxy) throws IOException, InterruptedException {
        RunningMesh.assumeAsked("transparent", proxy);
        String manifests = RunningMesh.peer("client", "", "")
                + RunningMesh.peer("usual", "", "")
                + RunningMesh.peer("keeping", ", sidecar.istio.io/interceptionMode: TPROXY", "")
                + RunningMesh.gateway("client", "keeping");
        try (RunningMesh mesh = RunningMesh.of(directory, manifests, "--proxy", proxy, "--capture", "transparent")) {
            await().atMost(SOON).until(() -> mesh.ask("client", "/", "").startsWith("client"));
            String client = OutsideCaller.address(mesh, "client").getHostString();

            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(mesh.ask("client", "/fetch", "http://keeping/caller"))
                            .isEqualTo("200 " + client));
            assertThat(mesh.ask("client", "/fetch", "http://usual/caller"))
                    .startsWith("200 ")
                    .isNotEqualTo("200 " + client);
            // A connection that is kept serves nobody else.
            assertThat(mesh.ask("keeping", "/caller", "")).startsWith("198.").isNotEqualTo(client);
            assertThat(mesh.ask("client", "/fetch", "http://keeping/caller")).isEqualTo("200 " + client);
            // What such a pod sends is redirected as ever.
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(mesh.ask("keeping", "/fetch", "http://usual/"))
                            .startsWith("200 usual"));
        }
    }
}
