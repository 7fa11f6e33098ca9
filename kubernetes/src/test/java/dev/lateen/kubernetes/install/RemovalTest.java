package dev.lateen.kubernetes.install;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.kubernetes.tree.Trees;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

final class RemovalTest {
    private static ObjectNode object(String kind, String metadata, String status) {
        return (ObjectNode) Trees.parse("{\"apiVersion\": \"v1\", \"kind\": \"" + kind
                + "\", \"metadata\": {\"name\": \"it\", " + metadata + "}, \"status\": " + status + "}");
    }

    @Test
    void saysWhatIsLeftInANamespace() {
        ObjectNode namespace = object("Namespace", "\"deletionTimestamp\": \"2026-01-01T00:00:00Z\"", """
                {"conditions": [
                  {"type": "NamespaceDeletionDiscoveryFailure", "status": "False", "message": "all discovered"},
                  {"type": "NamespaceContentRemaining", "status": "True", "message": "pods. has 1 resource instances"},
                  {"type": "NamespaceFinalizersRemaining", "status": "True", "message": "a/b in 1 resource instances"}]}
                """);
        assertThat(Removal.reason(namespace))
                .isEqualTo("Namespace it: pods. has 1 resource instances; a/b in 1 resource instances");
    }

    @Test
    void namesTheFinalizersThatHoldAnObject() {
        assertThat(Removal.reason(object(
                        "Service",
                        "\"deletionTimestamp\": \"2026-01-01T00:00:00Z\", \"finalizers\": [\"x/load-balancer\"]",
                        "{}")))
                .isEqualTo("Service it: waits for what holds it: x/load-balancer");
    }

    @Test
    void namesTheContainersThatStillRun() {
        assertThat(Removal.reason(object(
                        "Pod",
                        "\"deletionTimestamp\": \"2026-01-01T00:00:00Z\"",
                        "{\"containerStatuses\": [{\"name\": \"discovery\", \"state\": {\"running\": {\"startedAt\": \"x\"}}}, {\"name\":"
                                + " \"other\", \"state\": {\"terminated\": {}}}]}")))
                .isEqualTo("Pod it: still runs discovery");
    }

    @Test
    void saysThatSomebodyMakesItAnew() {
        assertThat(Removal.reason(object("ConfigMap", "\"namespace\": \"a\"", "{}")))
                .contains("somebody makes it anew");
    }
}
