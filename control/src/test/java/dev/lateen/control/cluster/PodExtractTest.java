package dev.lateen.control.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.kubernetes.tree.Trees;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

final class PodExtractTest {
    private static final String POD = """
            {"metadata": {"name": "a", "namespace": "n", "labels": {"app": "a"}},
             "spec": {"nodeName": "node", "serviceAccountName": "sa", "containers": [
               {"name": "c", "image": "i", "env": [{"name": "PASSWORD", "value": "x"}],
                "ports": [{"name": "http", "containerPort": 8080}]}]},
             "status": {"phase": "%s", "podIP": "10.0.0.7", "conditions": [
               {"type": "Ready", "status": "True", "lastProbeTime": null}, {"type": "Initialized", "status": "True"}]}}
            """;

    @Test
    void keepsAddressPortsAndReadiness() {
        ObjectNode pod = PodExtract.of(pod("Running"));
        assertThat(Trees.text(pod, "status", "podIP")).isEqualTo("10.0.0.7");
        assertThat(Trees.text(pod, "metadata", "labels", "app")).isEqualTo("a");
        assertThat(Trees.objects(pod, "spec", "containers").getFirst()).hasToString("""
                {"name":"c","ports":[{"name":"http","containerPort":8080}]}""");
        assertThat(Trees.objects(pod, "status", "conditions")).hasSize(1);
    }

    @Test
    void leavesEnvironmentsOut() {
        assertThat(PodExtract.of(pod("Running")).toString()).doesNotContain("PASSWORD");
    }

    @Test
    void takesFinishedPodsForGone() {
        assertThat(PodExtract.isOver(pod("Succeeded"))).isTrue();
        assertThat(PodExtract.isOver(pod("Failed"))).isTrue();
        assertThat(PodExtract.isOver(pod("Running"))).isFalse();
    }

    private static ObjectNode pod(String phase) {
        return Trees.parseObject(POD.formatted(phase)).orElseThrow();
    }
}
