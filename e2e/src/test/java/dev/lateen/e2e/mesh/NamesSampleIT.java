package dev.lateen.e2e.mesh;

import static dev.lateen.e2e.mesh.SampleMesh.SAMPLES;
import static dev.lateen.e2e.mesh.SampleMesh.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The sample of names that only the mesh knows, on both data planes.
final class NamesSampleIT {
    @TempDir
    private static Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"lateen", "envoy"})
    void reachesWhomANameIsFor(String plane) throws Exception {
        RunningMesh.assumeAsked("transparent", plane);
        try (SampleMesh mesh = SampleMesh.captured(plane, directory, "names", SAMPLES.resolve("common/asker.yaml"))) {
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(mesh.asks("elders.members.example:7000/api/users")
                                    .body())
                            .contains("\"status\":200,\"version\":\"v1\""));
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(mesh.asks("newcomers.members.example:7000/api/users")
                                    .body())
                            .contains("\"status\":200,\"version\":\"v2\""));
            await().atMost(SOON)
                    .untilAsserted(() ->
                            assertThat(mesh.asks("people/api/users").body()).contains("\"status\":200"));
            assertThat(mesh.asks("nobody.members.example:7000/api/users").body())
                    .contains("error");
        }
    }
}
