package dev.lateen.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lateen.cli.output.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ValidateCommandTest {
    private static final String BROKEN = """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata:
              name: shop
            spec:
              hosts: [shop]
              http:
              - timeuot: 5s
                route:
                - destination:
                    host: shop
            """;

    @TempDir
    private Path directory = Path.of("");

    @Test
    void printsPlaceCaretAndAdvice() throws IOException {
        Path file = Files.writeString(directory.resolve("vs.yaml"), BROKEN);
        CommandRun run = CommandRun.of("validate", "-f", file.toString());
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out())
                .contains("vs.yaml:8:5: error: spec.http[0].timeuot: unknown field")
                .contains("  8 |   - timeuot: 5s\n    |     ^\n")
                .contains("did you mean 'timeout'?")
                .contains("1 error,");
    }

    @Test
    void endsWithZeroWhereNothingIsWrong() throws IOException {
        Files.writeString(directory.resolve("vs.yaml"), BROKEN.replace("timeuot", "timeout"));
        CommandRun run = CommandRun.of("validate", "-f", directory.toString());
        assertThat(run.status()).isZero();
        assertThat(run.out()).contains("1 valid resource, 0 errors");
    }

    @Test
    void printsDiagnosticsAsJson() throws IOException {
        Files.writeString(directory.resolve("vs.yaml"), BROKEN);
        CommandRun run = CommandRun.of("validate", "-f", directory.toString(), "-o", "json");
        assertThat(run.status()).isEqualTo(1);
        var first = Json.read(run.out()).path("diagnostics").path(0);
        assertThat(first.path("line").asInt(0)).isEqualTo(8);
        assertThat(first.path("code").asString("")).isEqualTo("unknown-field");
    }

    @Test
    void printsDiagnosticsAsYaml() throws IOException {
        Files.writeString(directory.resolve("vs.yaml"), BROKEN);
        CommandRun run = CommandRun.of("validate", "-f", directory.toString(), "-o", "yaml");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out()).contains("- advice: \"did you mean 'timeout'?\"").contains("errors: 1");
    }

    @Test
    void refusesAMissingFile() {
        CommandRun run =
                CommandRun.of("validate", "-f", directory.resolve("none.yaml").toString());
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).contains("none.yaml: no such file or directory");
    }

    @Test
    void acceptsTheSeed() {
        Path seed = Path.of(Optional.ofNullable(System.getenv("LATEEN_VECTORS")).orElse("../../shared/vectors"))
                .resolveSibling("seed")
                .resolve("yaml");
        assumeTrue(Files.isDirectory(seed), "no seed at " + seed + ": set LATEEN_VECTORS");
        CommandRun run = CommandRun.of("validate", "-f", seed.toString());
        assertThat(run.status()).isZero();
        assertThat(run.out())
                .contains("field is an extension")
                .contains("these rules have no effect there")
                .contains("0 errors");
    }
}
