package dev.lateen.kubernetes.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lateen.kubernetes.install.MeshManifests;
import dev.lateen.kubernetes.tree.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Our manifests against recorded ones: which objects an IstioOperator makes. Conformance data is not part of this
/// repository: LATEEN_VECTORS names its place.
///
/// What is not compared: namespaces, which Istio makes without listing them; our own kinds, IstioOperator and a kind
/// that is younger than the records; the rights of a controller that makes gateways of Gateway resources, which we have
/// not.
@Tag("operator")
class OperatorVectorsTest {
    private static final Path VECTORS = Path.of(
                    Optional.ofNullable(System.getenv("LATEEN_VECTORS")).orElse("../../shared/vectors"))
            .resolve("operator");
    private static final Set<String> NOT_OURS = Set.of("istiod-gateway-controller-istio-system");
    /// Ambient mode, which is refused by name.
    private static final Set<String> REFUSED = Set.of("ztunnel", "ztunnel_tolerations");

    @Test
    void makesTheObjectsThatAreRecorded() throws IOException {
        assumeTrue(Files.isDirectory(VECTORS), "no conformance data at " + VECTORS + ": set LATEEN_VECTORS");
        Map<String, String> failed = new TreeMap<>();
        int all = 0;
        for (Path one : cases()) {
            all++;
            String difference = difference(one);
            if (!difference.isEmpty()) {
                failed.put(one.getFileName().toString(), difference);
            }
        }
        System.out.printf("vectors operator: %d of %d pass%n", all - failed.size(), all);
        failed.forEach((name, difference) -> System.out.println("  " + name + ": " + difference));
        assertThat(all).isPositive();
        assertThat(failed.keySet()).isSubsetOf(REFUSED);
    }

    private static List<Path> cases() throws IOException {
        try (Stream<Path> found = Files.list(VECTORS)) {
            return found.filter(one -> Files.exists(one.resolve("options.json")))
                    .sorted()
                    .toList();
        }
    }

    private static String difference(Path one) throws IOException {
        JsonNode options = Trees.parse(Files.readString(one.resolve("options.json")));
        OperatorReader reader = new OperatorReader();
        Path input = one.resolve("input.yaml");
        if (Files.exists(input)) {
            reader.addFile(Files.readString(input), "input.yaml");
        }
        for (String flag : Trees.text(options, "flags").split("--set ")) {
            if (!flag.isBlank()) {
                reader.addSetting(flag.strip());
            }
        }
        Optional<OperatorSpec> spec = reader.spec("hub", "tag");
        if (spec.isEmpty()) {
            return reader.findings().toString();
        }
        MeshManifests manifests = MeshManifests.of(spec.get());
        if (manifests.objects().isEmpty()) {
            return manifests.findings().toString();
        }
        Set<String> made = manifests.objects().stream()
                .filter(OperatorVectorsTest::isCompared)
                .map(OperatorVectorsTest::title)
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> expected = Trees.parse(Files.readString(one.resolve("expected-objects.json")))
                .valueStream()
                .filter(object -> !NOT_OURS.contains(Trees.text(object, "name")))
                .map(object -> String.join(
                        " ",
                        Trees.text(object, "apiVersion"),
                        Trees.text(object, "kind"),
                        Trees.text(object, "namespace"),
                        Trees.text(object, "name")))
                .collect(Collectors.toCollection(TreeSet::new));
        boolean whole = Trees.text(options, "diffSelect").isEmpty();
        Set<String> missing = new TreeSet<>(expected);
        missing.removeAll(made);
        Set<String> more = new TreeSet<>(whole ? made : Set.of());
        more.removeAll(expected);
        return missing.isEmpty() && more.isEmpty() ? "" : "missing " + missing + ", too many " + more;
    }

    private static boolean isCompared(ObjectNode object) {
        String name = Trees.text(object, "metadata", "name");
        return !Trees.text(object, "kind").equals("Namespace")
                && !name.startsWith("istiod-gateway-credentials")
                && !name.endsWith(".policy.lateen.dev")
                && !name.endsWith(".install.istio.io")
                && !name.equals("trafficextensions.extensions.istio.io");
    }

    private static String title(ObjectNode object) {
        return String.join(
                " ",
                Trees.text(object, "apiVersion"),
                Trees.text(object, "kind"),
                Trees.text(object, "metadata", "namespace"),
                Trees.text(object, "metadata", "name"));
    }
}
