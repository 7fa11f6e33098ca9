package dev.lateen.kubernetes.inject;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.kubernetes.webhook.AdmissionRequest;
import dev.lateen.kubernetes.webhook.InjectionHook;
import dev.lateen.kubernetes.webhook.NamespaceFacts;
import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.source.YamlDocument;
import dev.lateen.model.source.YamlLimits;
import dev.lateen.model.source.YamlReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Our injection against recorded ones, as files and as a webhook. Conformance data is not part of this repository:
/// LATEEN_VECTORS names its place. How two manifests are compared is told in [Normalized].
@Tag("inject")
class InjectVectorsTest {
    private static final Path VECTORS = Path.of(
                    Optional.ofNullable(System.getenv("LATEEN_VECTORS")).orElse("../../shared/vectors"))
            .resolve("inject");
    private static final Map<String, String> TEST_NAMESPACE = Map.of(
            "openshift.io/sa.scc.uid-range", "1000620000/10000",
            "openshift.io/sa.scc.supplemental-groups", "1000620000/10000");
    private static final int SHOWN = 8;
    private static final int NATIVE_SINCE = 33;

    @Test
    void injectsFilesAsRecorded() throws IOException {
        assumeTrue(Files.isDirectory(VECTORS), "no conformance data at " + VECTORS + ": set LATEEN_VECTORS");
        List<String> failed = new ArrayList<>();
        int all = 0;
        for (Path one : cases()) {
            if (!Trees.flag(options(one), "skipKubeInject")) {
                all++;
                addFailure(one, kubeInject(one), failed);
            }
        }
        report("inject (files)", all, failed);
    }

    @Test
    void answersTheWebhookAsRecorded() throws IOException {
        assumeTrue(Files.isDirectory(VECTORS), "no conformance data at " + VECTORS + ": set LATEEN_VECTORS");
        List<String> failed = new ArrayList<>();
        int all = 0;
        for (Path one : cases()) {
            if (!Trees.flag(options(one), "skipWebhook")) {
                all++;
                addFailure(one, webhook(one), failed);
            }
        }
        report("inject (webhook)", all, failed);
    }

    private static void addFailure(Path one, List<String> differences, List<String> failed) {
        if (!differences.isEmpty()) {
            failed.add(one.getFileName() + ": "
                    + String.join("\n    ", differences.subList(0, Math.min(SHOWN, differences.size()))));
        }
    }

    /// Every recorded case passes: that is the floor.
    private static void report(String suite, int all, List<String> failed) {
        System.out.printf("vectors %s: %d of %d pass%n", suite, all - failed.size(), all);
        failed.forEach(line -> System.out.println("  " + line));
        assertThat(all).isPositive();
        assertThat(failed).isEmpty();
    }

    private static List<Path> cases() throws IOException {
        try (Stream<Path> found = Files.list(VECTORS)) {
            return found.filter(one -> Files.exists(one.resolve("options.json")))
                    .sorted()
                    .toList();
        }
    }

    private static List<String> kubeInject(Path one) throws IOException {
        JsonNode options = options(one);
        ManifestInjector injector = new ManifestInjector(
                settings(one, options), namespace -> namespace.equals("test-ns") ? TEST_NAMESPACE : Map.of());
        List<JsonNode> actual = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        StringBuilder errors = new StringBuilder();
        for (JsonNode document : documents(one.resolve("input.yaml"))) {
            ManifestInjector.Outcome outcome = injector.inject((ObjectNode) document);
            actual.add(outcome.object());
            notes.addAll(outcome.notes());
            outcome.diagnostics().forEach(found -> errors.append(found.summary()));
        }
        String expectedError = Trees.text(options, "expectedErrorSubstring");
        if (!expectedError.isEmpty()) {
            return errors.toString().toLowerCase(Locale.ROOT).contains(expectedError)
                    ? List.of()
                    : List.of("expected error: " + expectedError + ", got: " + errors);
        }
        if (!errors.isEmpty()) {
            return List.of("refused: " + errors);
        }
        String expectedLog = Trees.text(options, "expectedLogSubstring");
        if (!String.join("\n", notes).contains(expectedLog)) {
            return List.of("expected note: " + expectedLog + ", got: " + notes);
        }
        return Normalized.differences(documents(one.resolve("expected.yaml")), actual);
    }

