package dev.lateen.kubernetes.install;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.kubernetes.operator.OperatorReader;
import dev.lateen.kubernetes.operator.Operators;
import dev.lateen.kubernetes.tree.Trees;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

final class MeshManifestsTest {
    @Test
    void definesKindsBeforeTheControlPlaneAndMakesGatewaysLast() {
        List<String> kinds = Operators.manifests("").objects().stream()
                .map(MeshManifestsTest::kind)
                .toList();
        assertThat(kinds.getFirst()).isEqualTo("Namespace");
        assertThat(kinds.lastIndexOf("CustomResourceDefinition")).isLessThan(kinds.indexOf("Deployment"));
        assertThat(kinds.indexOf("Deployment")).isLessThan(kinds.indexOf("MutatingWebhookConfiguration"));
        assertThat(kinds.lastIndexOf("Deployment")).isGreaterThan(kinds.indexOf("ValidatingWebhookConfiguration"));
    }

    @Test
    void putsEverythingIntoTheChosenNamespace() {
        for (ObjectNode object :
                Operators.manifests("", "values.global.istioNamespace=mesh").objects()) {
            if (!kind(object).equals("CustomResourceDefinition")) {
                assertThat(object.toString()).doesNotContain("istio-system");
            }
        }
    }

    @Test
    void takesImagesFromTheChosenHub() {
        MeshManifests manifests = Operators.manifests("hub: registry.example/lateen\ntag: 1.2.3");
        assertThat(container(manifests, "istiod").path("image").asString(""))
                .isEqualTo("registry.example/lateen/pilot:1.2.3");
        assertThat(container(manifests, "istio-ingressgateway").path("image").asString(""))
                .isEqualTo("registry.example/lateen/proxy:1.2.3");
    }

    @Test
    void givesGatewaysTheDataPlaneThatIsAskedFor() {
        MeshManifests all = Operators.manifests("", "values.global.proxy.dataPlane=envoy");
        assertThat(container(all, "istio-ingressgateway").path("image").asString(""))
                .isEqualTo("hub/proxy-envoy:tag");
        MeshManifests one = Operators.manifests("""
                profile: demo
                values:
                  gateways:
                    istio-egressgateway:
                      podAnnotations: {lateen.dev/data-plane: envoy}
                """);
        assertThat(container(one, "istio-egressgateway").path("image").asString(""))
                .isEqualTo("hub/proxy-envoy:tag");
        assertThat(container(one, "istio-ingressgateway").path("image").asString(""))
                .isEqualTo("hub/proxy:tag");
    }

    @Test
    void aGatewaysAnnotationGoesBeforeTheMeshsSettingsOfProxies() {
        MeshManifests manifests = Operators.manifests("""
                profile: demo
                meshConfig:
                  defaultConfig:
                    concurrency: 3
                    gatewayTopology: {numTrustedProxies: 2}
                    proxyHeaders: {server: {value: mesh}}
                values:
                  gateways:
                    istio-egressgateway:
                      podAnnotations:
                        proxy.istio.io/config: |
                          gatewayTopology: {proxyProtocol: {}}
                          proxyHeaders: {requestId: {disabled: true}}
                """);
        assertThat(proxyConfig(manifests, "istio-egressgateway").toString())
                .contains("\"concurrency\":3", "\"gatewayTopology\":{\"proxyProtocol\":{}}")
                .contains("\"server\":{\"value\":\"mesh\"}", "\"requestId\":{\"disabled\":true}");
        assertThat(proxyConfig(manifests, "istio-ingressgateway").toString())
                .contains("\"gatewayTopology\":{\"numTrustedProxies\":2}")
                .doesNotContain("requestId");
    }

    private static JsonNode proxyConfig(MeshManifests manifests, String gateway) {
        return Trees.parse(Trees.text(
                Trees.named(Trees.objects(container(manifests, gateway), "env"), "PROXY_CONFIG")
                        .orElseThrow(),
                "value"));
    }

    @Test
    void letsTheControlPlaneReadNoSecretsOfOtherNamespaces() {
        List<ObjectNode> objects = Operators.manifests("").objects();
        List<String> everywhere = objects.stream()
                .filter(object -> kind(object).equals("ClusterRoleBinding"))
                .map(object -> Trees.text(object, "roleRef", "name"))
                .toList();
        assertThat(everywhere).isNotEmpty();
        for (ObjectNode object : objects) {
            if (everywhere.contains(Trees.text(object, "metadata", "name"))) {
                assertThat(Trees.objects(object, "rules"))
                        .noneMatch(rule -> Trees.texts(rule, "resources").contains("secrets"));
            }
        }
    }

    @Test
    void letsTheControlPlaneReadTheSecretsBesideAGateway() {
        MeshManifests manifests =
                Operators.manifests("components: {ingressGateways: [{name: g, namespace: edge, enabled: true}]}");
        assertThat(Operators.object(manifests, "RoleBinding", "g-sds").toString())
                .contains("\"namespace\":\"edge\"")
                .contains("\"name\":\"istiod\"");
    }

