package dev.lateen.cli.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.cli.mesh.PodFacts;
import dev.lateen.cli.output.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InjectionAnswerTest {
    private static final RecordedCluster CLUSTER = RecordedCluster.whole();
    private static final List<Injector> INJECTORS =
            CLUSTER.picture().injection().injectors();

    @Test
    void namesTheLabelAndTheWebhook() {
        InjectionAnswer answer = answer(Map.of("istio-injection", "enabled"), INJECTORS);
        assertThat(answer.injected()).isTrue();
        assertThat(answer.reason())
                .contains("istio-injection=enabled")
                .contains("namespace.sidecar-injector.istio.io of istio-sidecar-injector, revision default");
    }

    @Test
    void saysThatTheRevisionIsNotServed() {
        InjectionAnswer answer = answer(Map.of("istio.io/rev", "canary"), INJECTORS);
        assertThat(answer.injected()).isFalse();
        assertThat(answer.reason()).contains("it belongs to revision 'canary', this injector serves default");
    }

    @Test
    void saysWhyNoWebhookIsAsked() {
        InjectionAnswer answer = answer(Map.of("istio.io/rev", "default"), INJECTORS);
        assertThat(answer.injected()).isFalse();
        assertThat(answer.reason())
                .contains("no webhook is asked")
                .contains("the namespace's label istio-injection is missing (expected: enabled)");
    }

    @Test
    void listsNamespacesWithTheirLabelsAndWhoServesThem() {
        InjectorList list = InjectorList.of(
                RecordedCluster.trees(List.of("""
                        {"metadata": {"name": "shop", "labels": {"istio-injection": "enabled"}}}""", """
                        {"metadata": {"name": "next", "labels": {"istio.io/rev": "canary"}}}""", """
                        {"metadata": {"name": "other"}}""")),
                List.of(CLUSTER.picture().pod()),
                INJECTORS,
                "");
        assertThat(list.table())
                .containsPattern("shop +default +default +1/1 +istio-injection=enabled")
                .containsPattern("next +- +- +0/0 +istio.io/rev=canary, which no webhook serves")
                .containsPattern("istio-sidecar-injector +default +- +istiod.istio-system +yes")
                .doesNotContain("other");
    }

    private static InjectionAnswer answer(Map<String, String> labels, List<Injector> injectors) {
        return InjectionAnswer.of(
                new PodFacts(Json.read(RecordedCluster.POD)), labels, injectors, RecordedCluster.settings());
    }
}
