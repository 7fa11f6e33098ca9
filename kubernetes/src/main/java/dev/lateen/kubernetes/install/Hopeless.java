package dev.lateen.kubernetes.install;

import dev.lateen.kubernetes.cluster.Cluster;
import dev.lateen.kubernetes.cluster.ClusterException;
import dev.lateen.kubernetes.tree.Trees;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/// Workloads of an installation that do not come up however long one waits: their image cannot be had, what
/// their container refers to is not there, or it ends again and again. Thread: any; blocks.
final class Hopeless {
    /// What a kubelet says that somebody has to do something about.
    private static final Set<String> STUCK = Set.of(
            "ImagePullBackOff",
            "ErrImageNeverPull",
            "InvalidImageName",
            "CreateContainerConfigError",
            "RunContainerError");

    private static final String CRASHES = "CrashLoopBackOff";
    /// A container may end once because something that it needs comes later.
    private static final int ENDS = 2;

    private static final int LINES = 10;
    private static final int BYTES = 4_096;
    private static final List<String> GENERATIONS = List.of("pod-template-hash", "controller-revision-hash");

    private final Cluster cluster;

    Hopeless(Cluster cluster) {
        this.cluster = cluster;
    }

    /// Why, one line each, and the last of what it wrote; empty where there is hope.
    ///
    /// @param workload a Deployment or DaemonSet as the cluster has it
    List<String> reasons(ObjectNode workload) throws ClusterException {
        if (!Readiness.isSeen(workload) || updated(workload) == 0) {
            return List.of(); // those that run are of an earlier template
        }
        Map<String, String> labels = new HashMap<>();
        Trees.at(workload, "spec", "selector", "matchLabels")
                .properties()
                .forEach(label -> labels.put(label.getKey(), label.getValue().asString("")));
        String namespace = Trees.text(workload, "metadata", "namespace");
        List<String> reasons = new ArrayList<>();
        for (ObjectNode pod : newest(cluster.list("v1", "Pod", namespace, labels))) {
            for (ObjectNode container : stuck(pod)) {
                reasons.add(InstalledObject.title(workload) + ": "
                        + Readiness.troubles(pod).findFirst().orElse("a pod does not start"));
                if (Trees.text(container, "state", "waiting", "reason").equals(CRASHES)) {
                    reasons.addAll(log(namespace, pod, Trees.text(container, "name")));
                }
                return reasons;
            }
        }
        return reasons;
    }

    private static int updated(ObjectNode workload) {
        String field = Trees.text(workload, "kind").equals("DaemonSet") ? "updatedNumberScheduled" : "updatedReplicas";
        return Trees.at(workload, "status", field).asInt(0);
    }

    /// The pods of the template that the youngest pod is of.
    static List<ObjectNode> newest(List<ObjectNode> pods) {
        String latest = pods.stream()
                .max(Comparator.comparing(pod -> Trees.text(pod, "metadata", "creationTimestamp")))
                .map(Hopeless::generation)
                .orElse("");
        return pods.stream().filter(pod -> generation(pod).equals(latest)).toList();
    }

    private static String generation(ObjectNode pod) {
        return GENERATIONS.stream()
                .map(label -> Trees.text(Trees.at(pod, "metadata", "labels"), label))
                .filter(value -> !value.isEmpty())
                .findFirst()
                .orElse("");
    }

    /// The containers that keep a pod from ever being ready.
    static List<ObjectNode> stuck(ObjectNode pod) {
        return Stream.of("initContainerStatuses", "containerStatuses")
                .flatMap(field -> Trees.objects(pod, "status", field).stream())
                .filter(status -> {
                    String reason = Trees.text(status, "state", "waiting", "reason");
                    int ends = Trees.at(status, "restartCount").asInt(0);
                    return STUCK.contains(reason) || (reason.equals(CRASHES) && ends >= ENDS);
                })
                .toList();
    }

    private List<String> log(String namespace, ObjectNode pod, String container) {
        String name = Trees.text(pod, "metadata", "name");
        try {
            String text = cluster.log(namespace, name, container, LINES, BYTES, true);
            return text.isBlank()
                    ? List.of("  it wrote nothing")
                    : text.strip().lines().map(line -> "  " + line).toList();
        } catch (ClusterException e) {
            return List.of("  what it wrote cannot be read: " + e.getMessage());
        }
    }
}
