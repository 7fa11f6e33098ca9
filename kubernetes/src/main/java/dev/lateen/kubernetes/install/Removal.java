package dev.lateen.kubernetes.install;

import dev.lateen.kubernetes.cluster.Cluster;
import dev.lateen.kubernetes.cluster.ClusterException;
import dev.lateen.kubernetes.tree.Trees;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/// Deletes objects and waits until the cluster has them no more: an API server says yes to a deletion long
/// before that, and what is going away takes nothing new.
///
/// Thread: one; blocks.
final class Removal {
    private static final Duration PAUSE = Duration.ofMillis(250);
    private static final List<String> NAMESPACE_TROUBLES = List.of(
            "NamespaceDeletionDiscoveryFailure",
            "NamespaceDeletionGroupVersionParsingFailure",
            "NamespaceDeletionContentFailure",
            "NamespaceFinalizersRemaining",
            "NamespaceContentRemaining");

    private final Cluster cluster;
    private final Consumer<String> progress;
    private final List<InstalledObject> doomed = new ArrayList<>();
    private String said = "";

    Removal(Cluster cluster, Consumer<String> progress) {
        this.cluster = cluster;
        this.progress = progress;
    }

    /// In this order they are deleted.
    void add(InstalledObject one) {
        doomed.add(one);
    }

    /// Deletes what was added since the last run.
    ///
    /// @param pods labels of pods that have to be gone as well; empty: none
    /// @param end by `System.nanoTime`
    /// @return what is still there then, and why
    List<String> run(Map<String, String> pods, long end) throws ClusterException, InterruptedException {
        for (InstalledObject one : doomed) {
            progress.accept("removing " + one);
            cluster.delete(one.apiVersion(), one.kind(), one.namespace(), one.name());
        }
        List<String> left = left(pods);
        while (!left.isEmpty() && System.nanoTime() - end < 0) {
            say("waiting for " + left.getFirst() + (left.size() > 1 ? " (and " + (left.size() - 1) + " more)" : ""));
            Thread.sleep(PAUSE);
            left = left(pods);
        }
        return left;
    }

    private void say(String line) {
        if (!line.equals(said)) {
            progress.accept(line);
            said = line;
        }
    }

    private List<String> left(Map<String, String> pods) throws ClusterException {
        List<String> left = new ArrayList<>();
        if (!pods.isEmpty()) {
            cluster.list("v1", "Pod", pods).stream().map(Removal::reason).forEach(left::add);
        }
        for (Iterator<InstalledObject> each = doomed.iterator(); each.hasNext(); ) {
            InstalledObject one = each.next();
            Optional<ObjectNode> found = cluster.get(one.apiVersion(), one.kind(), one.namespace(), one.name());
            if (found.isPresent()) {
                left.add(reason(found.get()));
            } else {
                each.remove();
            }
        }
        return left;
    }

    /// What an object is called, and what keeps it.
    ///
    /// @param found as the cluster has it after its deletion
    static String reason(ObjectNode found) {
        List<String> reasons = Stream.of(conditions(found), finalizers(found), containers(found))
                .flatMap(List::stream)
                .distinct()
                .toList();
        String title = InstalledObject.title(found);
        if (Trees.text(found, "metadata", "deletionTimestamp").isEmpty()
                && !Trees.text(found, "kind").equals("Pod")) {
            return title + ": it is there again, somebody makes it anew";
        }
        return reasons.isEmpty() ? title : title + ": " + String.join("; ", reasons);
    }

    /// What the API server says of namespaces and definitions that are going away.
    private static List<String> conditions(ObjectNode found) {
        return Trees.objects(found, "status", "conditions").stream()
                .filter(one -> Trees.text(one, "status").equals("True"))
                .filter(one -> NAMESPACE_TROUBLES.contains(Trees.text(one, "type"))
                        || Trees.text(one, "type").equals("Terminating"))
                .map(one -> Trees.text(one, "message"))
                .filter(message -> !message.isEmpty())
                .toList();
    }

    private static List<String> finalizers(ObjectNode found) {
        List<String> names = Trees.texts(found, "metadata", "finalizers");
        return names.isEmpty() ? List.of() : List.of("waits for what holds it: " + String.join(", ", names));
    }

    private static List<String> containers(ObjectNode found) {
        List<String> running = Stream.of("initContainerStatuses", "containerStatuses")
                .flatMap(field -> Trees.objects(found, "status", field).stream())
                .filter(one -> Trees.has(one, "state", "running"))
                .map(one -> Trees.text(one, "name"))
                .toList();
        return running.isEmpty() ? List.of() : List.of("still runs " + String.join(", ", running));
    }
}
