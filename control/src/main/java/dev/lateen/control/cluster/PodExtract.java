package dev.lateen.control.cluster;

import dev.lateen.kubernetes.tree.Trees;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What the mesh needs of a pod: a twentieth of it.
final class PodExtract {
    private static final Set<String> OVER = Set.of("Succeeded", "Failed");
    private static final List<String> SPEC =
            List.of("nodeName", "serviceAccountName", "serviceAccount", "hostNetwork", "hostname", "subdomain");
    private static final List<String> STATUS = List.of("podIP", "podIPs", "phase");

    private PodExtract() {}

    /// Whether it will never serve again: its address may already be another pod's.
    static boolean isOver(ObjectNode pod) {
        return OVER.contains(Trees.text(pod, "status", "phase"));
    }

    static ObjectNode of(ObjectNode pod) {
        ObjectNode spec = picked(Trees.into(pod, "spec"), SPEC);
        ArrayNode containers = Trees.list(spec, "containers");
        for (ObjectNode container : Trees.objects(pod, "spec", "containers")) {
            containers.add(picked(container, List.of("name", "ports")));
        }
        ObjectNode status = picked(Trees.into(pod, "status"), STATUS);
        ArrayNode conditions = Trees.list(status, "conditions");
        for (ObjectNode condition : Trees.objects(pod, "status", "conditions")) {
            if (Trees.text(condition, "type").equals("Ready")) {
                conditions.add(picked(condition, List.of("type", "status")));
            }
        }
        return Trees.object(
                "apiVersion",
                "v1",
                "kind",
                "Pod",
                "metadata",
                picked(
                        Trees.into(pod, "metadata"),
                        List.of(
                                "name",
                                "namespace",
                                "uid",
                                "labels",
                                "annotations",
                                "creationTimestamp",
                                "ownerReferences")),
                "spec",
                spec,
                "status",
                status);
    }

    private static ObjectNode picked(ObjectNode from, List<String> names) {
        ObjectNode picked = Trees.object();
        for (String name : names) {
            if (from.has(name)) {
                picked.set(name, from.get(name));
            }
        }
        return picked;
    }
}
