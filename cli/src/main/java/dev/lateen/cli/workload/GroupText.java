package dev.lateen.cli.workload;

import dev.lateen.kubernetes.tree.Trees;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/// Writes a WorkloadGroup for `workload group create`.
///
/// Thread: any (pure functions).
///
/// Source: Istio, `istioctl experimental workload group create`.
public final class GroupText {
    private GroupText() {}

    public static ObjectNode group(
            String name,
            String namespace,
            Map<String, String> labels,
            Map<String, String> annotations,
            Map<String, Integer> ports,
            String serviceAccount) {
        ObjectNode common = Trees.object("annotations", texts(annotations), "labels", texts(labels));
        ObjectNode template = Trees.object();
        ObjectNode numbers = Trees.into(template, "ports");
        new TreeMap<>(ports).forEach(numbers::put);
        template.put("serviceAccount", serviceAccount);
        return Trees.object(
                "apiVersion",
                "networking.istio.io/v1",
                "kind",
                "WorkloadGroup",
                "metadata",
                Trees.object("name", name, "namespace", namespace),
                "spec",
                Trees.object("metadata", common, "template", template));
    }

    private static ObjectNode texts(Map<String, String> texts) {
        ObjectNode object = Trees.object();
        new TreeMap<>(texts).forEach(object::put);
        return object;
    }
}
