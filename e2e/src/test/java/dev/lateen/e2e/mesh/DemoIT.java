package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The demo's checks, from the command that a newcomer types. Transparent capture runs only where it is asked for
/// (`LATEEN_DEMO_TRANSPARENT=1`, root), since it takes as long again.
final class DemoIT {
    private static final long LONGEST_MINUTES = 10;

    @TempDir
    Path directory;

    @Test
    void allChecksPassWithExplicitCapture() throws IOException, InterruptedException {
        assumeTrue(answersOnAllOfLoopback(), "SKIPPED: this system does not answer on all of 127.0.0.0/8");
        check("explicit");
    }

    @Test
    void allChecksPassWithTransparentCapture() throws IOException, InterruptedException {
        assumeTrue(
                "1".equals(System.getenv("LATEEN_DEMO_TRANSPARENT")),
                "SKIPPED: LATEEN_DEMO_TRANSPARENT=1 runs it, as root");
        check("transparent");
    }

    private void check(String capture) throws IOException, InterruptedException {
        Path log = directory.resolve("demo.log");
        String name = "it-" + capture + "-" + ProcessHandle.current().pid();
        List<String> words = new ArrayList<>(
                List.of(launcher().toString(), "demo", "--check", "--capture", capture, "--name", name));
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

    private static Path launcher() {
        Path directory = Path.of("").toAbsolutePath();
        while (directory != null && !Files.isExecutable(directory.resolve("lateen"))) {
            directory = directory.getParent();
        }
        assertThat(directory).as("the directory with ./lateen").isNotNull();
        return directory.resolve("lateen");
    }

    private static boolean answersOnAllOfLoopback() {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress("127.99.1.1", 0));
            return true;
        } catch (IOException _) {
            return false;
        }
    }
}
