package dev.lateen.kubernetes.crd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.model.schema.Schemas;
import dev.lateen.model.source.YamlDocument;
import dev.lateen.model.source.YamlLimits;
import dev.lateen.model.source.YamlReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Our definitions on custom resources whose verdict by an API server is known: none that is good may be refused. What
/// the definitions alone let pass is left to validation. Conformance data is not part of this repository:
/// LATEEN_VECTORS names its place.
@Tag("crd-schema")
class DefinitionVectorsTest {
    private static final Path VECTORS = Path.of(
                    Optional.ofNullable(System.getenv("LATEEN_VECTORS")).orElse("../../shared/vectors"))
            .resolve("crd-schema");

    @Test
    void takesWhatIsGood() throws IOException {
        assumeTrue(Files.isDirectory(VECTORS), "no conformance data at " + VECTORS + ": set LATEEN_VECTORS");
        List<String> failed = new ArrayList<>();
        int good = 0;
        int refused = 0;
        try (Stream<Path> folders = Files.list(VECTORS)) {
            for (Path folder : folders.filter(Files::isDirectory).sorted().toList()) {
                List<String> problems = problems(tree(folder.resolve("input.yaml")));
                if (Trees.flag(tree(folder.resolve("expected.json")), "accepted")) {
                    good++;
                    problems.forEach(one -> failed.add(folder.getFileName() + one));
                } else if (!problems.isEmpty()) {
                    refused++;
                }
            }
        }
        System.out.printf(
                "vectors crd-schema (definitions): %d of %d pass; of the bad ones %d refused by schema alone%n",
                good - failed.size(), good, refused);
        failed.forEach(line -> System.out.println("  " + line));
        assertThat(good).isPositive();
        assertThat(failed).isEmpty();
        assertThat(refused).isPositive();
    }

    private static List<String> problems(JsonNode object) {
        String version = Trees.text(object, "apiVersion");
        int slash = version.indexOf('/');
        return ResourceDefinitions.all(Schemas.standard()).stream()
                .filter(one -> Trees.text(one, "spec", "names", "kind").equals(Trees.text(object, "kind"))
                        && Trees.text(one, "spec", "group").equals(version.substring(0, slash)))
                .flatMap(one -> Trees.objects(one, "spec", "versions").stream())
                .filter(one -> Trees.text(one, "name").equals(version.substring(slash + 1)))
                .map(one -> SchemaVerdict.problems(Trees.at(one, "schema", "openAPIV3Schema"), object))
                .findFirst()
                .orElse(List.of(": no definition for " + version));
    }

    private static JsonNode tree(Path file) throws IOException {
        YamlDocument document = new YamlReader(YamlLimits.DEFAULT)
                .read(Files.readString(file), file.toString())
                .getFirst();
        return Trees.of(((YamlDocument.Read) document).root());
    }
}
