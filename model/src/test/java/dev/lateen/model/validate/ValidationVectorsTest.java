package dev.lateen.model.validate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.diagnostic.Severity;
import dev.lateen.model.resource.Metadata;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceKey;
import dev.lateen.model.schema.FieldNames;
import dev.lateen.model.schema.KindSchema;
import dev.lateen.model.schema.Schemas;
import dev.lateen.model.source.YamlDocument;
import dev.lateen.model.source.YamlLimits;
import dev.lateen.model.source.YamlReader;
import dev.lateen.model.tree.Fields;
import dev.lateen.model.tree.Node.Field;
import dev.lateen.model.tree.Node.Mapping;
import dev.lateen.model.tree.Node.Sequence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Our verdict on resources whose verdict by Istio's own validator is known.
@Tag("validation")
class ValidationVectorsTest {
    private static final Set<String> SETTINGS = Set.of("MeshConfig", "MeshProxyConfig", "MeshNetworks");

    private final Validator validator = Validator.create();

    @Test
    void agreesWithIstiosValidator() throws IOException {
        Optional<Path> suite = Vectors.suite("validation");
        if (suite.isEmpty()) {
            System.err.println("SKIPPED: no conformance vectors; set LATEEN_VECTORS to their directory");
        }
        assumeTrue(suite.isPresent(), "conformance vectors are not at hand");
        List<String> failures = new ArrayList<>();
        int total = 0;
        for (Path file : jsonFiles(suite.get())) {
            for (Mapping vector : cases(file)) {
                total++;
                verdictOn(vector).ifPresent(failures::add);
            }
        }
        System.out.printf("vectors validation: %d of %d pass%n", total - failures.size(), total);
        failures.forEach(failure -> System.out.println("  " + failure));
        assertThat(total).isPositive();
        assertThat(failures).isEmpty();
    }

    private Optional<String> verdictOn(Mapping vector) {
        Fields fields = new Fields(vector);
        List<Diagnostic> found = validate(fields);
        boolean valid = !Diagnostic.anyError(found);
        boolean warned = found.stream().anyMatch(finding -> finding.severity() == Severity.WARNING);
        boolean agrees = valid == fields.flag("valid") && warned == fields.flag("warning");
        return agrees
                ? Optional.empty()
                : Optional.of(fields.text("kind", "") + " " + fields.text("name", "") + ": valid " + valid + " warned "
                        + warned + ", expected valid " + fields.flag("valid") + " warned " + fields.flag("warning")
                        + "; "
                        + fields.text("error", "") + fields.text("warningText", "") + "; ours " + found);
    }

    private List<Diagnostic> validate(Fields vector) {
        String kind = vector.text("kind", "");
        String apiVersion = vector.text("apiVersion", "");
        String group = apiVersion.contains("/") ? apiVersion.substring(0, apiVersion.indexOf('/')) : "";
        Mapping spec = (Mapping) vector.node("spec").orElseThrow();
        KindSchema schema = Schemas.standard()
                .kind(SETTINGS.contains(kind) ? "" : group, kind)
                .orElseThrow();
        FieldNames names = new FieldNames(Schemas.standard());
        List<Diagnostic> found = new ArrayList<>();
        if (SETTINGS.contains(kind)) {
            Mapping settings = names.normalize(spec, schema.root(), found);
            found.addAll(validator.validateSettings(kind, settings));
            return found;
        }
        Map<String, Field> document = new LinkedHashMap<>();
        for (String name : List.of("apiVersion", "kind", "metadata", "spec")) {
            vector.node(name).ifPresent(node -> document.put(name, new Field(node.at(), node)));
        }
        Mapping root = names.normalize(new Mapping(document, spec.at()), schema.root(), found);
        Fields metadata =
                vector.object("metadata", fields -> fields).orElse(new Fields(new Mapping(Map.of(), spec.at())));
        Metadata read = new Metadata(
                metadata.text("name", ""),
                metadata.text("namespace", ""),
                metadata.textMap("labels"),
                metadata.textMap("annotations"),
                Instant.EPOCH,
                0,
                0,
                "");
        found.addAll(validator.validate(new RawResource(
                apiVersion, new ResourceKey(group, kind, read.namespace(), read.name()), read, root, spec.at())));
        return found;
    }

    private static List<Path> jsonFiles(Path suite) throws IOException {
        try (Stream<Path> files = Files.list(suite)) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
    }

    private static List<Mapping> cases(Path file) throws IOException {
        YamlDocument document = new YamlReader(YamlLimits.DEFAULT)
                .read(Files.readString(file), file.getFileName().toString())
                .getFirst();
        assertThat(document).isInstanceOf(YamlDocument.Read.class);
        Sequence all = (Sequence) ((YamlDocument.Read) document).root();
        return all.items().stream().map(Mapping.class::cast).toList();
    }
}
