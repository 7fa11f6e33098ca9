package dev.lateen.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.lateen.cli.output.Json;
import dev.lateen.cli.workload.MachineSetup;
import dev.lateen.cli.workload.SettingsText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/// Our output against istioctl's on recorded dumps. Conformance data is not part of this repository: LATEEN_VECTORS
/// names its place. Of `analyze` it is recorded whether it fails. Cases of verbs that are not built yet are left out by
/// name.
@Tag("istioctl")
class IstioctlVectorsTest {
    private static final Path VECTORS = Path.of(
                    Optional.ofNullable(System.getenv("LATEEN_VECTORS")).orElse("../../shared/vectors"))
            .resolve("istioctl");

    @TestFactory
    Stream<DynamicTest> printsWhatIstioctlPrints() throws IOException {
        assumeTrue(Files.isDirectory(VECTORS), "no conformance data at " + VECTORS + ": set LATEEN_VECTORS");
        List<Path> cases;
        try (Stream<Path> found = Files.list(VECTORS)) {
            cases = found.filter(path -> path.getFileName().toString().startsWith("pc-"))
                    .sorted()
                    .toList();
        }
        assertThat(cases).as("cases").isNotEmpty();
        return cases.stream().map(one -> dynamicTest(one.getFileName().toString(), () -> check(one)));
    }

    /// What a cluster would be asked for is in the case.
    @TestFactory
    Stream<DynamicTest> writesWhatIstioctlWritesForMachines() throws IOException {
        assumeTrue(Files.isDirectory(VECTORS), "no conformance data at " + VECTORS + ": set LATEEN_VECTORS");
        List<Path> cases;
        try (Stream<Path> found = Files.list(VECTORS)) {
            cases = found.filter(path -> path.getFileName().toString().startsWith("workload-entry-configure-"))
                    .sorted()
                    .toList();
        }
        assertThat(cases).as("cases").isNotEmpty();
        return cases.stream()
                .map(one -> dynamicTest(one.getFileName().toString(), () -> {
                    List<String> words = Json.read(Files.readString(one.resolve("options.json")))
                            .path("args")
                            .valueStream()
                            .map(word -> word.asString(""))
                            .toList();
                    MachineSetup setup = new MachineSetup(
                            SettingsText.read(Files.readString(one.resolve("input.yaml")), "input"),
                            SettingsText.read(Files.readString(one.resolve("mesh.yaml")), "mesh"),
                            new MachineSetup.ControlPlanePlace(
                                    "istio-system", option(words, "--revision"), option(words, "--ingressIP")),
                            option(words, "--clusterID"),
                            option(words, "--internalIP"),
                            true,
                            words.contains("--autoregister"));
                    assertThat(setup.clusterEnv().strip()).isEqualTo(expected(one, "cluster.env"));
                    assertThat(setup.hosts().strip()).isEqualTo(expected(one, "hosts"));
                    assertThat(SettingsText.read(setup.meshYaml(), "ours"))
                            .isEqualTo(SettingsText.read(expected(one, "mesh.yaml"), "theirs"));
                }));
    }

    private static String option(List<String> words, String name) {
        int at = words.indexOf(name);
        return at < 0 ? "" : words.get(at + 1);
    }

    private static String expected(Path one, String file) throws IOException {
        return Files.readString(one.resolve("expected." + file)).strip();
    }

    @TestFactory
    Stream<DynamicTest> analysesToTheSameEnd() throws IOException {
        assumeTrue(Files.isDirectory(VECTORS), "no conformance data at " + VECTORS + ": set LATEEN_VECTORS");
        List<Path> cases;
        try (Stream<Path> found = Files.list(VECTORS)) {
            cases = found.filter(path -> path.getFileName().toString().startsWith("analyze-"))
                    .sorted()
                    .toList();
        }
        assertThat(cases).as("cases").isNotEmpty();
        return cases.stream()
                .map(one -> dynamicTest(one.getFileName().toString(), () -> {
                    CommandRun run = CommandRun.of(withFiles(one));
                    boolean fails = Json.read(Files.readString(one.resolve("expected.json")))
                            .path("commandFails")
                            .asBoolean();
                    assertThat(run.err()).isEmpty();
                    assertThat(run.status()).as(run.out()).isEqualTo(fails ? 79 : 0);
                }));
    }

    private static String[] withFiles(Path one) throws IOException {
        return Json.read(Files.readString(one.resolve("options.json"))).path("args").values().stream()
                .map(word -> word.asString(""))
                .map(word -> Files.exists(one.resolve(word)) ? one.resolve(word).toString() : word)
                .toArray(String[]::new);
    }

    private static void check(Path one) throws IOException {
        CommandRun run = CommandRun.of(arguments(one));
        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        Path expected = expected(one);
        String text = Files.readString(expected);
        if (expected.toString().endsWith(".json")) {
            assertThat(Json.read(run.out())).isEqualTo(Json.read(text));
        } else if (expected.toString().endsWith(".yaml")) {
            assertThat(YamlTrees.read(run.out())).isEqualTo(YamlTrees.read(text));
        } else {
            assertThat(run.out().stripTrailing()).isEqualTo(text.stripTrailing());
        }
    }

    private static Path expected(Path one) throws IOException {
        try (Stream<Path> files = Files.list(one)) {
            return files.filter(path -> path.getFileName().toString().startsWith("expected."))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static String[] arguments(Path one) throws IOException {
        JsonNode options = Json.read(Files.readString(one.resolve("options.json")));
        List<String> arguments = new ArrayList<>();
        for (JsonNode word : options.path("args")) {
            String text = word.asString();
            arguments.add(text.contains("/") ? one.resolve(text).toString() : text);
        }
        if (arguments.isEmpty()) {
            arguments.addAll(List.of(options.path("command").asString("").split(" ")));
            String input = options.path("input").asString("input.json");
            arguments.addAll(List.of("-f", one.resolve(input).toString()));
            String output = options.path("output").asString("summary");
            arguments.addAll(List.of("-o", output.endsWith("summary") ? "short" : output));
            options.path("filter")
                    .properties()
                    .forEach(filter -> arguments.addAll(
                            List.of("--" + filter.getKey(), filter.getValue().asString(""))));
        }
        return arguments.toArray(String[]::new);
    }
}
