package dev.lateen.kubernetes.install;

import dev.lateen.kubernetes.cluster.Cluster;
import dev.lateen.kubernetes.cluster.ClusterException;
import dev.lateen.kubernetes.tree.Trees;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/// Webhooks that a configuration has in the cluster and is to have no more. Server-side apply alone leaves them
/// there in part, since the control plane has set their `caBundle`, and then refuses what is left.
///
/// Thread: any; blocks.
final class DroppedWebhooks {
    private DroppedWebhooks() {}

    /// Before the rest of the configuration is applied.
    static void remove(Cluster cluster, ObjectNode wanted) throws ClusterException {
        InstalledObject one = InstalledObject.of(wanted);
        Optional<String> patch = cluster.get(one.apiVersion(), one.kind(), one.namespace(), one.name())
                .flatMap(found -> patch(found, wanted));
        if (patch.isPresent()) {
            cluster.patch(one.apiVersion(), one.kind(), one.namespace(), one.name(), patch.get());
        }
    }

    /// The JSON patch that takes them out; empty where there are none.
    ///
    /// @param found as the cluster has it
    static Optional<String> patch(ObjectNode found, ObjectNode wanted) {
        Set<String> names = Trees.names(Trees.objects(wanted, "webhooks")).collect(Collectors.toSet());
        List<Object> steps = new ArrayList<>();
        List<ObjectNode> webhooks = Trees.objects(found, "webhooks");
        for (int i = webhooks.size() - 1; i >= 0; i--) {
            String name = Trees.text(webhooks.get(i), "name");
            if (!names.contains(name)) {
                // Places stay what they are: the last comes first, and what was read must still stand there.
                String path = "/webhooks/" + i;
                steps.add(Trees.object("op", "test", "path", path + "/name", "value", name));
                steps.add(Trees.object("op", "remove", "path", path));
            }
        }
        return steps.isEmpty()
                ? Optional.empty()
                : Optional.of(Trees.array(steps).toString());
    }
}
