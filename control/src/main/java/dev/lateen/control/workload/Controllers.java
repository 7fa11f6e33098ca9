package dev.lateen.control.workload;

import dev.lateen.kubernetes.cluster.Cluster;
import dev.lateen.kubernetes.cluster.ClusterException;
import dev.lateen.kubernetes.tree.Trees;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// The control planes that write entries, by the names that they write there: in a cluster those of their pods,
/// elsewhere the machine's and the process's.
///
/// Thread: any; `isGone` blocks.
///
/// @param namespace of their pods
/// @param own this one's name
public record Controllers(Cluster cluster, String namespace, String own) {
    /// Whether one has ended for good. One of which nothing can be known has not.
    boolean isGone(String controller) throws ClusterException {
        String host = own.substring(0, Math.max(0, own.lastIndexOf('@')));
        int at = controller.lastIndexOf('@');
        if (at >= 0) {
            return controller.substring(0, at).equals(host) && hasEnded(controller.substring(at + 1));
        }
        Optional<ObjectNode> pod = cluster.get("v1", "Pod", namespace, controller);
        return pod.isEmpty()
                || Trees.text(pod.get(), "status", "phase").equals("Failed")
                || Trees.text(pod.get(), "status", "phase").equals("Succeeded");
    }

    private static boolean hasEnded(String process) {
        return process.matches("[0-9]{1,9}")
                && ProcessHandle.of(Long.parseLong(process))
                        .filter(ProcessHandle::isAlive)
                        .isEmpty();
    }

    /// How a control plane outside of a cluster calls itself.
    public static String ofProcess() {
        return System.getenv().getOrDefault("HOSTNAME", "istiod") + "@"
                + ProcessHandle.current().pid();
    }
}
