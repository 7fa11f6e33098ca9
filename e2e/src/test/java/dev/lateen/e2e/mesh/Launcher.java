package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The command of the checkout that the tests run in.
public final class Launcher {
    private Launcher() {}

    public static Path path() {
        Path directory = Path.of("").toAbsolutePath();
        while (directory != null && !Files.isExecutable(directory.resolve("lateen"))) {
            directory = directory.getParent();
        }
        assertThat(directory).as("the directory with ./lateen").isNotNull();
        return directory.resolve("lateen");
    }

    /// @param out what a command wrote to its standard output
    record Run(int status, String out) {}

    /// Runs a command to its end.
    static Run run(String... words) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(path().toString()));
        line.addAll(List.of(words));
        Process process = new ProcessBuilder(line)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(out).isTrue();
        return new Run(process.exitValue(), out);
    }
}
