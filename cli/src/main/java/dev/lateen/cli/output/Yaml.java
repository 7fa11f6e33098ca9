package dev.lateen.cli.output;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Prints trees as block YAML, keys sorted, as istioctl does. Strings are quoted unless no reader could take them for
/// something else. Thread: any.
public final class Yaml {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z/_][A-Za-z0-9/_.|@+,-]*(:[A-Za-z0-9/_.|@+,-]+)*");
    private static final Set<String> WORDS = Set.of("true", "false", "null", "yes", "no", "on", "off", "y", "n");

    private Yaml() {}

    /// The tree as a document that ends with a line break.
    public static String write(JsonNode tree) {
        StringBuilder text = new StringBuilder();
        if (isBlock(tree)) {
            block(text, tree, 0);
        } else {
            text.append(scalar(tree)).append('\n');
        }
        return text.toString();
    }

    private static boolean isBlock(JsonNode node) {
        return node.isContainer() && !node.isEmpty();
    }

    /// Writes a block whose first line is already indented.
    private static void block(StringBuilder text, JsonNode node, int depth) {
        if (node instanceof ArrayNode items) {
            boolean first = true;
            for (JsonNode item : items) {
                indent(text, first ? 0 : depth);
                first = false;
                text.append("- ");
                nested(text, item, depth + 1);
            }
        } else if (node instanceof ObjectNode object) {
            boolean first = true;
            List<Map.Entry<String, JsonNode>> fields = object.properties().stream()
                    .sorted(Comparator.comparing(Map.Entry<String, JsonNode>::getKey))
                    .toList();
            for (Map.Entry<String, JsonNode> field : fields) {
                indent(text, first ? 0 : depth);
                first = false;
                text.append(string(field.getKey())).append(':');
                value(text, field.getValue(), depth);
            }
        }
    }

    private static void nested(StringBuilder text, JsonNode item, int depth) {
        if (isBlock(item)) {
            block(text, item, depth);
        } else {
            text.append(scalar(item)).append('\n');
        }
    }

    private static void value(StringBuilder text, JsonNode value, int depth) {
        if (!isBlock(value)) {
            text.append(' ').append(scalar(value)).append('\n');
            return;
        }
        int inner = value instanceof ArrayNode ? depth : depth + 1;
        text.append('\n');
        indent(text, inner);
        block(text, value, inner);
    }

    private static void indent(StringBuilder text, int depth) {
        text.append("  ".repeat(depth));
    }

    private static String scalar(JsonNode node) {
        return node.isString() ? string(node.asString()) : node.toString();
    }

    private static String string(String value) {
        boolean plain = PLAIN.matcher(value).matches() && !WORDS.contains(value.toLowerCase(java.util.Locale.ROOT));
        return plain ? value : Json.quoted(value);
    }
}
