package dev.lateen.kubernetes.install;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.kubernetes.tree.Trees;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

final class ReadinessTest {
    @Test
    void waitsForThePodsOfTheLatestTemplate() {
        assertThat(Readiness.isRolledOut(deployment(1, 2, 1, 1))).isFalse();
        assertThat(Readiness.isRolledOut(deployment(1, 1, 0, 1))).isFalse();
        assertThat(Readiness.isRolledOut(deployment(1, 1, 1, 0))).isFalse();
        assertThat(Readiness.isRolledOut(deployment(1, 1, 1, 1))).isTrue();
    }

    @Test
    void saysWhyAPodDoesNotStart() {
        ObjectNode waiting = Trees.object("reason", "ImagePullBackOff", "message", "no such image");
        ObjectNode status = Trees.object("name", "discovery", "state", Trees.object("waiting", waiting));
        ObjectNode pod = Trees.object("metadata", Trees.object("name", "istiod-1"));
        Trees.into(pod, "status").set("containerStatuses", Trees.array(status));
        assertThat(Readiness.troubles(pod))
                .containsExactly("pod istiod-1: container discovery: ImagePullBackOff: no such image");
    }

    private static ObjectNode deployment(int wanted, int all, int updated, int ready) {
        return Trees.object(
                "metadata",
                Trees.object("generation", 2),
                "spec",
                Trees.object("replicas", wanted),
                "status",
                Trees.object(
                        "observedGeneration", 2, "replicas", all, "updatedReplicas", updated, "readyReplicas", ready));
    }
}
