package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.e2e.behaviour.GoProgram;
import dev.lateen.e2e.behaviour.Share;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The sample `proxyless-grpc`: Go programs with gRPC's own xDS.
final class ProxylessSampleIT {
    private static final Path SAMPLE = SampleMesh.SAMPLES.resolve("proxyless-grpc");
    private static final String GREETS = " greets spiffe://cluster.local/ns/default/sa/caller\n";
    private static final int CALLS = 100;

    @TempDir
    Path directory = Path.of("");

    @Test
    void sharesCallsAndShowsWhoCalls() throws Exception {
        RunningMesh.assumeAsked("explicit", "lateen");
        GoProgram.assumeAsked();
        String program = SAMPLE.resolve("greeter/run").toString();
        assertThat(new ProcessBuilder(program, "build").inheritIO().start().waitFor())
                .isZero();
        String app = Files.readString(SAMPLE.resolve("app.yaml")).replace("greeter/run", program);
        String traffic = Files.readString(SAMPLE.resolve("traffic.yaml"));
        try (RunningMesh mesh = RunningMesh.of(directory, app + "---\n" + traffic, "--capture", "explicit")) {
            await().atMost(SampleMesh.SOON)
                    .untilAsserted(() -> assertThat(mesh.ask("caller", "/", "", "x-user", "test"))
                            .isEqualTo("v2" + GREETS));
            Map<String, Integer> answers = new TreeMap<>();
            for (int i = 0; i < CALLS; i++) {
                answers.merge(mesh.ask("caller", "/", ""), 1, Integer::sum);
            }
            assertThat(answers).containsOnlyKeys("v1" + GREETS, "v2" + GREETS);
            new Share(CALLS, 0.2).check(answers.get("v2" + GREETS), "calls to v2");
        }
    }
}
