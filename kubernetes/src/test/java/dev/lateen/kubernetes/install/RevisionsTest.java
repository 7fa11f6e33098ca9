package dev.lateen.kubernetes.install;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.kubernetes.operator.Operators;
import dev.lateen.kubernetes.operator.Rendering;
import dev.lateen.kubernetes.tree.Trees;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What several control planes beside each other have in common, and what not.
final class RevisionsTest {
    @Test
    void sharesNoObjectButThoseOfAllRevisions() {
        Set<InstalledObject> common = objects("a");
        common.retainAll(objects("b"));
        assertThat(common.stream()
                        .filter(one -> !one.kind().equals("CustomResourceDefinition"))
                        .filter(one -> !one.name().startsWith("istio-ingressgateway"))
                        .map(InstalledObject::toString))
                .containsExactlyInAnyOrder(
                        "Namespace istio-system", "ServiceAccount istio-system/istio-reader-service-account");
    }

    @Test
    void namesTheObjectsOfARevisionAsToolsExpectThem() {
        MeshManifests manifests = Operators.manifests("revision: canary");
        assertThat(manifests.objects().stream()
                        .map(object -> InstalledObject.of(object).toString()))
                .contains(
                        "Deployment istio-system/istiod-canary",
                        "Service istio-system/istiod-canary",
                        "ConfigMap istio-system/istio-canary",
                        "ConfigMap istio-system/istio-sidecar-injector-canary",
                        "MutatingWebhookConfiguration istio-sidecar-injector-canary",
                        "ValidatingWebhookConfiguration istio-validator-canary-istio-system");
        assertThat(InstalledObject.of(manifests.state()).name()).isEqualTo("installed-state-canary");
    }

    @Test
    void appliesSettingsOfTheControlPlaneToThatOfTheRevision() {
        MeshManifests manifests =
                Operators.manifests("revision: canary\ncomponents: {pilot: {k8s: {priorityClassName: high}}}");
        assertThat(Trees.text(
                        Operators.object(manifests, "Deployment", "istiod-canary"),
                        "spec",
                        "template",
                        "spec",
                        "priorityClassName"))
                .isEqualTo("high");
    }

    @Test
    void selectsItsOwnPodsOnly() {
        ObjectNode canary = Operators.object(Operators.manifests("revision: canary"), "Service", "istiod-canary");
        ObjectNode plain = Operators.object(Operators.manifests(""), "Service", "istiod");
        assertThat(Trees.at(canary, "spec", "selector"))
                .isEqualTo(Trees.object("app", "istiod", "istio.io/rev", "canary"));
        assertThat(Trees.at(plain, "spec", "selector")).isEqualTo(Trees.object("app", "istiod", "istio", "pilot"));
        ObjectNode deployment =
                Operators.object(Operators.manifests("revision: canary"), "Deployment", "istiod-canary");
        assertThat(Trees.text(deployment, "spec", "template", "metadata", "labels", "istio"))
                .isEmpty();
    }

    @Test
    void tellsProxiesOfARevisionWhereTheirControlPlaneIs() {
        MeshManifests manifests = Operators.manifests("", "revision=canary");
        assertThat(Trees.text(Operators.object(manifests, "ConfigMap", "istio-canary"), "data", "mesh"))
                .contains("discoveryAddress: istiod-canary.istio-system.svc:15012");
        assertThat(Operators.object(manifests, "Deployment", "istio-ingressgateway")
                        .toString())
                .contains("istiod-canary.istio-system.svc:15012");
    }

    @Test
    void keepsANumberAsRevisionAText() {
        ObjectNode deployment = Operators.object(Operators.manifests("", "revision=10"), "Deployment", "istiod-10");
        assertThat(Trees.at(deployment, "metadata", "labels", "istio.io/rev").isString())
                .isTrue();
    }

    @Test
    void asksOneRevisionAboutEachPod() {
        List<ObjectNode> plain = hooks(Operators.manifests("").objects());
        List<ObjectNode> canary = hooks(Operators.manifests("revision: canary").objects());
        List<ObjectNode> prod = hooks(Rendering.tag("prod", "canary", "istio-system", false));
        Map<String, String> none = Map.of();
        Map<String, String> enabled = Map.of("istio-injection", "enabled");
        Map<String, String> inject = Map.of("sidecar.istio.io/inject", "true");
        Map<String, String> ofCanary = Map.of("istio.io/rev", "canary");
        Map<String, String> ofProd = Map.of("istio.io/rev", "prod");
        assertThat(asked(plain, canary, prod, none, none)).isEmpty();
        assertThat(asked(plain, canary, prod, enabled, none)).containsExactly("default");
        assertThat(asked(plain, canary, prod, none, inject)).containsExactly("default");
        assertThat(asked(plain, canary, prod, ofCanary, none)).containsExactly("canary");
        assertThat(asked(plain, canary, prod, ofProd, none)).containsExactly("prod");
        assertThat(asked(plain, canary, prod, none, ofProd)).containsExactly("prod");
        // The namespace's word counts more than the pod's, and the oldest label most.
        assertThat(asked(plain, canary, prod, ofCanary, ofProd)).containsExactly("canary");
        assertThat(asked(plain, canary, prod, join(enabled, ofCanary), none)).containsExactly("default");
        assertThat(asked(plain, canary, prod, Map.of("istio-injection", "disabled"), ofCanary))
                .isEmpty();
        assertThat(asked(plain, canary, prod, ofCanary, Map.of("sidecar.istio.io/inject", "false")))
                .isEmpty();
        assertThat(asked(plain, canary, prod, Map.of("istio.io/rev", "default"), none))
                .containsExactly("default");
    }