    /// A workload's pod as its controller would create it, sent to the webhook, and its answer's patch applied.
    private static List<String> webhook(Path one) throws IOException {
        JsonNode options = options(one);
        InjectionHook hook = new InjectionHook(
                settings(one, options).withRevision("default"),
                namespace -> Optional.of(new NamespaceFacts(
                        Map.of("istio-injection", "enabled"),
                        namespace.equals("test-ns") ? TEST_NAMESPACE : Map.of())));
        List<JsonNode> actual = new ArrayList<>();
        StringBuilder errors = new StringBuilder();
        List<ObjectNode> workloads = workloads(documents(one.resolve("input.yaml")));
        for (ObjectNode workload : workloads) {
            ObjectNode pod = podOf(workload);
            AdmissionRequest request = AdmissionRequest.read(Trees.object(
                                    "apiVersion",
                                    "admission.k8s.io/v1",
                                    "kind",
                                    "AdmissionReview",
                                    "request",
                                    Trees.object(
                                            "uid", "1", "namespace", namespace(workload), "object", pod.deepCopy()))
                            .toString())
                    .orElseThrow();
            JsonNode response = Trees.parse(hook.answer(request, "/inject")).path("response");
            errors.append(Trees.text(response, "status", "message"));
            actual.add(scrubbed(patched(pod, response)));
        }
        String expectedError = Trees.text(options, "expectedErrorSubstring");
        if (!expectedError.isEmpty()) {
            return errors.toString().toLowerCase(Locale.ROOT).contains(expectedError)
                    ? List.of()
                    : List.of("expected error: " + expectedError + ", got: " + errors);
        }
        List<JsonNode> expected = new ArrayList<>();
        for (ObjectNode workload : workloads(documents(one.resolve("expected.yaml")))) {
            expected.add(scrubbed(podOf(workload)));
        }
        return Normalized.differences(expected, actual);
    }

    private static String namespace(ObjectNode workload) {
        String namespace = Trees.text(workload, "metadata", "namespace");
        return namespace.isEmpty() ? "default" : namespace;
    }

    private static List<ObjectNode> workloads(List<JsonNode> documents) {
        List<ObjectNode> found = new ArrayList<>();
        for (JsonNode document : documents) {
            if (document.has("items")) {
                found.addAll(workloads(document.path("items").valueStream().toList()));
            } else if (Trees.at(document, "spec", "template", "spec") instanceof ObjectNode
                    || Trees.text(document, "kind").equals("Pod")) {
                found.add((ObjectNode) document);
            }
        }
        return found;
    }

    private static ObjectNode podOf(ObjectNode workload) {
        if (Trees.text(workload, "kind").equals("Pod")) {
            return workload.deepCopy();
        }
        ObjectNode template = ((ObjectNode) Trees.at(workload, "spec", "template")).deepCopy();
        ObjectNode pod = Trees.object("metadata", template.path("metadata"), "spec", template.path("spec"));
        Trees.into(pod, "metadata")
                .set(
                        "ownerReferences",
                        Trees.array(Trees.object(
                                "apiVersion",
                                Trees.text(workload, "apiVersion"),
                                "kind",
                                Trees.text(workload, "kind"),
                                "name",
                                Trees.text(workload, "metadata", "name"),
                                "controller",
                                true)));
        return pod;
    }

    private static JsonNode patched(ObjectNode pod, JsonNode response) {
        String encoded = Trees.text(response, "patch");
        ObjectNode patched = pod.deepCopy();
        JsonNode patch = encoded.isEmpty()
                ? Trees.array()
                : Trees.parse(new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8));
        for (JsonNode step : patch) {
            List<String> path = List.of(Trees.text(step, "path").substring(1).split("/"));
            JsonNode holder = patched;
            for (String name : path.subList(0, path.size() - 1)) {
                holder = holder.path(unescaped(name));
            }
            String last = unescaped(path.getLast());
            if (Trees.text(step, "op").equals("remove")) {
                ((ObjectNode) holder).remove(last);
            } else {
                ((ObjectNode) holder).set(last, step.path("value"));
            }
        }
        return patched;
    }

    private static String unescaped(String name) {
        return name.replace("~1", "/").replace("~0", "~");
    }

    /// The webhook is not asked to agree on the status annotation.
    private static JsonNode scrubbed(JsonNode pod) {
        Trees.into((ObjectNode) pod, "metadata").remove(List.of("ownerReferences", "namespace"));
        Trees.into((ObjectNode) pod, "metadata", "annotations").remove(Names.STATUS);
        return pod;
    }

    private static InjectionSettings settings(Path one, JsonNode options) throws IOException {
        return new InjectionSettings(
                document(own(one, "values.json")),
                document(own(one, "mesh.yaml")),
                "",
                nativeSidecars(options),
                Trees.text(options, "env", "PLATFORM").equals("openshift"));
    }

    private static boolean nativeSidecars(JsonNode options) {
        return !Trees.text(options, "nativeSidecars").equals("disabled")
                && Trees.texts(options, "nodeKubeletVersions").stream()
                        .allMatch(version -> Integer.parseInt(version.split("\\.")[1]) >= NATIVE_SINCE);
    }

    private static Path own(Path one, String name) {
        Path own = one.resolve(name);
        return Files.exists(own) ? own : VECTORS.resolve("_common").resolve(name);
    }

    private static JsonNode options(Path one) throws IOException {
        return document(one.resolve("options.json"));
    }

    private static JsonNode document(Path file) throws IOException {
        return documents(file).getFirst();
    }

    private static List<JsonNode> documents(Path file) throws IOException {
        List<JsonNode> trees = new ArrayList<>();
        for (YamlDocument document : new YamlReader(YamlLimits.DEFAULT).read(Files.readString(file), file.toString())) {
            switch (document) {
                case YamlDocument.Read(var root, var _) -> trees.add(Trees.of(root));
                case YamlDocument.Broken broken ->
                    throw new IllegalStateException(String.join(
                            "\n",
                            broken.diagnostics().stream()
                                    .map(Diagnostic::toString)
                                    .toList()));
            }
        }
        return trees;
    }
}
