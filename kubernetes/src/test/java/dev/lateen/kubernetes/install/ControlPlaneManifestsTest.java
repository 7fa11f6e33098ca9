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
    void letsTheControlPlaneReadNoSecretsButItsAuthoritys() {
        for (ObjectNode object : ControlPlaneManifests.of(InstallSettings.DEFAULT)) {
            for (ObjectNode rule : Trees.objects(object, "rules")) {
                boolean reads = Trees.texts(rule, "verbs").stream().anyMatch(verb -> !verb.equals("create"));
                if (Trees.texts(rule, "resources").contains("secrets") && reads) {
                    assertThat(kind(object)).isEqualTo("Role");
                    assertThat(Trees.texts(rule, "resourceNames")).containsExactly("cacerts", "istio-ca-secret");
                }
            }
        }
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
