package dev.lateen.kubernetes.crd;

import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.model.schema.FieldSchema;
import dev.lateen.model.schema.FieldType;
import dev.lateen.model.schema.FieldType.Choice;
import dev.lateen.model.schema.FieldType.Decimal;
import dev.lateen.model.schema.FieldType.ListOf;
import dev.lateen.model.schema.FieldType.MapOf;
import dev.lateen.model.schema.FieldType.ObjectOf;
import dev.lateen.model.schema.FieldType.Simple;
import dev.lateen.model.schema.FieldType.Whole;
import dev.lateen.model.schema.ObjectSchema;
import dev.lateen.model.schema.Schemas;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Writes a type of the model as an API server wants it: an OpenAPI v3 schema that is structural, so that fields it
/// does not know are pruned and `kubectl explain` has something to say. A type within itself is left open from
/// there on.
///
/// Source: Kubernetes, "Specifying a structural schema".
final class StructuralSchema {
    private static final String OPEN = "x-kubernetes-preserve-unknown-fields";

    private final Schemas schemas;
    private final Deque<String> within = new ArrayDeque<>();

    StructuralSchema(Schemas schemas) {
        this.schemas = schemas;
    }

    static ObjectNode open() {
        return Trees.object("type", "object", OPEN, true);
    }

    ObjectNode of(FieldType type) {
        return switch (type) {
            case Simple simple -> simple(simple);
            case Whole(long min, long max) -> whole(min, max);
            case Decimal _ -> Trees.object("type", "number");
            case Choice choice -> Trees.object("type", "string", "enum", Trees.array(choice.words()));
            case ListOf(FieldType item) -> Trees.object("type", "array", "items", of(item));
            case MapOf(FieldType value) -> Trees.object("type", "object", "additionalProperties", of(value));
            case ObjectOf(String name) -> named(name);
        };
    }

    private static ObjectNode simple(Simple type) {
        return switch (type) {
            case STRING, DURATION -> Trees.object("type", "string");
            case BOOL -> Trees.object("type", "boolean");
            case BYTES -> Trees.object("type", "string", "format", "byte");
            case INT_OR_STRING -> Trees.object("x-kubernetes-int-or-string", true);
            case FREE_FORM -> open();
            case ANY -> Trees.object(OPEN, true);
        };
    }

    private static ObjectNode whole(long min, long max) {
        ObjectNode schema = Trees.object("type", "integer");
        if (min > Integer.MIN_VALUE) {
            schema.put("minimum", min);
        }
        if (max < Integer.MAX_VALUE || (max > Integer.MAX_VALUE && max < Long.MAX_VALUE)) {
            schema.put("maximum", max);
        }
        return schema;
    }

    private ObjectNode named(String name) {
        if (within.contains(name)) {
            return open();
        }
        within.push(name);
        try {
            return object(schemas.object(name));
        } finally {
            within.pop();
        }
    }

    private ObjectNode object(ObjectSchema type) {
        ObjectNode properties = Trees.object();
        ArrayNode required = Trees.array();
        Map<String, List<String>> choices = new LinkedHashMap<>();
        for (FieldSchema field : type.fields().values()) {
            ObjectNode schema = of(field.type());
            ObjectNode described = Trees.object("description", field.doc());
            described.setAll(schema);
            properties.set(field.name(), described);
            if (field.required()) {
                required.add(field.name());
            }
            if (!field.oneof().isEmpty()) {
                choices.computeIfAbsent(field.oneof(), _ -> new ArrayList<>()).add(field.name());
            }
        }
        ObjectNode schema = Trees.object("type", "object", "properties", properties);
        if (!required.isEmpty()) {
            schema.set("required", required);
        }
        addChoices(
                schema,
                choices.values().stream().filter(fields -> fields.size() > 1).toList());
        return schema;
    }

    /// At most one field of each group.
    private static void addChoices(ObjectNode schema, List<List<String>> groups) {
        if (groups.size() == 1) {
            schema.set("oneOf", atMostOne(groups.getFirst()));
        } else if (!groups.isEmpty()) {
            ArrayNode all = Trees.array();
            groups.forEach(group -> all.add(Trees.object("oneOf", atMostOne(group))));
            schema.set("allOf", all);
        }
    }

    private static ArrayNode atMostOne(List<String> fields) {
        List<ObjectNode> each = fields.stream()
                .map(name -> Trees.object("required", Trees.array(name)))
                .toList();
        ArrayNode alternatives = Trees.array(Trees.object("not", Trees.object("anyOf", Trees.array(each))));
        each.forEach(one -> alternatives.add(one.deepCopy()));
        return alternatives;
    }
}
