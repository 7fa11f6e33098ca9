package dev.lateen.kubernetes.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lateen.kubernetes.tree.Trees;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

final class ControlPlaneManifestsTest {
    private static final InstallSettings ELSEWHERE = InstallSettings.DEFAULT
            .with("values.global.istioNamespace", "mesh")
            .with("hub", "registry.example/lateen")
            .with("tag", "1.2.3");

    @Test
    void definesKindsFirstAndAsksTheControlPlaneLast() {
        List<ObjectNode> objects = ControlPlaneManifests.of(InstallSettings.DEFAULT);
        assertThat(kind(objects.getFirst())).isEqualTo("CustomResourceDefinition");
        assertThat(objects.reversed().stream().limit(2).map(ControlPlaneManifestsTest::kind))
                .containsExactly("ValidatingWebhookConfiguration", "MutatingWebhookConfiguration");
    }

    @Test
    void putsEverythingIntoTheChosenNamespace() {
        for (ObjectNode object : ControlPlaneManifests.of(ELSEWHERE)) {
            assertThat(object.toString()).doesNotContain("istio-system").doesNotContain("${");
        }
    }

    @Test
    void takesImagesFromTheChosenHub() {
        ObjectNode deployment = ControlPlaneManifests.of(ELSEWHERE).stream()
                .filter(object -> kind(object).equals("Deployment"))
                .findFirst()
                .orElseThrow();
        assertThat(Trees.text(
                        Trees.objects(deployment, "spec", "template", "spec", "containers")
                                .getFirst(),
                        "image"))
                .isEqualTo("registry.example/lateen/pilot:1.2.3");
    }

    @Test
    void letsTheControlPlaneReadNoSecretsOfOtherNamespaces() {
        List<ObjectNode> objects = ControlPlaneManifests.of(InstallSettings.DEFAULT);
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
    void asksAboutPodsThatOnlyTheirAnnotationNames() {
        ObjectNode webhook = ControlPlaneManifests.of(InstallSettings.DEFAULT).stream()
                .flatMap(object -> Trees.objects(object, "webhooks").stream())
                .filter(one -> Trees.text(one, "name").startsWith("annotation."))
                .findFirst()
                .orElseThrow();
        assertThat(Trees.text(Trees.objects(webhook, "matchConditions").getFirst(), "expression"))
                .contains("object.metadata.annotations['sidecar.istio.io/inject']");
    }

    @Test
    void refusesSettingsThatItDoesNotKnowByName() {
        assertThatThrownBy(() -> InstallSettings.DEFAULT.with("values.pilot.autoscaleEnabled", "true"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("values.pilot.autoscaleEnabled");
    }

    private static String kind(ObjectNode object) {
        return Trees.text(object, "kind");
    }
}
