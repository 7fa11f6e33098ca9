package dev.lateen.kubernetes.install;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.kubernetes.tree.Trees;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

final class HopelessTest {
    @ParameterizedTest
    @ValueSource(strings = {"ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName", "CreateContainerConfigError"})
    void givesUpWhereSomebodyHasToDoSomething(String reason) {
        assertThat(Hopeless.stuck(pod("a", "1", reason, 0))).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ContainerCreating", "PodInitializing", "ErrImagePull"})
    void waitsForWhatMayCome(String reason) {
        assertThat(Hopeless.stuck(pod("a", "1", reason, 0))).isEmpty();
    }

    @Test
    void givesUpWhenAContainerHasEndedAgain() {
        assertThat(Hopeless.stuck(pod("a", "1", "CrashLoopBackOff", 1))).isEmpty();
        assertThat(Hopeless.stuck(pod("a", "1", "CrashLoopBackOff", 2))).hasSize(1);
    }

    @Test
    void looksAtPodsOfTheLatestTemplateOnly() {
        ObjectNode old = pod("a", "2026-01-01T00:00:00Z", "CrashLoopBackOff", 9);
        ObjectNode young = pod("b", "2026-01-02T00:00:00Z", "ContainerCreating", 0);
        assertThat(Hopeless.newest(List.of(old, young))).containsExactly(young);
    }

    private static ObjectNode pod(String template, String created, String reason, int ends) {
        ObjectNode status = Trees.object("name", "discovery", "restartCount", ends);
        Trees.into(status, "state", "waiting").put("reason", reason);
        ObjectNode pod = Trees.object();
        Trees.into(pod, "metadata").put("creationTimestamp", created);
        Trees.into(pod, "metadata", "labels").put("pod-template-hash", template);
        Trees.into(pod, "status").set("containerStatuses", Trees.array(status));
        return pod;
    }
}
