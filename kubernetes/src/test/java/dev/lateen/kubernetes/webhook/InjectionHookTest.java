package dev.lateen.kubernetes.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.kubernetes.inject.InjectionSettings;
import dev.lateen.kubernetes.inject.InjectionValues;
import dev.lateen.kubernetes.tree.Trees;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class InjectionHookTest {
    private static final String POD = "{'metadata':{'generateName':'a-'},'spec':{'containers':[{'name':'app'}]}}";

    @Test
    void answersWithAPatchUnderTheRequestsId() {
        JsonNode response = ask(POD, Map.of("istio-injection", "enabled"));
        assertThat(Trees.text(response, "uid")).isEqualTo("u-1");
        assertThat(Trees.flag(response, "allowed")).isTrue();
        assertThat(Trees.text(response, "patchType")).isEqualTo("JSONPatch");
        JsonNode patch = Trees.parse(
                new String(Base64.getDecoder().decode(Trees.text(response, "patch")), StandardCharsets.UTF_8));
        assertThat(patch.valueStream().map(step -> Trees.text(step, "path")))
                .contains("/spec/initContainers", "/spec/volumes", "/metadata/labels");
    }

    @Test
    void allowsPodsThatGetNoSidecarAsTheyAre() {
        JsonNode response = ask(
                POD.replace("'generateName'", "'labels':{'sidecar.istio.io/inject':'false'},'generateName'"),
                Map.of("istio-injection", "enabled"));
        assertThat(Trees.flag(response, "allowed")).isTrue();
        assertThat(response.has("patch")).isFalse();
    }

    @Test
    void believesTheApiServerThatAWebhookSelectsThePod() {
        assertThat(ask(POD, Map.of()).has("patch")).isTrue();
        assertThat(ask(POD, Map.of("istio.io/rev", "prod")).has("patch")).isTrue();
    }

    @Test
    void refusesPodsWhoseWishesCannotBeMet() {
        String pod = POD.replace("'generateName'", "'annotations':{'status.sidecar.istio.io/port':'x'},'generateName'");
        JsonNode response = ask(pod, Map.of("istio-injection", "enabled"));
        assertThat(Trees.flag(response, "allowed")).isFalse();
        assertThat(Trees.text(response, "status", "message")).contains("status.sidecar.istio.io/port");
    }

    @Test
    void knowsThatItsSettingsInjectNobody() {
        ObjectNode values = InjectionValues.defaults("1");
        assertThat(new InjectionHook(settings(values), _ -> Optional.empty()).problem())
                .isEmpty();
        Trees.into(values, "sidecarInjectorWebhook").set("templates", Trees.object("own", "spec: {{ .Values.missing"));
        Trees.into(values, "sidecarInjectorWebhook").set("defaultTemplates", Trees.array("own"));
        assertThat(new InjectionHook(settings(values), _ -> Optional.empty()).problem())
                .hasValueSatisfying(reason -> assertThat(reason).contains("own"));
    }

    @Test
    void readsTheClusterFromTheAddress() {
        assertThat(InjectionHook.environment("/inject/cluster/east/net/n1/ISTIO_META_X/a--slash--b"))
                .containsExactly(
                        Map.entry("ISTIO_META_CLUSTER_ID", "east"),
                        Map.entry("ISTIO_META_NETWORK", "n1"),
                        Map.entry("ISTIO_META_X", "a/b"));
        assertThat(InjectionHook.environment("/inject")).isEmpty();
    }

    @Test
    void takesNothingForAReviewThatIsNone() {
        assertThat(AdmissionRequest.read("{}")).isEmpty();
        assertThat(AdmissionRequest.read("not json")).isEmpty();
        assertThat(AdmissionRequest.read("{\"kind\":\"AdmissionReview\"}")).isEmpty();
    }

    private static JsonNode ask(String pod, Map<String, String> namespaceLabels) {
        InjectionHook hook = new InjectionHook(
                settings(InjectionValues.defaults("1")),
                _ -> Optional.of(new NamespaceFacts(namespaceLabels, Map.of())));
        return Trees.parse(hook.answer(Reviews.create(pod), "/inject")).path("response");
    }

    private static InjectionSettings settings(ObjectNode values) {
        return new InjectionSettings(values, Trees.object(), "default", true, false);
    }
}
