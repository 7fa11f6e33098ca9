package dev.lateen.model.schema;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.schema.FieldType.Choice;
import dev.lateen.model.schema.FieldType.ListOf;
import dev.lateen.model.schema.FieldType.MapOf;
import dev.lateen.model.schema.FieldType.ObjectOf;
import dev.lateen.model.tree.Node;
import dev.lateen.model.tree.Node.Field;
import dev.lateen.model.tree.Node.Mapping;
import dev.lateen.model.tree.Node.Scalar;
import dev.lateen.model.tree.Node.ScalarType;
import dev.lateen.model.tree.Node.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Brings a tree into the one form that the rest of the program reads, as proto JSON allows several: `snake_case`
/// names of known fields become `camelCase`, and numbers of enumeration values become their words. What the schema
/// does not know stays as it is. Thread: any.
@SuppressWarnings("ReferenceEquality") // a part that did not change is kept, not copied, and known by its identity
public final class FieldNames {
    private final Schemas schemas;

    public FieldNames(Schemas schemas) {
        this.schemas = schemas;
    }

    /// @param found where a field given under both names is reported
    public Mapping normalize(Mapping root, ObjectSchema schema, List<Diagnostic> found) {
        return object(root, schema, "", found);
    }

    private Mapping object(Mapping mapping, ObjectSchema schema, String path, List<Diagnostic> found) {
        Map<String, Field> fields = new LinkedHashMap<>();
        boolean changed = false;
        for (Map.Entry<String, Field> entry : mapping.fields().entrySet()) {
            String name = knownName(entry.getKey(), schema);
            Field field = entry.getValue();
            Optional<FieldSchema> known = schema.field(name);
            Node value = known.isEmpty() ? field.value() : value(field.value(), known.get(), path, found);
            changed |= value != field.value() || !name.equals(entry.getKey());
            Field rival = fields.put(name, value == field.value() ? field : new Field(field.keyAt(), value));
            if (rival != null) {
                found.add(Diagnostic.error(
                                "duplicate-key", field.keyAt(), join(path, name), "field '" + name + "' is given twice")
                        .withValue(entry.getKey())
                        .withAdvice("the first is at " + rival.keyAt().line() + ":"
                                + rival.keyAt().column() + "; keep one of them"));
            }
        }
        return changed ? new Mapping(fields, mapping.at()) : mapping;
    }

    private Node value(Node node, FieldSchema field, String path, List<Diagnostic> found) {
        return value(node, field.type(), join(path, field.name()), found);
    }

    private Node value(Node node, FieldType type, String path, List<Diagnostic> found) {
        return switch (type) {
            case ObjectOf(String name) ->
                node instanceof Mapping mapping ? object(mapping, schemas.object(name), path, found) : node;
            case ListOf(FieldType item) ->
                node instanceof Sequence sequence ? items(sequence, item, path, found) : node;
            case MapOf(FieldType value) -> node instanceof Mapping mapping ? values(mapping, value, path, found) : node;
            case Choice choice -> word(node, choice);
            case FieldType.Simple _, FieldType.Whole _, FieldType.Decimal _ -> node;
        };
    }

    private Node items(Sequence sequence, FieldType type, String path, List<Diagnostic> found) {
        if (type instanceof FieldType.Simple) {
            return sequence;
        }
        List<Node> items = new ArrayList<>();
        boolean changed = false;
        for (Node item : sequence.items()) {
            Node normal = value(item, type, path + "[" + items.size() + "]", found);
            changed |= normal != item;
            items.add(normal);
        }
        return changed ? new Sequence(items, sequence.at()) : sequence;
    }

    private Node values(Mapping mapping, FieldType type, String path, List<Diagnostic> found) {
        if (type instanceof FieldType.Simple) {
            return mapping;
        }
        Map<String, Field> fields = new LinkedHashMap<>();
        boolean changed = false;
        for (Map.Entry<String, Field> entry : mapping.fields().entrySet()) {
            Field field = entry.getValue();
            Node normal = value(field.value(), type, join(path, entry.getKey()), found);
            changed |= normal != field.value();
            fields.put(entry.getKey(), new Field(field.keyAt(), normal));
        }
        return changed ? new Mapping(fields, mapping.at()) : mapping;
    }

    private static Node word(Node node, Choice choice) {
        if (node instanceof Scalar(String text, ScalarType type, var at) && type == ScalarType.INTEGER) {
            try {
                Optional<String> word = choice.wordOf(Integer.parseInt(text));
                return word.isPresent() ? new Scalar(word.get(), ScalarType.STRING, at) : node;
            } catch (NumberFormatException _) {
                return node;
            }
        }
        return node;
    }

    private static String knownName(String name, ObjectSchema schema) {
        if (name.indexOf('_') < 0 || schema.fields().containsKey(name)) {
            return name;
        }
        String camel = camelCase(name);
        return schema.fields().containsKey(camel) ? camel : name;
    }

    private static String camelCase(String name) {
        StringBuilder camel = new StringBuilder(name.length());
        boolean raise = false;
        for (int index = 0; index < name.length(); index++) {
            char next = name.charAt(index);
            if (next == '_') {
                raise = true;
            } else {
                camel.append(raise && next >= 'a' && next <= 'z' ? (char) (next - 32) : next);
                raise = false;
            }
        }
        return camel.toString();
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
