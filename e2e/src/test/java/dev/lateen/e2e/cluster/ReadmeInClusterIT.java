package dev.lateen.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// What the README has its readers type for a cluster, typed.
@EnabledIfSystemProperty(named = "lateen.cluster", matches = "true", disabledReason = "./dev cluster runs it")
final class ReadmeInClusterIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void worksAsItIsWritten() throws IOException, InterruptedException {
        Assumptions.assumeFalse(System.getenv().containsKey("IMAGE_HUB"), "the README's images have no other names");
        InstalledMesh.loadImages();
        try (Kubectl cluster = Kubectl.start()) {
            Set<String> before = ClusterObjects.of(cluster);
            String said = Kubectl.command(List.of("bash", "-euxo", "pipefail"), script());
            assertThat(said)
                    .contains("everything is there and ready")
                    .contains("\"status\":200,\"version\":\"v2\"")
                    .containsPattern("(?m)^order-service-\\S+\\.default +Kubernetes +istiod-")
                    .containsPattern("(?m)^user-service\\S+ +(OK|AUTO) +STRICT ");
            Awaitility.await()
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(ClusterObjects.changes(before, ClusterObjects.of(cluster)))
                            .isEmpty());
        }
    }

    /// Without the first two lines, which make the images and load them.
    private static String script() throws IOException {
        String readme = Files.readString(InstalledMesh.HOME.resolve("README.md"));
        String section = readme.substring(readme.indexOf("## On Kubernetes"));
        String block = section.substring(section.indexOf("```sh\n") + 6);
        List<String> lines = block.substring(0, block.indexOf("```")).lines().toList();
        assertThat(lines.get(0)).startsWith("./dev images");
        assertThat(lines.get(1)).contains("$LOAD");
        return "cd " + InstalledMesh.HOME.toAbsolutePath() + "\n" + String.join("\n", lines.subList(2, lines.size()))
                + "\n";
    }
}
