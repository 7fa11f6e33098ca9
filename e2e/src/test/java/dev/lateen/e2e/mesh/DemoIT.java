package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The demo's checks, from the command that a newcomer types. With our proxy wherever the capture is possible; with
/// real Envoy where all integration tests are asked for (`lateen.it=all`), since each mode takes about two minutes.
final class DemoIT {
    private static final long LONGEST_MINUTES = 20;

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({"lateen, explicit", "lateen, transparent", "envoy, explicit", "envoy, transparent"})
    void allChecksPass(String proxy, String capture) throws IOException, InterruptedException {
        RunningMesh.assumeAsked(capture, proxy);
        check("--proxy", proxy, "--capture", capture);
    }

    private void check(String... options) throws IOException, InterruptedException {
        Path log = directory.resolve("demo.log");
        String name = "it-demo-" + ProcessHandle.current().pid();
        List<String> words = new ArrayList<>(List.of(Launcher.path().toString(), "demo", "--check", "--name", name));
        words.addAll(List.of(options));
        Process demo = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (!demo.waitFor(LONGEST_MINUTES, TimeUnit.MINUTES)) {
                fail("the demo runs longer than " + LONGEST_MINUTES + " minutes:\n" + Files.readString(log));
            }
        } finally {
            demo.destroy();
        }
        assertThat(demo.exitValue()).as(Files.readString(log)).isZero();
    }
}
