package dev.lateen.kubernetes.crd;

import dev.lateen.kubernetes.tree.Trees;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What an API server would say of an object by its structural schema: types, words, bounds, required fields, choices.
/// Fields that the schema does not know are pruned by it, not refused.
final class SchemaVerdict {
    private final List<String> problems = new ArrayList<>();

    private SchemaVerdict() {}

    static List<String> problems(JsonNode schema, JsonNode value) {
        SchemaVerdict verdict = new SchemaVerdict();
        verdict.check("", schema, value);
        return verdict.problems;
    }

    private void check(String path, JsonNode schema, JsonNode value) {
        String type = Trees.text(schema, "type");
        if (!isOfType(type, value)) {
            problems.add(path + ": not of type " + type + ": " + value);
            return;
        }
        List<String> words = Trees.texts(schema, "enum");
        if (!words.isEmpty() && !words.contains(value.asString(""))) {
            problems.add(path + ": not one of " + words + ": " + value);
        }
        if (value.isNumber() && (isLess(value, schema.path("minimum")) || isLess(schema.path("maximum"), value))) {
            problems.add(path + ": out of bounds: " + value);
        }
        if (value.isArray()) {
            value.forEach(item -> check(path + "[]", schema.path("items"), item));
        }
        if (value instanceof ObjectNode object) {
            checkFields(path, schema, object);
        }
    }

    private void checkFields(String path, JsonNode schema, ObjectNode object) {
        for (String name : Trees.texts(schema, "required")) {
            if (!object.has(name)) {
                problems.add(path + "." + name + ": required");
            }
        }
        checkChoice(path, schema.path("oneOf"), object);
        schema.path("allOf").forEach(one -> checkChoice(path, one.path("oneOf"), object));
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            JsonNode known = schema.path("properties").path(field.getKey());
            JsonNode each = known.isMissingNode() ? schema.path("additionalProperties") : known;
            if (!each.isMissingNode()) {
                check(path + "." + field.getKey(), each, field.getValue());
            }
        }
    }

    private void checkChoice(String path, JsonNode oneOf, ObjectNode object) {
        long set = oneOf.valueStream()
                .flatMap(one -> Trees.texts(one, "required").stream())
                .filter(object::has)
                .count();
        if (set > 1) {
            problems.add(path + ": more than one of a choice");
        }
    }

    private static boolean isLess(JsonNode left, JsonNode right) {
        return left.isNumber() && right.isNumber() && left.decimalValue().compareTo(right.decimalValue()) < 0;
    }

    private static boolean isOfType(String type, JsonNode value) {
        return switch (type) {
            case "string" -> value.isString();
            case "boolean" -> value.isBoolean();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "array" -> value.isArray();
            case "object" -> value.isObject();
            default -> true;
        };
    }
}
