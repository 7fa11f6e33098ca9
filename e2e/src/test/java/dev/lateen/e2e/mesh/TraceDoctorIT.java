package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.e2e.behaviour.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `lateen trace doctor` names the workload whose application drops the fields of a trace, and nobody else, from what a
/// real Zipkin was told by either data plane.
final class TraceDoctorIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String PASSED = "x-request-id traceparent tracestate x-b3-traceid x-b3-spanid x-b3-sampled";

    @TempDir
    Path directory = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"lateen", "envoy"})
    void namesTheHopThatLosesTheTrace(String proxy) throws Exception {
        RunningMesh.assumeAsked("explicit", proxy);
        try (Zipkin zipkin = Zipkin.start(Zipkin.assumedJar(), Ports.free(), directory.resolve("zipkin.log"))) {
            String manifests = Zipkin.traced(zipkin.port())
                    + RunningMesh.peer("first", "", ", {name: PEER_PASSES, value: \"" + PASSED + "\"}")
                    + RunningMesh.peer("second", "", ", {name: PEER_PASSES, value: \"accept\"}")
                    + RunningMesh.peer("third", "", "")
                    + RunningMesh.gateway("first");
            try (RunningMesh mesh = RunningMesh.of(directory, manifests, "--capture", "explicit", "--proxy", proxy)) {
                await().atMost(SOON)
                        .until(() -> mesh.ask("first", "/fetch", "http://second/fetch?http://third/")
                                .contains("200 third"));
                await().atMost(SOON).untilAsserted(() -> {
                    String said = doctor(zipkin);
                    assertThat(said.lines().filter(line -> line.startsWith("broken")))
                            .as(said)
                            .singleElement()
                            .asString()
                            .startsWith("broken   second.");
                    assertThat(said).contains("whole    first.", "advice: hand on", "traceparent");
                });
            }
        }
    }

    private String doctor(Zipkin zipkin) throws IOException, InterruptedException {
        Path said = directory.resolve("doctor.txt");
        Process process = new ProcessBuilder(
                        Launcher.path().toString(), "trace", "doctor", "--zipkin", "http://127.0.0.1:" + zipkin.port())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return Files.readString(said);
    }
}
