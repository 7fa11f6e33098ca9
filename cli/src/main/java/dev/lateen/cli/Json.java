package dev.lateen.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// JSON as the commands read and print it: two spaces deep, keys in the order given. Thread: any.
final class Json {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final DefaultIndenter INDENTER = new DefaultIndenter("    ", "\n");

    private Json() {}

    /// @throws tools.jackson.core.JacksonException when it is no JSON
    static JsonNode read(String text) {
        return MAPPER.readTree(text);
    }

    static String write(Object value) {
        DefaultPrettyPrinter printer =
                new DefaultPrettyPrinter().withObjectIndenter(INDENTER).withArrayIndenter(INDENTER);
        return MAPPER.writer().with(printer).writeValueAsString(value);
    }

    /// An object from names and values in turn.
    static Map<String, Object> object(Object... namesAndValues) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i + 1 < namesAndValues.length; i += 2) {
            object.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
        }
        return object;
    }

    /// The text at a path of names, empty where there is none.
    static String text(JsonNode node, String... path) {
        return at(node, path).asString("");
    }

    static JsonNode at(JsonNode node, String... path) {
        JsonNode found = node;
        for (String name : path) {
            found = found.path(name);
        }
        return found;
    }

    static List<JsonNode> items(JsonNode node, String... path) {
        return List.copyOf(at(node, path).values());
    }
}
