package dev.lateen.kubernetes.inject;

import dev.lateen.kubernetes.tree.Trees;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a proxy requests and may use: the pod's annotations, all of them or none, otherwise the injector's values.
final class Resources {
    private static final String CPU = "sidecar.istio.io/proxyCPU";
    private static final String MEMORY = "sidecar.istio.io/proxyMemory";
    private static final String CPU_LIMIT = "sidecar.istio.io/proxyCPULimit";
    private static final String MEMORY_LIMIT = "sidecar.istio.io/proxyMemoryLimit";

    private Resources() {}

    static Optional<ObjectNode> of(TemplateContext context) {
        PodSubject subject = context.subject();
        Optional<ObjectNode> requests = pair(subject.annotation(CPU), subject.annotation(MEMORY));
        Optional<ObjectNode> limits = pair(subject.annotation(CPU_LIMIT), subject.annotation(MEMORY_LIMIT));
        if (requests.isPresent() || limits.isPresent()) {
            return Optional.of(Trees.object("requests", requests, "limits", limits));
        }
        return Trees.at(context.settings().values(), "global", "proxy", "resources") instanceof ObjectNode values
                ? Optional.of(withoutNulls(values))
                : Optional.empty();
    }

    private static Optional<ObjectNode> pair(Optional<String> cpu, Optional<String> memory) {
        return cpu.isEmpty() && memory.isEmpty()
                ? Optional.empty()
                : Optional.of(Trees.object("cpu", cpu, "memory", memory));
    }

    /// Null in values unsets a default of the chart.
    private static ObjectNode withoutNulls(ObjectNode values) {
        ObjectNode copy = values.deepCopy();
        copy.removeIf(JsonNode::isNull);
        for (JsonNode side : copy) {
            if (side instanceof ObjectNode object) {
                object.removeIf(JsonNode::isNull);
            }
        }
        return copy;
    }
}
