package dev.lateen.local.cni;

import dev.lateen.kubernetes.tree.Trees;
import tools.jackson.databind.JsonNode;

/// A pod of the mesh whose container has found that its rules are missing.
final class BrokenPod {
    /// The exit status of `istio-iptables --run-validation`.
    private static final int UNCAPTURED = 126;

    private BrokenPod() {}

    /// @param validation name of the container that checks
    static boolean is(JsonNode pod, String validation) {
        return !Trees.has(pod, "metadata", "deletionTimestamp")
                && Trees.objects(pod, "status", "initContainerStatuses").stream()
                        .filter(one -> Trees.text(one, "name").equals(validation))
                        .anyMatch(one -> failed(one, "state")
                                || (Trees.has(one, "state", "waiting") && failed(one, "lastState")));
    }

    private static boolean failed(JsonNode status, String state) {
        return Trees.at(status, state, "terminated", "exitCode").asInt(0) == UNCAPTURED;
    }
}
