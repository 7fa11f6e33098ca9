package dev.lateen.kubernetes.install;

import dev.lateen.kubernetes.cluster.Cluster;
import dev.lateen.kubernetes.cluster.ClusterException;
import dev.lateen.kubernetes.tree.Trees;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/// Who still needs a control plane: pods whose sidecars are of its revision. Thread: any.
public final class RevisionUse {
    private RevisionUse() {}

    /// How many there are, by namespace: `shop (3)`.
    public static List<String> of(Cluster cluster, String revision) throws ClusterException {
        return of(cluster.list("v1", "Pod", Map.of()), revision);
    }

    static List<String> of(List<ObjectNode> pods, String revision) {
        Map<String, Long> counts = pods.stream()
                .filter(pod -> Trees.has(pod, "metadata", "annotations", "sidecar.istio.io/status"))
                .filter(pod -> !Trees.has(pod, "metadata", "deletionTimestamp"))
                .filter(pod -> Trees.text(pod, "metadata", "annotations", "istio.io/rev")
                        .equals(revision))
                .collect(Collectors.groupingBy(
                        pod -> Trees.text(pod, "metadata", "namespace"), TreeMap::new, Collectors.counting()));
        return counts.entrySet().stream()
                .map(one -> one.getKey() + " (" + one.getValue() + ")")
                .toList();
    }
}