    @Test
    void letsTheTagDefaultTakeThePlaceOfTheControlPlaneWithoutAName() {
        List<ObjectNode> objects = Rendering.tag("default", "canary", "istio-system", false);
        assertThat(objects.stream().map(object -> Trees.text(object, "metadata", "name")))
                .containsExactly("istio-revision-tag-default", "istiod-default-validator");
        List<ObjectNode> hooks = hooks(objects);
        assertThat(hooks).anyMatch(hook -> matches(hook, Map.of("istio-injection", "enabled"), Map.of()));
        assertThat(hooks)
                .allMatch(hook ->
                        Trees.text(hook, "clientConfig", "service", "name").equals("istiod-canary"));
        assertThat(Trees.text(objects.getLast(), "metadata", "labels", "istio.io/rev"))
                .isEqualTo("canary");
    }

    @Test
    void leavesWebhooksThatStepBackWhereTheyAre() {
        ObjectNode injector =
                Operators.object(Operators.manifests(""), "MutatingWebhookConfiguration", "istio-sidecar-injector");
        int hooks = Trees.objects(injector, "webhooks").size();
        List<Object> steps = RevisionTags.deactivation(injector, "sidecar-injector.istio.io");
        assertThat(steps).hasSize(3 * hooks);
        ObjectNode validator = Operators.object(
                Operators.manifests(""), "ValidatingWebhookConfiguration", "istio-validator-istio-system");
        assertThat(RevisionTags.deactivation(validator, "validation.istio.io"))
                .hasSize(3)
                .first()
                .asString()
                .contains("/webhooks/1/name");
    }

    @Test
    void makesTheTagsThatItsValuesName() {
        MeshManifests manifests =
                Operators.manifests("revision: canary\nvalues: {revisionTags: [prod], defaultRevision: canary}");
        ObjectNode tag = Operators.object(manifests, "MutatingWebhookConfiguration", "istio-revision-tag-prod");
        assertThat(Trees.text(tag, "metadata", "labels", "istio.io/tag")).isEqualTo("prod");
        assertThat(Trees.text(tag, "metadata", "labels", "istio.io/rev")).isEqualTo("canary");
        assertThat(Operators.object(manifests, "ValidatingWebhookConfiguration", "istiod-default-validator")
                        .toString())
                .contains("\"name\":\"istiod-canary\"");
    }

    @Test
    void asksAboutAllPodsWhereEverybodyGetsASidecar() {
        List<ObjectNode> hooks =
                hooks(Operators.manifests("", "values.sidecarInjectorWebhook.enableNamespacesByDefault=true")
                        .objects());
        assertThat(hooks).filteredOn(hook -> matches(hook, Map.of(), Map.of())).hasSize(1);
        assertThat(hooks)
                .noneMatch(hook -> matches(hook, Map.of("kubernetes.io/metadata.name", "kube-system"), Map.of()));
    }

    @Test
    void countsThePodsThatStillNeedARevision() {
        ObjectNode of = pod("shop", "1-0", Trees.object("sidecar.istio.io/status", "{}"));
        ObjectNode another = pod("shop", "1-1", Trees.object("sidecar.istio.io/status", "{}"));
        ObjectNode gateway = pod("istio-system", "1-0", Trees.object());
        ObjectNode leaving = of.deepCopy();
        Trees.into(leaving, "metadata").put("deletionTimestamp", "now");
        assertThat(RevisionUse.of(List.of(of, of, another, gateway, leaving), "1-0"))
                .containsExactly("shop (2)");
    }

    private static ObjectNode pod(String namespace, String revision, ObjectNode annotations) {
        annotations.put("istio.io/rev", revision);
        return Trees.object("metadata", Trees.object("namespace", namespace, "annotations", annotations));
    }

    private static Set<InstalledObject> objects(String revision) {
        return Operators.manifests("revision: " + revision).objects().stream()
                .map(InstalledObject::of)
                .collect(Collectors.toSet());
    }

    private static List<ObjectNode> hooks(List<ObjectNode> objects) {
        return objects.stream()
                .filter(object -> Trees.text(object, "kind").equals("MutatingWebhookConfiguration"))
                .flatMap(object -> Trees.objects(object, "webhooks").stream())
                .toList();
    }

    private static List<String> asked(
            List<ObjectNode> plain,
            List<ObjectNode> canary,
            List<ObjectNode> prod,
            Map<String, String> namespace,
            Map<String, String> pod) {
        Map<String, List<ObjectNode>> all = new TreeMap<>(Map.of("default", plain, "canary", canary, "prod", prod));
        // A pod that its annotation names is the API server's to find.
        return all.entrySet().stream()
                .flatMap(one -> one.getValue().stream()
                        .filter(hook -> !hook.has("matchConditions") && matches(hook, namespace, pod))
                        .map(_ -> one.getKey()))
                .toList();
    }

    private static Map<String, String> join(Map<String, String> one, Map<String, String> other) {
        Map<String, String> both = new TreeMap<>(one);
        both.putAll(other);
        return both;
    }

    /// As an API server reads selectors.
    private static boolean matches(ObjectNode hook, Map<String, String> namespace, Map<String, String> pod) {
        return all(hook.path("namespaceSelector"), namespace) && all(hook.path("objectSelector"), pod);
    }

    private static boolean all(JsonNode selector, Map<String, String> labels) {
        return Trees.objects(selector, "matchExpressions").stream().allMatch(one -> {
            String value = labels.getOrDefault(Trees.text(one, "key"), "");
            boolean present = labels.containsKey(Trees.text(one, "key"));
            List<String> values = Trees.texts(one, "values");
            return switch (Trees.text(one, "operator")) {
                case "In" -> present && values.contains(value);
                case "NotIn" -> !present || !values.contains(value);
                case "DoesNotExist" -> !present;
                default -> throw new AssertionError("operator of " + one);
            };
        });
    }
}
