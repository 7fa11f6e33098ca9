package dev.lateen.kubernetes.inject;

import dev.lateen.kubernetes.tree.Trees;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// In which order the containers of an injected pod start. The proxy of old comes last, so that `kubectl exec`
/// meets the application, or first, if the application has to wait for it. A native sidecar comes before every
/// other init container but those that its capture rests on; else capture comes last, since nothing can be reached
/// between it and the proxy's start.
final class ContainerOrder {
    private ContainerOrder() {}

    static void apply(ObjectNode pod, boolean nativeSidecar, boolean holdsApplication) {
        ObjectNode spec = Trees.into(pod, "spec");
        move(spec, "containers", Names.PROXY, holdsApplication);
        if (!(spec.get("initContainers") instanceof ArrayNode)) {
            return;
        }
        if (nativeSidecar) {
            move(spec, "initContainers", Names.PROXY, true);
        }
        move(spec, "initContainers", Names.VALIDATION, true);
        move(spec, "initContainers", Names.INIT, nativeSidecar);
    }

    private static void move(ObjectNode spec, String list, String name, boolean first) {
        if (!(spec.get(list) instanceof ArrayNode items)) {
            return;
        }
        Predicate<JsonNode> named = item -> Trees.text(item, "name").equals(name);
        List<JsonNode> moved = new ArrayList<>(items.valueStream().filter(named).toList());
        List<JsonNode> others = items.valueStream().filter(named.negate()).toList();
        ArrayNode ordered = Trees.array();
        (first ? moved : others).forEach(ordered::add);
        (first ? others : moved).forEach(ordered::add);
        spec.set(list, ordered);
    }
}
