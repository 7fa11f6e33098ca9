package dev.lateen.e2e.crds;

import dev.lateen.e2e.crds.ProtoText.Choice;
import dev.lateen.e2e.crds.ProtoText.Field;
import dev.lateen.e2e.crds.ProtoText.Message;
import dev.lateen.e2e.crds.ProtoText.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Messages as structural OpenAPI schemas, as CustomResourceDefinitions hold them.
final class OpenApi {
    private static final long UINT32 = 0xFFFF_FFFFL;
    private static final Pattern CEL = Pattern.compile("XValidation:rule=\"(.*)\",message=\"(.*)\"");

    private final Map<String, Message> messages;
    private final Map<String, Choice> choices;

    OpenApi(ProtoText protos) {
        this.messages = protos.messages();
        this.choices = protos.choices();
    }

    Map<String, Object> schema(String message) {
        Message found = messages.get(message);
        if (found == null) {
            throw new IllegalStateException("no such message: " + message);
        }
        Map<String, Object> schema = new TreeMap<>(Map.of("type", "object"));
        Map<String, Object> properties = new TreeMap<>();
        List<String> required = new ArrayList<>();
        for (Field field : found.fields()) {
            properties.put(field.jsonName(), schema(field));
            if (field.rules().contains("Required")) {
                required.add(field.jsonName());
            }
        }
        if (!properties.isEmpty()) {
            schema.put("properties", properties);
        }
        if (!required.isEmpty()) {
            schema.put("required", required);
        }
        found.rules().forEach(rule -> apply(rule, schema));
        return schema;
    }

    private Map<String, Object> schema(Field field) {
        Map<String, Object> one = type(field.type());
        Map<String, Object> schema = switch (field.shape()) {
            case ONE -> one;
            case LIST -> new TreeMap<>(Map.of("type", "array", "items", one));
            case MAP -> new TreeMap<>(Map.of("type", "object", "additionalProperties", one));
        };
        Choice choice = field.shape() == Shape.ONE ? choices.get(field.type()) : null;
        String words = choice == null ? "" : " Valid options: " + String.join(", ", choice.words());
        schema.put("description", field.doc() + words);
        field.rules().forEach(rule -> apply(rule, schema));
        return schema;
    }

    private Map<String, Object> type(String type) {
        Choice choice = choices.get(type);
        if (choice != null) {
            return new TreeMap<>(Map.of("type", "string", "enum", choice.words()));
        }
        return switch (type) {
            case "string" -> new TreeMap<>(Map.of("type", "string"));
            case "bool" -> new TreeMap<>(Map.of("type", "boolean"));
            case "uint32" -> new TreeMap<>(Map.of("type", "integer", "minimum", 0L, "maximum", UINT32));
            case "google.protobuf.Duration" -> {
                Map<String, Object> schema = new TreeMap<>(Map.of("type", "string"));
                check(schema, "duration(self) >= duration('1ms')", "must be a valid duration of at least 1ms");
                yield schema;
            }
            default -> schema(type);
        };
    }

    private static void apply(String rule, Map<String, Object> schema) {
        Matcher cel = CEL.matcher(rule);
        if (cel.matches()) {
            check(schema, cel.group(1), cel.group(2));
            return;
        }
        int equals = rule.indexOf('=');
        if (equals < 0) {
            return;
        }
        String value = rule.substring(equals + 1);
        String name = Character.toLowerCase(rule.charAt(0)) + rule.substring(1, equals);
        schema.put(name, name.equals("pattern") ? value.replace("`", "") : Long.valueOf(value));
    }

    @SuppressWarnings("unchecked") // what `put` below has made
    private static void check(Map<String, Object> schema, String rule, String message) {
        List<Object> all =
                (List<Object>) schema.computeIfAbsent("x-kubernetes-validations", _ -> new ArrayList<Object>());
        all.add(new TreeMap<>(Map.of("rule", rule, "message", message)));
    }
}
