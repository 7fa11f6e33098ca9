package dev.lateen.e2e.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lateen.translate.Translator;
import dev.lateen.xds.XdsResources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Envoy as its own project releases it takes every resource that our control plane makes for it.
class EnvoyAcceptsIT {
    static Stream<Arguments> proxies() {
        return Mesh.all().stream().flatMap(mesh -> Stream.of(Seat.values()).map(seat -> Arguments.of(mesh, seat)));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("proxies")
    void envoyTakesEveryResource(Mesh mesh, Seat seat, @TempDir Path directory) throws Exception {
        XdsResources resources = new Translator().translate(mesh.snapshot(), seat.node("ENVOY_UPSTREAM"));
        Path file = directory.resolve("bootstrap.pb");
        Files.write(file, new StaticResources(resources).bootstrap().toByteArray());
        assertThat(complaints(file)).isEmpty();
    }

    /// What `envoy --mode validate` says against a bootstrap; empty where it takes it.
    private static String complaints(Path bootstrap) throws IOException, InterruptedException {
        Path said = bootstrap.resolveSibling("envoy.log");
        Process envoy = new ProcessBuilder(
                        envoyBinary(), "--mode", "validate", "-c", bootstrap.toString(), "-l", "error")
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        assertThat(envoy.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return envoy.exitValue() == 0 ? "" : Files.readString(said);
    }

    private static String envoyBinary() {
        Optional<Path> found = Stream.concat(
                        Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                                .map(Path::of),
                        Stream.of(Path.of("..", ".lateen", "tools")))
                .map(directory -> directory.resolve("envoy"))
                .filter(Files::isExecutable)
                .findFirst();
        if (found.isEmpty()) {
            System.err.println("SKIPPED: no `envoy` on the PATH or in .lateen/tools");
        }
        assumeTrue(found.isPresent(), "no envoy");
        return found.orElseThrow().toString();
    }
}
