package dev.lateen.local.cni;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.kubernetes.tree.Trees;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

final class BrokenPodTest {
    @Test
    void isBrokenWhenItsCheckHasFailed() {
        assertThat(BrokenPod.is(pod("state", 126), "istio-validation")).isTrue();
        ObjectNode again = pod("lastState", 126);
        Trees.into(Trees.objects(again, "status", "initContainerStatuses").getFirst(), "state", "waiting")
                .put("reason", "CrashLoopBackOff");
        assertThat(BrokenPod.is(again, "istio-validation")).isTrue();
    }

    @Test
    void isNotWhenTheCheckHasPassedOrRunsAgainOrFailedOtherwise() {
        assertThat(BrokenPod.is(pod("state", 0), "istio-validation")).isFalse();
        assertThat(BrokenPod.is(pod("state", 1), "istio-validation")).isFalse();
        assertThat(BrokenPod.is(pod("lastState", 126), "istio-validation")).isFalse();
        assertThat(BrokenPod.is(pod("state", 126), "other")).isFalse();
    }

    @Test
    void leavesPodsAloneThatGoAway() {
        ObjectNode pod = pod("state", 126);
        Trees.into(pod, "metadata").put("deletionTimestamp", "2026-01-01T00:00:00Z");
        assertThat(BrokenPod.is(pod, "istio-validation")).isFalse();
    }

    private static ObjectNode pod(String state, int code) {
        ObjectNode status = Trees.object("name", "istio-validation");
        Trees.into(status, state, "terminated").put("exitCode", code);
        ObjectNode pod = Trees.object();
        Trees.into(pod, "status").set("initContainerStatuses", Trees.array(status));
        return pod;
    }
}
