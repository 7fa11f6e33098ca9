package dev.lateen.e2e.cluster;

import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.model.source.YamlDocument;
import dev.lateen.model.source.YamlLimits;
import dev.lateen.model.source.YamlReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Resources of Istio's kinds out of the recorded cases, each once, with what an Istio makes of it. Conformance data is
/// not part of this repository: LATEEN_VECTORS names its place.
///
/// Whether it is taken is recorded for `validation` (what the webhook says) and `crd-schema` (what the definitions
/// say).
/// The other suites show what becomes of resources that a cluster has, so these are taken.
final class RecordedObjects {
    private static final Path VECTORS =
            Path.of(Optional.ofNullable(System.getenv("LATEEN_VECTORS")).orElse("../../shared/vectors"));
    private static final Set<String> GROUPS =
            Set.of("networking.istio.io", "security.istio.io", "telemetry.istio.io", "extensions.istio.io");
    private static final List<String> IN_USE =
            List.of("analysis", "xds", "simulation", "gateway-api", "telemetry", "sidecar-scope", "authz");

    /// The one field of its type.
    private static final String LONG = "minimumRingSize";

    private final List<RecordedObject> all = new ArrayList<>();
    private final Set<JsonNode> known = new HashSet<>();

    /// What is recorded of an object.
    enum Verdict {
        TAKEN,
        REFUSED,
        NOT_RECORDED
    }

    /// @param origin suite and case
    record RecordedObject(String origin, ObjectNode object, Verdict verdict) {}

    private RecordedObjects() {}

    /// Empty where there is no conformance data.
    static List<RecordedObject> read() throws IOException {
        RecordedObjects objects = new RecordedObjects();
        if (Files.isDirectory(VECTORS)) {
            objects.addValidation();
            objects.addDefinitions();
            for (String suite : IN_USE) {
                objects.addInUse(suite);
            }
        }
        return List.copyOf(objects.all);
    }

    private void addValidation() throws IOException {
        for (Path file : files(VECTORS.resolve("validation"), ".json")) {
            for (JsonNode one : Trees.parse(Files.readString(file))) {
                add(
                        "validation/" + file.getFileName() + " " + Trees.text(one, "name"),
                        Trees.object(
                                "apiVersion",
                                Trees.text(one, "apiVersion"),
                                "kind",
                                Trees.text(one, "kind"),
                                "metadata",
                                one.path("metadata"),
                                "spec",
                                one.path("spec")),
                        Trees.flag(one, "valid") ? Verdict.TAKEN : Verdict.REFUSED);
            }
        }
    }

    private void addDefinitions() throws IOException {
        for (Path one : files(VECTORS.resolve("crd-schema"), "")) {
            Path expected = one.resolve("expected.json");
            if (Files.exists(expected)) {
                boolean taken = Trees.flag(Trees.parse(Files.readString(expected)), "accepted");
                addAll(
                        "crd-schema/" + one.getFileName(),
                        one.resolve("input.yaml"),
                        taken ? Verdict.TAKEN : Verdict.REFUSED);
            }
        }
    }

    private void addInUse(String suite) throws IOException {
        for (Path one : files(VECTORS.resolve(suite), "")) {
            if (Files.isDirectory(one)) {
                for (Path input : files(one, ".yaml")) {
                    if (input.getFileName().toString().startsWith("input")) {
                        addAll(
                                suite + "/" + one.getFileName() + "/" + input.getFileName(),
                                input,
                                Verdict.NOT_RECORDED);
                    }
                }
            }
        }
    }

    private void addAll(String origin, Path file, Verdict verdict) throws IOException {
        for (YamlDocument document : new YamlReader(YamlLimits.DEFAULT).read(Files.readString(file), origin)) {
            if (document instanceof YamlDocument.Read(var root, var _) && Trees.of(root) instanceof ObjectNode object) {
                add(origin, object, verdict);
            }
        }
    }

    private void add(String origin, ObjectNode object, Verdict verdict) {
        String version = Trees.text(object, "apiVersion");
        JsonNode content = Trees.array(
                version,
                object.path("kind"),
                object.path("spec"),
                Trees.at(object, "metadata", "labels"),
                Trees.at(object, "metadata", "annotations"),
                Trees.text(object, "metadata", "namespace").equals("istio-system"));
        if (GROUPS.contains(version.replaceAll("/.*", "")) && known.add(content)) {
            numbers(object);
            all.add(new RecordedObject(origin, object, verdict));
        }
    }

    /// Some cases went through protobuf's JSON, in which whole numbers of 64 bits are texts; no definition takes these.
    private static void numbers(JsonNode tree) {
        if (tree instanceof ObjectNode object
                && object.path(LONG).isString()
                && object.path(LONG).asString().matches("[0-9]{1,18}")) {
            object.put(LONG, Long.parseLong(object.path(LONG).asString()));
        }
        tree.forEach(RecordedObjects::numbers);
    }

    private static List<Path> files(Path directory, String ending) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> found = Files.list(directory)) {
            return found.filter(one -> one.toString().endsWith(ending)).sorted().toList();
        }
    }
}
