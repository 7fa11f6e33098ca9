package dev.lateen.kubernetes.tree;

import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Writes the difference of two trees as a JSON patch that leads from the first to the second. Lists that differ are
/// replaced as a whole: an API server reads the patch, no human. Thread: any. Source: RFC 6902, RFC 6901.
public final class JsonPatch {
    private JsonPatch() {}

    public static ArrayNode between(ObjectNode before, ObjectNode after) {
        ArrayNode patch = Trees.array();
        compare(patch, "", before, after);
        return patch;
    }

    private static void compare(ArrayNode patch, String path, ObjectNode before, ObjectNode after) {
        for (Map.Entry<String, JsonNode> field : before.properties()) {
            if (!after.has(field.getKey())) {
                patch.add(Trees.object("op", "remove", "path", path + "/" + escaped(field.getKey())));
            }
        }
        for (Map.Entry<String, JsonNode> field : after.properties()) {
            String at = path + "/" + escaped(field.getKey());
            JsonNode value = field.getValue();
            if (!before.has(field.getKey())) {
                patch.add(Trees.object("op", "add", "path", at, "value", value.deepCopy()));
                continue;
            }
            JsonNode old = before.get(field.getKey());
            if (old instanceof ObjectNode oldObject && value instanceof ObjectNode newObject) {
                compare(patch, at, oldObject, newObject);
            } else if (!old.equals(value)) {
                patch.add(Trees.object("op", "replace", "path", at, "value", value.deepCopy()));
            }
        }
    }

    private static String escaped(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }
}
