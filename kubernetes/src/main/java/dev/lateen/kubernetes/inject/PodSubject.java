package dev.lateen.kubernetes.inject;

import dev.lateen.kubernetes.tree.Trees;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A pod, or the template of one, on its way through injection.
///
/// @param pod an object of `metadata` and `spec`
/// @param namespaceAnnotations of the namespace that it is in
record PodSubject(ObjectNode pod, Owner owner, Map<String, String> namespaceAnnotations) {
    Optional<String> annotation(String name) {
        return annotation(pod, name);
    }

    Optional<String> label(String name) {
        JsonNode found = Trees.at(pod, "metadata", "labels", name);
        return found.isMissingNode() || found.isNull() ? Optional.empty() : Optional.of(found.asString(""));
    }

    Map<String, String> labels() {
        Map<String, String> labels = new LinkedHashMap<>();
        Trees.at(pod, "metadata", "labels")
                .properties()
                .forEach(label -> labels.put(label.getKey(), label.getValue().asString("")));
        return labels;
    }

    static Optional<String> annotation(ObjectNode pod, String name) {
        JsonNode found = Trees.at(pod, "metadata", "annotations", name);
        return found.isMissingNode() || found.isNull() ? Optional.empty() : Optional.of(found.asString(""));
    }

    static List<ObjectNode> containers(ObjectNode pod) {
        return Trees.objects(pod, "spec", "containers");
    }

    static List<ObjectNode> initContainers(ObjectNode pod) {
        return Trees.objects(pod, "spec", "initContainers");
    }

    /// The proxy's container in either list.
    static Optional<ObjectNode> proxy(ObjectNode pod) {
        return Trees.named(containers(pod), Names.PROXY).or(() -> Trees.named(initContainers(pod), Names.PROXY));
    }
}
