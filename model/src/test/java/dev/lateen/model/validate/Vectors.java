package dev.lateen.model.validate;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Finds the conformance data: the system property `lateen.vectors`, the environment variable `LATEEN_VECTORS`, or
/// `shared/vectors` in a directory above.
public final class Vectors {
    private static final int LEVELS = 5;

    private Vectors() {}

    public static Optional<Path> suite(String name) {
        String named = System.getProperty("lateen.vectors", System.getenv("LATEEN_VECTORS"));
        if (named != null) {
            return Optional.of(Path.of(named, name)).filter(Files::isDirectory);
        }
        Path above = Path.of("").toAbsolutePath();
        for (int level = 0; level < LEVELS && above != null; level++) {
            Path suite = above.resolve("shared").resolve("vectors").resolve(name);
            if (Files.isDirectory(suite)) {
                return Optional.of(suite);
            }
            above = above.getParent();
        }
        return Optional.empty();
    }
}
