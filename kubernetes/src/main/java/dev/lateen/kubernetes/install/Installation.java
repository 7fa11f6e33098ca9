package dev.lateen.kubernetes.install;

import dev.lateen.kubernetes.cluster.Cluster;
import dev.lateen.kubernetes.cluster.ClusterException;
import dev.lateen.kubernetes.tree.Trees;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/// One installation in one cluster: put there, checked, taken away. Each step may be repeated.
///
/// Thread: any; blocks.
public final class Installation {
    private static final Duration PAUSE = Duration.ofMillis(250);
    private static final String DEFINITION = "CustomResourceDefinition";

    private final Cluster cluster;
    private final InstallSettings settings;

    public Installation(Cluster cluster, InstallSettings settings) {
        this.cluster = cluster;
        this.settings = settings;
    }

    /// Applies all objects; what is there already is brought in line.
    ///
    /// @param progress told before each object
    public void apply(Consumer<String> progress) throws ClusterException {
        for (ObjectNode object : ControlPlaneManifests.of(settings)) {
            progress.accept(name(object));
            cluster.apply(object);
        }
    }

    /// @return what is missing or not ready, in words; empty when all is well
    public List<String> problems() throws ClusterException {
        List<String> problems = new ArrayList<>();
        for (ObjectNode object : ControlPlaneManifests.of(settings)) {
            Optional<ObjectNode> found = find(object);
            if (found.isEmpty()) {
                problems.add(name(object) + ": missing");
            } else if (Trees.text(object, "kind").equals("Deployment")) {
                deployment(found.get()).ifPresent(problems::add);
            } else if (Trees.text(object, "kind").endsWith("WebhookConfiguration")) {
                webhook(found.get()).ifPresent(problems::add);
            }
        }
        return problems;
    }

    /// Waits until nothing is missing.
    ///
    /// @return what still was when the time was over
    public List<String> await(Duration patience) throws ClusterException, InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        List<String> problems = problems();
        while (!problems.isEmpty() && System.nanoTime() - end < 0) {
            Thread.sleep(PAUSE);
            problems = problems();
        }
        return problems;
    }

    /// Deletes in the opposite order, webhooks first, so that nothing waits for a control plane that has gone.
    ///
    /// @param purge the kinds too, and with them all resources of the mesh, and the namespace
    public void remove(boolean purge, Consumer<String> progress) throws ClusterException {
        for (ObjectNode object : ControlPlaneManifests.of(settings).reversed()) {
            String kind = Trees.text(object, "kind");
            if (purge || !(kind.equals(DEFINITION) || kind.equals("Namespace"))) {
                progress.accept(name(object));
                cluster.delete(
                        Trees.text(object, "apiVersion"),
                        kind,
                        Trees.text(object, "metadata", "namespace"),
                        Trees.text(object, "metadata", "name"));
            }
        }
    }

    private Optional<ObjectNode> find(ObjectNode object) throws ClusterException {
        return cluster.get(
                Trees.text(object, "apiVersion"),
                Trees.text(object, "kind"),
                Trees.text(object, "metadata", "namespace"),
                Trees.text(object, "metadata", "name"));
    }

    private static Optional<String> deployment(ObjectNode found) {
        String wanted = orZero(Trees.text(found, "spec", "replicas"));
        String ready = orZero(Trees.text(found, "status", "readyReplicas"));
        String updated = orZero(Trees.text(found, "status", "updatedReplicas"));
        return wanted.equals(ready)
                        && wanted.equals(updated)
                        && Trees.text(found, "status", "observedGeneration")
                                .equals(Trees.text(found, "metadata", "generation"))
                ? Optional.empty()
                : Optional.of(name(found) + ": " + ready + " of " + wanted + " pods are ready" + reason(found));
    }

    private static String reason(ObjectNode deployment) {
        return Trees.objects(deployment, "status", "conditions").stream()
                .filter(condition -> Trees.text(condition, "status").equals("False")
                        || Trees.text(condition, "type").equals("ReplicaFailure"))
                .map(condition -> ": " + Trees.text(condition, "message"))
                .findFirst()
                .orElse("");
    }

    private static Optional<String> webhook(ObjectNode found) {
        boolean trusted = Trees.objects(found, "webhooks").stream()
                .noneMatch(one -> Trees.text(one, "clientConfig", "caBundle").isEmpty());
        return trusted
                ? Optional.empty()
                : Optional.of(name(found) + ": the control plane has not given it its roots of trust yet");
    }

    private static String orZero(String number) {
        return number.isEmpty() ? "0" : number;
    }

    private static String name(ObjectNode object) {
        String namespace = Trees.text(object, "metadata", "namespace");
        return Trees.text(object, "kind") + " " + (namespace.isEmpty() ? "" : namespace + "/")
                + Trees.text(object, "metadata", "name");
    }
}
