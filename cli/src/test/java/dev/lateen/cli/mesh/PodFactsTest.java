package dev.lateen.cli.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.cli.output.Json;
import org.junit.jupiter.api.Test;

class PodFactsTest {
    @Test
    void findsANativeSidecar() {
        PodFacts pod = pod("""
                {"spec": {"initContainers": [{"name": "istio-init"}, {"name": "istio-proxy", "restartPolicy": "Always"}],
                          "containers": [{"name": "app"}]}}""");
        assertThat(pod.sidecar()).isPresent();
        assertThat(pod("""
                {"spec": {"containers": [{"name": "app"}]}}""").sidecar()).isEmpty();
    }

    @Test
    void doesNotTakeAPodThatGoesAwayForRunning() {
        assertThat(pod("""
                {"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}, "status": {"phase": "Running"}}""").running()).isFalse();
    }

    @Test
    void isReadyByItsCondition() {
        assertThat(pod("""
                {"status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}}""").ready()).isTrue();
        assertThat(pod("""
                {"status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "False"}]}}""").ready()).isFalse();
    }

    @Test
    void tellsWhichContainerDoesNotRunAndWhy() {
        assertThat(pod("""
                {"status": {"initContainerStatuses": [{"name": "istio-init", "state": {"terminated": {"reason": "Completed"}}}],
                            "containerStatuses": [
                  {"name": "app", "state": {"waiting": {"reason": "ImagePullBackOff", "message": "no such image\\nmore"}}},
                  {"name": "istio-proxy", "state": {"waiting": {"reason": "PodInitializing"}}}]}}""").trouble()).isEqualTo("container app: ImagePullBackOff (no such image)");
    }

    private static PodFacts pod(String json) {
        return new PodFacts(Json.read(json));
    }
}
