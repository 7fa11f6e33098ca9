package dev.lateen.kubernetes.tree;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Lays one pod over another as Kubernetes' strategic merge patch does: objects field by field, null removes a field,
/// lists of things with a name item by item, all other lists as a whole. Thread: any.
///
/// Source: Kubernetes API conventions, "strategic merge patch"; the merge keys are those of the Pod's OpenAPI schema.
public final class StrategicMerge {
    private static final String DIRECTIVE = "$patch";
    private static final Map<String, String> KEYS = Map.ofEntries(
            Map.entry("containers", "name"),
            Map.entry("initContainers", "name"),
            Map.entry("ephemeralContainers", "name"),
            Map.entry("env", "name"),
            Map.entry("ports", "containerPort"),
            Map.entry("volumes", "name"),
            Map.entry("volumeMounts", "mountPath"),
            Map.entry("volumeDevices", "devicePath"),
            Map.entry("imagePullSecrets", "name"),
            Map.entry("hostAliases", "ip"),
            Map.entry("topologySpreadConstraints", "topologyKey"),
            Map.entry("resourceClaims", "name"),
            Map.entry("ownerReferences", "uid"));
    private static final Set<String> SETS = Set.of("finalizers");

    private StrategicMerge() {}

    /// A new tree; neither argument is changed.
    public static ObjectNode merge(ObjectNode base, ObjectNode patch) {
        if (Trees.text(patch, DIRECTIVE).equals("replace")) {
            ObjectNode replaced = patch.deepCopy();
            replaced.remove(DIRECTIVE);
            return replaced;
        }
        ObjectNode merged = base.deepCopy();
        for (Map.Entry<String, JsonNode> field : patch.properties()) {
            String name = field.getKey();
            JsonNode value = field.getValue();
            if (value.isNull()) {
                merged.remove(name);
            } else if (!name.startsWith("$")) {
                merged.set(name, merged(name, merged.get(name), value));
            }
        }
        return merged;
    }

    private static JsonNode merged(String name, JsonNode base, JsonNode patch) {
        if (patch instanceof ObjectNode object) {
            return merge(base instanceof ObjectNode below ? below : Trees.object(), object);
        }
        if (patch instanceof ArrayNode items && base instanceof ArrayNode below) {
            String key = KEYS.get(name);
            if (key != null) {
                return mergedList(key, below, items);
            }
            return SETS.contains(name) ? union(below, items) : items.deepCopy();
        }
        return patch.deepCopy();
    }

    /// The patch's order rules; an item that only the base has stands before the first item that followed it there.
    private static ArrayNode mergedList(String key, ArrayNode base, ArrayNode patch) {
        List<String> order = keys(key, base);
        List<JsonNode> patched = new ArrayList<>();
        List<String> mentioned = new ArrayList<>();
        for (JsonNode item : patch) {
            String id = Trees.text(item, key);
            mentioned.add(id);
            if (!Trees.text(item, DIRECTIVE).equals("delete")) {
                Optional<JsonNode> below = find(key, base, id);
                patched.add(
                        item instanceof ObjectNode object
                                ? merge(below.map(ObjectNode.class::cast).orElseGet(Trees::object), object)
                                : item.deepCopy());
            }
        }
        List<JsonNode> kept = new ArrayList<>();
        for (JsonNode item : base) {
            if (!mentioned.contains(Trees.text(item, key))) {
                kept.add(item.deepCopy());
            }
        }
        return interleave(key, kept, patched, order);
    }

    private static ArrayNode interleave(String key, List<JsonNode> kept, List<JsonNode> patched, List<String> order) {
        ArrayNode result = Trees.array();
        int next = 0;
        for (JsonNode item : patched) {
            int place = order.indexOf(Trees.text(item, key));
            while (next < kept.size() && order.indexOf(Trees.text(kept.get(next), key)) < place) {
                result.add(kept.get(next++));
            }
            result.add(item);
        }
        kept.subList(next, kept.size()).forEach(result::add);
        return result;
    }

    private static List<String> keys(String key, ArrayNode items) {
        return items.valueStream().map(item -> Trees.text(item, key)).toList();
    }

    private static Optional<JsonNode> find(String key, ArrayNode items, String id) {
        return items.valueStream()
                .filter(item ->
                        item instanceof ObjectNode && Trees.text(item, key).equals(id))
                .findFirst();
    }

    private static ArrayNode union(ArrayNode base, ArrayNode patch) {
        ArrayNode all = base.deepCopy();
        for (JsonNode item : patch) {
            if (base.valueStream().noneMatch(item::equals)) {
                all.add(item.deepCopy());
            }
        }
        return all;
    }
}