    @Test
    void asksAboutPodsThatOnlyTheirAnnotationNames() {
        ObjectNode webhook = Operators.manifests("").objects().stream()
                .flatMap(object -> Trees.objects(object, "webhooks").stream())
                .filter(one -> Trees.text(one, "name").startsWith("annotation."))
                .findFirst()
                .orElseThrow();
        assertThat(Trees.text(Trees.objects(webhook, "matchConditions").getFirst(), "expression"))
                .contains("object.metadata.annotations['sidecar.istio.io/inject']");
    }

    @Test
    void hasTheGatewaysOfItsProfile() {
        assertThat(deployments("default")).containsExactlyInAnyOrder("istiod", "istio-ingressgateway");
        assertThat(deployments("demo"))
                .containsExactlyInAnyOrder("istiod", "istio-ingressgateway", "istio-egressgateway");
        assertThat(deployments("minimal")).containsExactly("istiod");
        assertThat(deployments("empty")).isEmpty();
        assertThat(deployments("preview")).containsExactlyInAnyOrder("istiod", "istio-ingressgateway");
        assertThat(deployments("remote")).isEmpty();
    }

    @Test
    void tellsTheMeshItsConfiguration() {
        MeshManifests manifests = Operators.manifests(
                "meshConfig:\n  accessLogFile: /dev/stdout\n  defaultConfig: {concurrency: 3}\n",
                "meshConfig.outboundTrafficPolicy.mode=REGISTRY_ONLY");
        String mesh = Trees.text(Operators.object(manifests, "ConfigMap", "istio"), "data", "mesh");
        assertThat(mesh)
                .contains("accessLogFile: /dev/stdout")
                .contains("mode: REGISTRY_ONLY")
                .contains("concurrency: 3")
                .contains("discoveryAddress: istiod.istio-system.svc:15012");
    }

    @Test
    void givesGatewaysTheNamesAndLabelsThatToolsLookFor() {
        MeshManifests manifests = Operators.manifests("");
        ObjectNode service = Operators.object(manifests, "Service", "istio-ingressgateway");
        assertThat(Trees.text(service, "spec", "type")).isEqualTo("LoadBalancer");
        assertThat(service.path("spec").path("selector").toString())
                .isEqualTo("{\"app\":\"istio-ingressgateway\",\"istio\":\"ingressgateway\"}");
        for (String kind : List.of("ServiceAccount", "Role", "RoleBinding", "HorizontalPodAutoscaler")) {
            assertThat(manifests.objects().stream()
                            .filter(object -> kind(object).equals(kind))
                            .map(object -> Trees.text(object, "metadata", "name")))
                    .anyMatch(name -> name.startsWith("istio-ingressgateway"));
        }
    }

    @Test
    void keepsAdditionalGatewaysApart() {
        MeshManifests manifests = Operators.manifests("""
                components:
                  ingressGateways:
                    - {name: istio-ingressgateway, enabled: true}
                    - {name: other, namespace: edge, enabled: true}
                """);
        ObjectNode other = Operators.object(manifests, "Deployment", "other");
        assertThat(Trees.text(other, "metadata", "namespace")).isEqualTo("edge");
        assertThat(Trees.text(other, "spec", "selector", "matchLabels", "app")).isEqualTo("other");
        assertThat(Operators.object(manifests, "Namespace", "edge")).isNotNull();
    }

    @Test
    void marksAllThatItMakesSoThatItCanBeFoundAgain() {
        Set<String> unmarked =
                Operators.manifests("profile: demo", "values.global.networkPolicy.enabled=true").objects().stream()
                        .filter(object -> !Trees.text(object, "metadata", "labels", "app.kubernetes.io/managed-by")
                                .equals("lateen"))
                        .map(MeshManifestsTest::kind)
                        .collect(Collectors.toSet());
        assertThat(unmarked).containsExactlyInAnyOrder("Namespace", "CustomResourceDefinition");
    }

    @Test
    void keepsWhatWasAskedForSoThatItCanBeAskedForAgain() {
        MeshManifests manifests = Operators.manifests("profile: minimal\nhub: h", "meshConfig.accessLogFile=x");
        OperatorReader again = new OperatorReader();
        again.addFile(Trees.text(manifests.state(), "data", "operator"), "kept");
        assertThat(MeshManifests.of(again.spec("other", "other").orElseThrow()).objects())
                .isEqualTo(manifests.objects());
    }

    private static List<String> deployments(String profile) {
        return Operators.manifests("profile: " + profile).objects().stream()
                .filter(object -> kind(object).equals("Deployment"))
                .map(object -> Trees.text(object, "metadata", "name"))
                .toList();
    }

    private static JsonNode container(MeshManifests manifests, String deployment) {
        return Trees.objects(
                        Operators.object(manifests, "Deployment", deployment), "spec", "template", "spec", "containers")
                .getFirst();
    }

    private static String kind(ObjectNode object) {
        return Trees.text(object, "kind");
    }
}
