package dev.lateen.model.analyze;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lateen.model.resource.ParsedResource.Valid;
import dev.lateen.model.resource.ParserSettings;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceParser;
import dev.lateen.model.source.YamlDocument;
import dev.lateen.model.source.YamlLimits;
import dev.lateen.model.source.YamlReader;
import dev.lateen.model.tree.Fields;
import dev.lateen.model.tree.Node.Mapping;
import dev.lateen.model.validate.Vectors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Our messages beside those that `istioctl analyze` gives: code, resource, level and text. Two things are
/// set aside. Lines: ours is the field's, Istio's often only the resource's, so that what is said twice of a resource
/// counts once. And the words in which a library says what is wrong with a regular expression or a value.
@Tag("analysis")
class AnalysisVectorsTest {
    private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");

    @Test
    void saysWhatIstioSays() throws IOException {
        Optional<Path> suite = Vectors.suite("analysis");
        if (suite.isEmpty()) {
            System.err.println("SKIPPED: no conformance vectors; set LATEEN_VECTORS to their directory");
        }
        assumeTrue(suite.isPresent(), "conformance vectors are not at hand");
        List<String> failures = new ArrayList<>();
        List<Path> cases;
        try (Stream<Path> found = Files.list(suite.get())) {
            cases = found.filter(one -> Files.exists(one.resolve("expected.json")))
                    .sorted()
                    .toList();
        }
        for (Path one : cases) {
            differences(one).ifPresent(failures::add);
        }
        System.out.printf("vectors analysis: %d of %d pass%n", cases.size() - failures.size(), cases.size());
        failures.forEach(failure -> System.out.println("  " + failure));
        assertThat(cases.size()).isPositive();
        assertThat(failures).isEmpty();
    }

    private static Optional<String> differences(Path one) throws IOException {
        Fields options = json(one.resolve("options.json"));
        String name = options.text("analyzer", "");
        Optional<Analyzer> analyzer = Analyzer.named(name);
        if (analyzer.isEmpty()) {
            return Optional.of(one.getFileName() + ": no analyzer " + name);
        }
        List<RawResource> resources = new ArrayList<>();
        ResourceParser parser = new ResourceParser(new ParserSettings(YamlLimits.DEFAULT, ""));
        for (String file : options.texts("inputs")) {
            parser.parse(Files.readString(one.resolve(file)), file, resources.size())
                    .forEach(parsed -> {
                        if (parsed instanceof Valid valid) {
                            resources.add(valid.resource());
                        }
                    });
        }
        Optional<String> mesh = options.text("meshConfig");
        if (mesh.isPresent()) {
            resources.add(MeshConfigFile.of(Files.readString(one.resolve(mesh.get())), mesh.get()));
        }
        List<String> ours = new MeshAnalysis(new AnalysisSettings("istio-system", true, false, NOW), List.of())
                .run(resources, List.of(analyzer.get())).stream()
                        .map(message -> line(
                                message.diagnostic().code(),
                                message.origin(),
                                message.diagnostic().severity().word(),
                                message.diagnostic().message()))
                        .distinct()
                        .sorted()
                        .toList();
        List<String> theirs = json(one.resolve("expected.json"))
                .objects(
                        "detail",
                        detail -> line(
                                detail.text("code", ""),
                                detail.text("resource", ""),
                                detail.text("level", ""),
                                detail.text("text", "")))
                .stream()
                .distinct()
                .sorted()
                .toList();
        return ours.equals(theirs)
                ? Optional.empty()
                : Optional.of(one.getFileName() + "\n    missing " + without(theirs, ours) + "\n    more "
                        + without(ours, theirs));
    }

    private static String line(String code, String resource, String level, String text) {
        String comparable = switch (code) {
            case "IST0122", "IST0125" -> text.replaceFirst("(: | \\()[^:(]*\\)?$", "");
            default -> text;
        };
        return code + " " + resource + " " + level.toLowerCase(Locale.ROOT) + " " + comparable;
    }

    private static List<String> without(List<String> all, List<String> others) {
        List<String> rest = new ArrayList<>(all);
        others.forEach(rest::remove);
        return rest;
    }

    private static Fields json(Path file) throws IOException {
        YamlDocument document = new YamlReader(YamlLimits.DEFAULT)
                .read(Files.readString(file), file.getFileName().toString())
                .getFirst();
        assertThat(document).isInstanceOf(YamlDocument.Read.class);
        return new Fields((Mapping) ((YamlDocument.Read) document).root());
    }
}
