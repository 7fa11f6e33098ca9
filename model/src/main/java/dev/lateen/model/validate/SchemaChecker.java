package dev.lateen.model.validate;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.diagnostic.Spelling;
import dev.lateen.model.schema.FieldSchema;
import dev.lateen.model.schema.FieldType;
import dev.lateen.model.schema.FieldType.ListOf;
import dev.lateen.model.schema.FieldType.MapOf;
import dev.lateen.model.schema.FieldType.ObjectOf;
import dev.lateen.model.schema.ObjectSchema;
import dev.lateen.model.schema.Schemas;
import dev.lateen.model.tree.Node;
import dev.lateen.model.tree.Node.Field;
import dev.lateen.model.tree.Node.Mapping;
import dev.lateen.model.tree.Node.Scalar;
import dev.lateen.model.tree.Node.ScalarType;
import dev.lateen.model.tree.Node.Sequence;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Compares a tree with the schema: unknown fields, wrong types, bad values, several members of a oneof. Thread: any.
final class SchemaChecker {
    private final Schemas schemas;
    private final boolean lenient;
    private final Report report;

    /// @param lenient whether unknown fields pass
    SchemaChecker(Schemas schemas, boolean lenient, Report report) {
        this.schemas = schemas;
        this.lenient = lenient;
        this.report = report;
    }

    void check(Mapping mapping, ObjectSchema schema, String path) {
        Map<String, String> chosen = new HashMap<>();
        mapping.fields().forEach((name, field) -> {
            String place = path.isEmpty() ? name : path + "." + name;
            FieldSchema known = schema.fields().get(name);
            if (known == null) {
                unknown(name, field, place, schema);
            } else if (!isNull(field.value())) {
                oneof(known, field, place, chosen);
                standing(known, field, place);
                value(field.value(), known.type(), place);
            }
        });
        for (FieldSchema field : schema.fields().values()) {
            if (field.required() && !mapping.fields().containsKey(field.name())) {
                String place = path.isEmpty() ? field.name() : path + "." + field.name();
                report.error(
                        new Spot(mapping.at(), place, ""),
                        "missing-required",
                        "must be set",
                        field.type().describe());
            }
        }
    }

    private void unknown(String name, Field field, String place, ObjectSchema schema) {
        if (lenient) {
            return;
        }
        String advice = Spelling.advice(name, schema.fields().keySet());
        List<String> names = List.copyOf(schema.fields().keySet());
        report.add(Diagnostic.error("unknown-field", field.keyAt(), place, "unknown field '" + name + "'")
                .withExpected(advice.isEmpty() && names.size() <= 20 ? "one of " + String.join(", ", names) : "")
                .withAdvice(advice.isEmpty() ? "remove it, or move it to where it belongs" : advice));
    }

    private void oneof(FieldSchema known, Field field, String place, Map<String, String> chosen) {
        if (known.oneof().isEmpty()) {
            return;
        }
        String rival = chosen.putIfAbsent(known.oneof(), known.name());
        if (rival != null) {
            report.add(Diagnostic.error(
                            "oneof",
                            field.keyAt(),
                            place,
                            "'" + rival + "' and '" + known.name() + "' exclude each other")
                    .withAdvice("keep one of them"));
        }
    }

    private void standing(FieldSchema known, Field field, String place) {
        switch (known.standing()) {
            case NORMAL -> {}
            case DEPRECATED ->
                report.add(Diagnostic.info("deprecated", field.keyAt(), place, "field is deprecated")
                        .withAdvice(known.doc()));
            case EXTENSION ->
                report.add(Diagnostic.info(
                                "extension",
                                field.keyAt(),
                                place,
                                "field is an extension; Istio itself drops it silently")
                        .withAdvice(known.doc()));
        }
    }

    private void value(Node node, FieldType type, String path) {
        switch (type) {
            case ObjectOf(String name) -> object(node, name, path);
            case ListOf(FieldType item) -> list(node, item, path);
            case MapOf(FieldType value) -> map(node, value, path);
            case FieldType.Simple simple -> ScalarChecks.simple(node, simple, path, report);
            case FieldType.Whole whole -> ScalarChecks.whole(node, whole, path, report);
            case FieldType.Decimal decimal -> ScalarChecks.decimal(node, decimal, path, report);
            case FieldType.Choice choice -> ScalarChecks.choice(node, choice, path, report);
        }
    }

    private void object(Node node, String typeName, String path) {
        if (node instanceof Mapping mapping) {
            check(mapping, schemas.object(typeName), path);
        } else {
            ScalarChecks.wrongType(node, path, "a mapping", report);
        }
    }

    private void list(Node node, FieldType item, String path) {
        if (!(node instanceof Sequence sequence)) {
            ScalarChecks.wrongType(node, path, "a list", report);
            return;
        }
        for (int index = 0; index < sequence.items().size(); index++) {
            Node entry = sequence.items().get(index);
            String place = path + "[" + index + "]";
            if (isNull(entry)) {
                report.error(new Spot(entry.at(), place, ""), "wrong-type", "list item is empty", item.describe());
            } else {
                value(entry, item, place);
            }
        }
    }

    private void map(Node node, FieldType type, String path) {
        if (!(node instanceof Mapping mapping)) {
            ScalarChecks.wrongType(node, path, "a mapping", report);
            return;
        }
        mapping.fields().forEach((key, field) -> {
            if (!isNull(field.value())) {
                value(field.value(), type, path + "." + key);
            } else if (!lenient) {
                report.error(
                        new Spot(field.value().at(), path + "." + key, ""),
                        "wrong-type",
                        "value is empty",
                        type.describe());
            }
        });
    }

    private static boolean isNull(Node node) {
        return node instanceof Scalar(var _, ScalarType type, var _) && type == ScalarType.NULL;
    }
}
