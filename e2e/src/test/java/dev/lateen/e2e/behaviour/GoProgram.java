package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// Programs of the tests that are written in Go, below `src/test/go`.
public final class GoProgram {
    private static final Path SOURCES = Path.of("src", "test", "go");
    private static final Path PROGRAMS = Path.of("target", "go").toAbsolutePath();

    private GoProgram() {}

    /// Skips a test where these are not asked for or cannot be built, and says why.
    public static void assumeAsked() {
        assumeTrue("all".equals(System.getProperty("lateen.it")), "SKIPPED: -Dlateen.it=all asks with Go programs too");
        assumeTrue(
                Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                        .anyMatch(one -> Files.isExecutable(Path.of(one, "go"))),
                "SKIPPED: no go on PATH");
    }

    /// Builds it where anything changed.
    ///
    /// @param name of its folder
    public static synchronized Path build(String name) throws IOException {
        Path program = PROGRAMS.resolve(name);
        Process go = new ProcessBuilder("go", "build", "-buildvcs=false", "-o", program.toString(), ".")
                .directory(SOURCES.resolve(name).toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(go.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            assertThat(go.waitFor()).as("go build: " + said).isZero();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException(interrupted);
        }
        return program;
    }
}
