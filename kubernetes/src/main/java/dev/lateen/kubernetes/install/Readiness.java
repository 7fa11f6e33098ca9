package dev.lateen.kubernetes.install;

import dev.lateen.kubernetes.cluster.Cluster;
import dev.lateen.kubernetes.cluster.ClusterException;
import dev.lateen.kubernetes.tree.Trees;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/// Whether an object of an installation does its work, and if not, why. Thread: any; blocks.
final class Readiness {
    private final Cluster cluster;

    Readiness(Cluster cluster) {
        this.cluster = cluster;
    }

    /// @param found as the cluster has it
    /// @return what is wrong, in words
    Optional<String> problem(ObjectNode found) throws ClusterException {
        String kind = Trees.text(found, "kind");
        if (kind.equals("Deployment")) {
            return deployment(found);
        }
        if (kind.equals("DaemonSet")) {
            return daemonSet(found);
        }
        return kind.endsWith("WebhookConfiguration") ? webhook(found) : Optional.empty();
    }

    /// What is no fault of the installation but keeps users from its use.
    static Optional<String> note(ObjectNode found) {
        boolean waits = Trees.text(found, "kind").equals("Service")
                && Trees.text(found, "spec", "type").equals("LoadBalancer")
                && Trees.objects(found, "status", "loadBalancer", "ingress").isEmpty();
        return waits
                ? Optional.of(InstalledObject.title(found)
                        + " has no address from outside yet; where the cluster gives none, take a node's: --set"
                        + " components.ingressGateways[name:" + Trees.text(found, "metadata", "name")
                        + "].k8s.service.type=NodePort")
                : Optional.empty();
    }

    private Optional<String> deployment(ObjectNode found) throws ClusterException {
        return isRolledOut(found)
                ? Optional.empty()
                : Optional.of(InstalledObject.title(found) + ": " + number(found, "status", "updatedReplicas")
                        + " new, "
                        + number(found, "status", "readyReplicas") + " ready of " + number(found, "spec", "replicas")
                        + " pods" + reason(found));
    }

    /// A cluster without nodes has nothing to be ready.
    private Optional<String> daemonSet(ObjectNode found) throws ClusterException {
        int wanted = number(found, "status", "desiredNumberScheduled");
        int updated = number(found, "status", "updatedNumberScheduled");
        int ready = number(found, "status", "numberReady");
        return isSeen(found) && updated >= wanted && ready >= wanted
                ? Optional.empty()
                : Optional.of(InstalledObject.title(found) + ": " + updated + " new, " + ready + " ready of " + wanted
                        + " pods" + reason(found));
    }

    /// Whether its controller has seen what it is to be now.
    static boolean isSeen(ObjectNode found) {
        return Trees.text(found, "status", "observedGeneration").equals(Trees.text(found, "metadata", "generation"));
    }

    /// Whether all its pods are of its latest template, and ready. Pods of an earlier one may hide that the new ones
    /// cannot start.
    static boolean isRolledOut(ObjectNode deployment) {
        int wanted = number(deployment, "spec", "replicas");
        int updated = number(deployment, "status", "updatedReplicas");
        return isSeen(deployment)
                && updated >= wanted
                && number(deployment, "status", "replicas") <= updated
                && number(deployment, "status", "readyReplicas") >= updated;
    }

    /// The first pod's own trouble says more than the Deployment's.
    private String reason(ObjectNode deployment) throws ClusterException {
        Map<String, String> labels = new HashMap<>();
        Trees.at(deployment, "spec", "selector", "matchLabels")
                .properties()
                .forEach(label -> labels.put(label.getKey(), label.getValue().asString("")));
        String namespace = Trees.text(deployment, "metadata", "namespace");
        List<ObjectNode> pods = cluster.list("v1", "Pod", labels).stream()
                .filter(pod -> Trees.text(pod, "metadata", "namespace").equals(namespace))
                .toList();
        return pods.stream()
                .flatMap(Readiness::troubles)
                .findFirst()
                .or(() -> Trees.objects(deployment, "status", "conditions").stream()
                        .filter(one -> Trees.text(one, "status").equals("False")
                                || Trees.text(one, "type").equals("ReplicaFailure"))
                        .map(one -> Trees.text(one, "message"))
                        .findFirst())
                .map(reason -> ": " + reason)
                .orElse("");
    }

    static Stream<String> troubles(ObjectNode pod) {
        String title = "pod " + Trees.text(pod, "metadata", "name") + ": ";
        Stream<String> places = Trees.objects(pod, "status", "conditions").stream()
                .filter(one -> Trees.text(one, "type").equals("PodScheduled")
                        && Trees.text(one, "status").equals("False"))
                .map(one -> title + Trees.text(one, "message"));
        Stream<String> containers = Stream.of("initContainerStatuses", "containerStatuses")
                .flatMap(field -> Trees.objects(pod, "status", field).stream())
                .flatMap(one -> container(title, one).stream());
        return Stream.concat(places, containers);
    }

    private static Optional<String> container(String title, ObjectNode status) {
        String reason = Trees.text(status, "state", "waiting", "reason");
        if (reason.isEmpty() || reason.equals("ContainerCreating") || reason.equals("PodInitializing")) {
            return Optional.empty();
        }
        String message = Trees.text(status, "state", "waiting", "message");
        String log = reason.equals("CrashLoopBackOff")
                ? "; ended " + number(status, "restartCount") + " times; see: kubectl logs --previous"
                : "";
        return Optional.of(title + "container " + Trees.text(status, "name") + ": " + reason
                + (message.isEmpty() ? "" : ": " + message) + log);
    }

    private static Optional<String> webhook(ObjectNode found) {
        boolean trusted = Trees.objects(found, "webhooks").stream()
                .noneMatch(one -> Trees.text(one, "clientConfig", "caBundle").isEmpty());
        return trusted
                ? Optional.empty()
                : Optional.of(
                        InstalledObject.title(found) + ": the control plane has not given it its roots of trust yet");
    }

    private static int number(ObjectNode object, String... path) {
        return Trees.at(object, path).asInt(0);
    }
}
