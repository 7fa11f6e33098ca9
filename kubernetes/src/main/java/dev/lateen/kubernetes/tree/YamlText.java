package dev.lateen.kubernetes.tree;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Writes trees as block YAML, in their own order. A string is quoted unless no reader, of YAML 1.1 or 1.2, could
/// take it for something else. Thread: any.
public final class YamlText {
    private static final Pattern PLAIN =
            Pattern.compile("[A-Za-z/_][A-Za-z0-9/_.|@+$()=~-]*(:[A-Za-z0-9/_.|@+$()=~-]+)*");
    private static final Pattern BLOCK = Pattern.compile("[\\x20-\\x7E\\n]*");
    private static final Set<String> WORDS = Set.of("true", "false", "null", "yes", "no", "on", "off", "y", "n");

    private YamlText() {}

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
        boolean first = true;
        if (node instanceof ArrayNode items) {
            for (JsonNode item : items) {
                text.append("  ".repeat(first ? 0 : depth)).append("- ");
                first = false;
                if (isBlock(item)) {
                    block(text, item, depth + 1);
                } else {
                    value(text, item, depth);
                }
            }
        } else if (node instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> field : object.properties()) {
                text.append("  ".repeat(first ? 0 : depth));
                first = false;
                text.append(string(field.getKey())).append(':');
                if (isBlock(field.getValue())) {
                    int inner = field.getValue() instanceof ArrayNode ? depth : depth + 1;
                    text.append('\n').append("  ".repeat(inner));
                    block(text, field.getValue(), inner);
                } else {
                    text.append(' ');
                    value(text, field.getValue(), depth);
                }
            }
        }
    }

    private static void value(StringBuilder text, JsonNode value, int depth) {
        if (value.isString() && isLong(value.asString())) {
            lines(text, value.asString(), depth + 1);
        } else {
            text.append(scalar(value)).append('\n');
        }
    }

    private static boolean isLong(String value) {
        return value.indexOf('\n') > 0
                && !value.startsWith(" ")
                && BLOCK.matcher(value).matches()
                && !value.endsWith("\n\n")
                && value.lines().noneMatch(line -> line.endsWith(" "));
    }

    private static void lines(StringBuilder text, String value, int depth) {
        text.append(value.endsWith("\n") ? "|\n" : "|-\n");
        value.lines()
                .forEach(line -> text.append(line.isEmpty() ? "" : "  ".repeat(depth))
                        .append(line)
                        .append('\n'));
    }

    private static String scalar(JsonNode node) {
        return node.isString() ? string(node.asString()) : node.toString();
    }

    private static String string(String value) {
        boolean plain = PLAIN.matcher(value).matches() && !WORDS.contains(value.toLowerCase(Locale.ROOT));
        return plain ? value : JsonNodeFactory.instance.stringNode(value).toString();
    }
}
