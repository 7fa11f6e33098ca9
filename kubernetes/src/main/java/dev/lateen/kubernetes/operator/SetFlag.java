package dev.lateen.kubernetes.operator;

import dev.lateen.kubernetes.tree.Trees;
import java.math.BigDecimal;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// One `--set path=value`: what stands before the first `=` is the path, all behind it the value. Immutable. Thread:
/// any.
///
/// @param text as it was given
/// @param path within the operator's `spec`
record SetFlag(String text, SettingPath path, JsonNode value) {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final String VARIABLES = "proxyMetadata";
    /// Names and versions, however much they look like numbers.
    private static final Set<String> NAMES = Set.of("revision", "hub", "tag", "compatibilityVersion");

    /// Errors: `IllegalArgumentException` where it is no `path=value`.
    static SetFlag parse(String text) {
        int equals = text.indexOf('=');
        if (equals <= 0) {
            throw new IllegalArgumentException("--set " + text + ": expected: path=value");
        }
        String value = text.substring(equals + 1).strip();
        SettingPath path = SettingPath.parse(text.substring(0, equals).strip());
        boolean alwaysText = path.steps().contains(new SettingPath.Field(VARIABLES))
                || (path.steps().getLast() instanceof SettingPath.Field(var last) && NAMES.contains(last));
        return new SetFlag(text, path, alwaysText ? NODES.stringNode(value) : value(value));
    }

    /// `true`, numbers and `null` by their looks, `{a,b}` as a list, JSON as it is, everything else as a text.
    private static JsonNode value(String text) {
        if (text.startsWith("[") || text.startsWith("{\"")) {
            try {
                return Trees.parse(text);
            } catch (tools.jackson.core.JacksonException _) {
                return NODES.stringNode(text);
            }
        }
        if (text.startsWith("{") && text.endsWith("}")) {
            ArrayNode list = Trees.array();
            String inside = text.substring(1, text.length() - 1);
            for (String item : inside.isEmpty() ? new String[0] : inside.split(",")) {
                list.add(scalar(item.strip()));
            }
            return list;
        }
        return scalar(text);
    }

    private static JsonNode scalar(String text) {
        return switch (text) {
            case "true", "false" -> NODES.booleanNode(text.equals("true"));
            case "null" -> NODES.nullNode();
            default -> text.matches("-?\\d{1,18}(\\.\\d{1,9})?") ? number(new BigDecimal(text)) : string(text);
        };
    }

    private static JsonNode number(BigDecimal number) {
        return number.scale() > 0
                ? NODES.numberNode(number)
                : Trees.object("number", number.longValueExact()).get("number");
    }

    private static JsonNode string(String text) {
        boolean quoted = text.length() > 1 && text.startsWith("\"") && text.endsWith("\"");
        return NODES.stringNode(quoted ? text.substring(1, text.length() - 1) : text);
    }
}
