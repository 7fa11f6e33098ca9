package dev.lateen.kubernetes.inject;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.model.mesh.ProxyConfigs;
import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.resource.ParserSettings;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What is in force for a pod where MeshConfig, resources and the pod's annotation all say something.
class ProxySettingsTest {
    private static final String MESH = "{\"defaultConfig\": {\"concurrency\": 1, \"drainDuration\": \"7s\","
            + "\"proxyMetadata\": {\"WHO\": \"mesh\", \"MESH\": \"yes\"}}}";
    private static final String ROOT =
            config("root", "istio-system", "concurrency: 2, environmentVariables: {WHO: root}");
    private static final String NAMESPACE =
            config("all", "shop", "concurrency: 3, environmentVariables: {WHO: namespace}, image: {imageType: debug}");
    private static final String ANNOTATION = "{concurrency: 4, proxyMetadata: {WHO: annotation}}";
    private static final String WORKLOAD = config(
            "own",
            "shop",
            "selector: {matchLabels: {app: user}}, concurrency: 5, environmentVariables: {WHO: workload}");

    @Test
    void putsTheNearerOverTheWider() {
        assertThat(inForce("", "")).isEqualTo("1 mesh");
        assertThat(inForce(ROOT, "")).isEqualTo("2 root");
        assertThat(inForce(ROOT + NAMESPACE, "")).isEqualTo("3 namespace");
        assertThat(inForce(ROOT + NAMESPACE, ANNOTATION)).isEqualTo("4 annotation");
        assertThat(inForce(ROOT + NAMESPACE + WORKLOAD, ANNOTATION)).isEqualTo("5 workload");
    }

    @Test
    void addsVariablesUp() {
        ProxySettings settings = settings(ROOT + NAMESPACE, "proxyMetadata: {OWN: yes}");
        assertThat(settings.metadata()).isEqualTo(Map.of("WHO", "namespace", "MESH", "yes", "OWN", "yes"));
        assertThat(settings.imageType()).isEqualTo("debug");
        assertThat(settings.differences()).contains("\"drainDuration\":\"7s\"");
    }

    @Test
    void takesNothingOfOthers() {
        assertThat(inForce(
                        config("elsewhere", "bank", "concurrency: 8")
                                + config("other", "shop", "selector: {matchLabels: {app: order}}, concurrency: 9")
                                + config("far", "istio-system", "selector: {matchLabels: {app: user}}, concurrency: 6"),
                        ""))
                .isEqualTo("1 mesh");
    }

    @Test
    void takesTheEldestOfTwoThatWouldBeForAPod() {
        assertThat(inForce(
                        WORKLOAD + WORKLOAD.replace("name: own", "name: also").replace("5", "6"), ""))
                .isEqualTo("5 workload");
    }

    private static String inForce(String resources, String annotation) {
        ProxySettings settings = settings(resources, annotation);
        return Trees.text(settings.tree(), "concurrency") + " "
                + settings.metadata().get("WHO");
    }

    private static ProxySettings settings(String resources, String annotation) {
        List<RawResource> parsed = new ArrayList<>();
        for (ParsedResource one : new ResourceParser(ParserSettings.DEFAULT).parse(resources, "proxies.yaml")) {
            parsed.add(((ParsedResource.Valid) one).resource());
        }
        return ProxySettings.of(
                        Trees.parse(MESH),
                        ProxyConfigs.of("istio-system", parsed),
                        "shop",
                        Map.of("app", "user"),
                        Optional.of(annotation))
                .orElseThrow();
    }

    private static String config(String name, String namespace, String spec) {
        return """
                ---
                apiVersion: networking.istio.io/v1beta1
                kind: ProxyConfig
                metadata: {name: %s, namespace: %s}
                spec: {%s}
                """.formatted(name, namespace, spec);
    }
}
