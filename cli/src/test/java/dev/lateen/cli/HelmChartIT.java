package dev.lateen.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lateen.kubernetes.operator.InstallResource;
import dev.lateen.kubernetes.tree.Trees;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Helm makes of the chart what `install` makes of the same values. Needs `helm` on the PATH.
///
/// Not compared: who manages the objects, namespaces and definitions, which Helm has elsewhere, and the text of
/// what was asked for.
final class HelmChartIT {
    private static final String MANAGER = "app.kubernetes.io/managed-by";

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "global.hub=h",
                "gateways.istio-egressgateway.enabled=true pilot.autoscaleEnabled=false pilot.replicaCount=2",
                "global.networkPolicy.enabled=true global.imagePullSecrets={a,b} pilot.env.A=1 meshConfig.accessLogFile=x",
                "gateways.istio-ingressgateway.serviceAnnotations.a=b gateways.istio-ingressgateway.type=NodePort"
                        + " meshConfig.defaultConfig.concurrency=2 pilot.nodeSelector.disk=ssd"
            })
    void makesTheSameObjectsAsInstall(String values) throws IOException, InterruptedException {
        assumeTrue(hasHelm(), "no helm on the PATH: ./dev tools installs it");
        // Given
        Path chart = directory.resolve("chart");
        CommandRun.of("manifest", "chart", chart.toString());
        List<String> ours = new ArrayList<>(List.of("manifest", "generate"));
        List<String> helm = new ArrayList<>(List.of(
                "helm", "template", "istio", chart.toString(), "-n", "istio-system", "--kube-version", "1.30.0"));
        for (String one : values.split(" ")) {
            ours.addAll(List.of("--set", "values." + one));
            helm.addAll(List.of("--set", one));
        }
        // When
        CommandRun run = CommandRun.of(ours.toArray(String[]::new));
        Map<String, JsonNode> expected = objects(run.out());
        Map<String, JsonNode> rendered = objects(output(helm));
        // Then
        assertThat(rendered.keySet()).isEqualTo(expected.keySet());
        for (Map.Entry<String, JsonNode> one : expected.entrySet()) {
            assertThat(rendered.get(one.getKey())).as(one.getKey()).isEqualTo(one.getValue());
        }
    }

    private static Map<String, JsonNode> objects(String manifests) {
        Map<String, JsonNode> objects = new TreeMap<>();
        for (ObjectNode object : InstallResource.objects(manifests, "manifests")) {
            String kind = Trees.text(object, "kind");
            String name = Trees.text(object, "metadata", "name");
            if (kind.equals("Namespace") || kind.equals("CustomResourceDefinition")) {
                continue;
            }
            withoutManager(object);
            for (ObjectNode container : Trees.objects(object, "spec", "template", "spec", "containers")) {
                Trees.named(Trees.objects(container, "env"), "PROXY_CONFIG")
                        .ifPresent(one -> one.set("value", Trees.parse(Trees.text(one, "value"))));
            }
            if (object.get("data") instanceof ObjectNode data) {
                data.remove("merged-values");
                for (String field : List.copyOf(data.propertyNames())) {
                    data.set(
                            field,
                            InstallResource.objects(Trees.text(data, field), field)
                                    .getFirst());
                }
            }
            objects.put(kind + " " + name, object);
        }
        return objects;
    }

    private static void withoutManager(ObjectNode object) {
        for (String[] path : new String[][] {{"metadata", "labels"}, {"spec", "template", "metadata", "labels"}}) {
            if (Trees.at(object, path) instanceof ObjectNode labels) {
                labels.remove(MANAGER);
            }
        }
    }

    private static boolean hasHelm() {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(one -> Files.isExecutable(Path.of(one, "helm")));
    }

    private static String output(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(text).isZero();
        return text;
    }
}
