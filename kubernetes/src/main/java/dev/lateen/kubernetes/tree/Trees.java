package dev.lateen.kubernetes.tree;

import dev.lateen.model.tree.Node;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Reads and builds the JSON trees in which Kubernetes objects come and go. Absent, null and of another type read
/// alike.
/// Thread: any; the trees themselves belong to one thread at a time.
public final class Trees {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final JsonMapper MAPPER = new JsonMapper();

    private Trees() {}

    /// An object from names and values in turn. A value is a tree, a text, a number, a truth value or a list of such;
    /// an empty [Optional] leaves its name out.
    public static ObjectNode object(Object... namesAndValues) {
        ObjectNode object = NODES.objectNode();
        for (int i = 0; i + 1 < namesAndValues.length; i += 2) {
            if (namesAndValues[i + 1] instanceof Optional<?> optional && optional.isEmpty()) {
                continue;
            }
            object.set(String.valueOf(namesAndValues[i]), node(namesAndValues[i + 1]));
        }
        return object;
    }

    public static ArrayNode array(Object... items) {
        ArrayNode array = NODES.arrayNode();
        for (Object item : items) {
            array.add(node(item));
        }
        return array;
    }

    public static ArrayNode array(List<?> items) {
        return array(items.toArray());
    }

    private static JsonNode node(Object value) {
        return switch (value) {
            case JsonNode tree -> tree;
            case Optional<?> optional -> optional.<JsonNode>map(Trees::node).orElseGet(NODES::nullNode);
            case List<?> items -> array(items);
            case Integer number -> NODES.numberNode(number);
            case Long number -> number(number);
            case Boolean truth -> NODES.booleanNode(truth);
            default -> NODES.stringNode(String.valueOf(value));
        };
    }

    /// A document as a tree of its own: numbers and truth values by YAML 1.2's core schema.
    public static JsonNode of(Node document) {
        return switch (document) {
            case Node.Mapping mapping -> {
                ObjectNode object = NODES.objectNode();
                for (Map.Entry<String, Node.Field> field : mapping.fields().entrySet()) {
                    object.set(field.getKey(), of(field.getValue().value()));
                }
                yield object;
            }
            case Node.Sequence sequence -> {
                ArrayNode array = NODES.arrayNode();
                sequence.items().forEach(item -> array.add(of(item)));
                yield array;
            }
            case Node.Scalar scalar -> scalar(scalar);
        };
    }

    private static JsonNode scalar(Node.Scalar scalar) {
        try {
            return switch (scalar.type()) {
                case STRING -> NODES.stringNode(scalar.text());
                case BOOLEAN -> NODES.booleanNode(Boolean.parseBoolean(scalar.text()));
                case NULL -> NODES.nullNode();
                case INTEGER -> integer(new BigInteger(scalar.text()));
                case FLOAT -> NODES.numberNode(new BigDecimal(scalar.text()));
            };
        } catch (NumberFormatException _) { // octal, hexadecimal, infinity
            return NODES.stringNode(scalar.text());
        }
    }

    private static JsonNode integer(BigInteger number) {
        return number.bitLength() < Long.SIZE ? number(number.longValue()) : NODES.numberNode(number);
    }

    /// A number as JSON's reader makes it: trees are compared by equality, in which an int is no long.
    private static JsonNode number(long number) {
        return number == (int) number ? NODES.numberNode((int) number) : NODES.numberNode(number);
    }

    /// @throws tools.jackson.core.JacksonException when the text is no JSON
    public static JsonNode parse(String json) {
        return MAPPER.readTree(json);
    }

    /// Empty where the text is no JSON object.
    public static Optional<ObjectNode> parseObject(String json) {
        try {
            return MAPPER.readTree(json) instanceof ObjectNode object ? Optional.of(object) : Optional.empty();
        } catch (tools.jackson.core.JacksonException _) {
            return Optional.empty();
        }
    }

    public static String text(JsonNode node, String... path) {
        JsonNode found = at(node, path);
        return found.isValueNode() && !found.isNull() ? found.asString("") : "";
    }

    public static boolean flag(JsonNode node, String... path) {
        return text(node, path).equals("true");
    }

    public static JsonNode at(JsonNode node, String... path) {
        JsonNode found = node;
        for (String name : path) {
            found = found.path(name);
        }
        return found;
    }

    /// Whether something stands at the path that is neither null, an empty text nor an empty collection.
    public static boolean has(JsonNode node, String... path) {
        JsonNode found = at(node, path);
        return !found.isMissingNode()
                && !found.isNull()
                && !(found.isContainer() && found.isEmpty())
                && !(found.isString() && found.asString().isEmpty());
    }

    /// The items of a list that are objects; empty where there is no list.
    public static List<ObjectNode> objects(JsonNode node, String... path) {
        List<ObjectNode> found = new ArrayList<>();
        if (at(node, path) instanceof ArrayNode array) {
            for (JsonNode item : array) {
                if (item instanceof ObjectNode object) {
                    found.add(object);
                }
            }
        }
        return found;
    }

    public static List<String> texts(JsonNode node, String... path) {
        return at(node, path) instanceof ArrayNode array
                ? array.valueStream().map(item -> item.asString("")).toList()
                : List.of();
    }

    /// The object at the path, made where it is missing.
    public static ObjectNode into(ObjectNode node, String... path) {
        ObjectNode found = node;
        for (String name : path) {
            if (!(found.get(name) instanceof ObjectNode)) {
                found.set(name, NODES.objectNode());
            }
            found = (ObjectNode) found.get(name);
        }
        return found;
    }

    /// The list of the given name, made where it is missing.
    public static ArrayNode list(ObjectNode node, String name) {
        if (!(node.get(name) instanceof ArrayNode)) {
            node.set(name, NODES.arrayNode());
        }
        return (ArrayNode) node.get(name);
    }

    public static Optional<ObjectNode> named(List<ObjectNode> items, String name) {
        return items.stream().filter(item -> text(item, "name").equals(name)).findFirst();
    }

    /// The `name` of each item.
    public static Stream<String> names(List<ObjectNode> items) {
        return items.stream().map(item -> text(item, "name"));
    }
}
