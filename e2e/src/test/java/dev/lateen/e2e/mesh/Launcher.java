package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;

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
}
