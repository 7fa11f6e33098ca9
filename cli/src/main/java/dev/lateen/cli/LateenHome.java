package dev.lateen.cli;

import java.nio.file.Path;
import java.util.Optional;

/// Where this installation is, as the launcher says. Thread: any.
final class LateenHome {
    private LateenHome() {}

    static Path directory() {
        return Path.of(Optional.ofNullable(System.getenv("LATEEN_HOME")).orElse(""))
                .toAbsolutePath();
    }

    static Path launcher() {
        return directory().resolve("lateen");
    }

    /// Where running meshes keep their state, one directory each.
    static Path runDirectory() {
        return Optional.ofNullable(System.getenv("LATEEN_RUN_DIR"))
                .map(Path::of)
                .orElseGet(() -> directory().resolve(".lateen").resolve("run"))
                .toAbsolutePath();
    }
}
