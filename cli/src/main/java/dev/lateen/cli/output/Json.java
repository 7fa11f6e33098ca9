package dev.lateen.cli.output;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// JSON as the commands read and print it: four spaces deep, keys in the order given. Thread: any.
public final class Json {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final Separators SEPARATORS =
            Separators.createDefaultInstance().withObjectNameValueSpacing(Separators.Spacing.AFTER);
    private static final DefaultIndenter INDENTER = new DefaultIndenter("    ", "\n");

    private Json() {}

    /// @throws tools.jackson.core.JacksonException when it is no JSON
    public static JsonNode read(String text) {
        return MAPPER.readTree(text);
    }

    public static String write(Object value) {
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter(SEPARATORS)
                .withObjectIndenter(INDENTER)
                .withArrayIndenter(INDENTER);
        return MAPPER.writer().with(printer).writeValueAsString(value);
    }

    /// Any value of lists, maps, strings and numbers as a tree.
    public static JsonNode tree(Object value) {
        return MAPPER.valueToTree(value);
    }

    /// A tree as a record.
    ///
    /// @throws tools.jackson.core.JacksonException when it does not fit
    public static <T> T value(JsonNode tree, Class<T> type) {
        return MAPPER.treeToValue(tree, type);
    }

    static String quoted(String text) {
        return MAPPER.writeValueAsString(text);
    }

    /// An object from names and values in turn.
    public static Map<String, Object> object(Object... namesAndValues) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i + 1 < namesAndValues.length; i += 2) {
            object.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
        }
        return object;
    }

    /// The text at a path of names, empty where there is none.
    public static String text(JsonNode node, String... path) {
        return at(node, path).asString("");
    }

    public static JsonNode at(JsonNode node, String... path) {
        JsonNode found = node;
        for (String name : path) {
            found = found.path(name);
        }
        return found;
    }

    public static List<JsonNode> items(JsonNode node, String... path) {
        return List.copyOf(at(node, path).values());
    }
}
