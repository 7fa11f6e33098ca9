package dev.lateen.model.schema;

import dev.lateen.model.schema.FieldSchema.Standing;
import dev.lateen.model.schema.FieldType.ListOf;
import dev.lateen.model.schema.FieldType.MapOf;
import dev.lateen.model.schema.FieldType.ObjectOf;
import dev.lateen.model.schema.FieldType.Simple;
import dev.lateen.model.source.YamlDocument;
import dev.lateen.model.source.YamlLimits;
import dev.lateen.model.source.YamlReader;
import dev.lateen.model.tree.Fields;
import dev.lateen.model.tree.Node.Field;
import dev.lateen.model.tree.Node.Mapping;
import dev.lateen.model.tree.Node.Scalar;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads the schema files of this module. They are part of the program: whatever is wrong with them is an
/// `IllegalStateException`.
final class SchemaLoader {
    private static final List<String> FILES = List.of(
            "common",
            "virtual-service",
            "destination-rule",
            "gateway",
            "service-entry",
            "workload-entry",
            "workload-group",
            "sidecar",
            "envoy-filter",
            "proxy-config",
            "peer-authentication",
            "authorization-policy",
            "request-authentication",
            "telemetry",
            "wasm-plugin",
            "traffic-extension",
            "mesh-config",
            "mesh-proxy-config",
            "mesh-networks",
            "istio-operator",
            "kubernetes",
            "gateway-api",
            "policy",
            "rate-limit",
            "quota",
            "access-list");

    private final Map<String, FieldType> named = new LinkedHashMap<>();
    private final Map<String, Mapping> objectTexts = new LinkedHashMap<>();
    private final Map<String, ObjectSchema> objects = new LinkedHashMap<>();
    private final Map<String, KindSchema> kinds = new LinkedHashMap<>();

    Schemas load() {
        List<Fields> files = new ArrayList<>();
        for (String file : FILES) {
            Fields read = new Fields(read(file));
            read.object("types", Fields::mapping).ifPresent(this::collectTypes);
            files.add(read);
        }
        objectTexts.forEach((name, fields) -> objects.put(name, objectSchema(name, fields)));
        for (Fields file : files) {
            boolean lenient = file.flag("lenient");
            if (file.has("kind")) {
                addKind(file, lenient);
            }
            file.objects("kinds", kind -> kind).forEach(kind -> addKind(kind, lenient));
        }
        checkReferences();
        return new Schemas(kinds, objects);
    }

    private static Mapping read(String file) {
        String name = "/schema/" + file + ".yaml";
        try (InputStream stream = SchemaLoader.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IllegalStateException("schema file is missing: " + name);
            }
            String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            YamlDocument document =
                    new YamlReader(YamlLimits.DEFAULT).read(text, name).getFirst();
            if (document instanceof YamlDocument.Read(Mapping root, var _)) {
                return root;
            }
            throw new IllegalStateException("schema file is broken: " + document);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private void collectTypes(Mapping types) {
        types.fields().forEach((name, field) -> {
            boolean isNew = switch (field.value()) {
                case Mapping fields -> objectTexts.put(name, fields) == null;
                case Scalar alias -> named.put(name, FieldLine.typeOf(alias.text(), Map.of())) == null;
                default -> false;
            };
            if (!isNew) {
                throw new IllegalStateException("schema type is given twice or has no fields: " + name);
            }
        });
    }

    private ObjectSchema objectSchema(String name, Mapping lines) {
        Map<String, FieldSchema> fields = new LinkedHashMap<>();
        lines.fields().forEach((field, line) -> fields.put(field, fieldSchema(field, line)));
        return new ObjectSchema(name, fields);
    }

    private FieldSchema fieldSchema(String name, Field line) {
        if (line.value() instanceof Scalar scalar) {
            return FieldLine.parse(name, scalar.text(), named);
        }
        throw new IllegalStateException("schema field is no line: " + name + " at " + line.keyAt());
    }

    private void addKind(Fields file, boolean lenient) {
        String kind = file.text("kind", "");
        String group = file.text("group", "");
        KindSchema schema = new KindSchema(
                kind,
                group,
                file.texts("versions"),
                file.texts("shortNames"),
                file.text("scope", "").equals("cluster"),
                lenient,
                rootOf(kind, file),
                file.text("doc", ""));
        kinds.put(Schemas.keyOf(group, kind), schema);
    }

    private ObjectSchema rootOf(String kind, Fields file) {
        Map<String, FieldSchema> fields = new LinkedHashMap<>();
        if (file.has("versions")) {
            fields.put("apiVersion", plain("apiVersion", Simple.STRING, "API group and version."));
            fields.put("kind", plain("kind", Simple.STRING, "Kind of the object."));
            fields.put("metadata", plain("metadata", Simple.FREE_FORM, "Name, namespace, labels, annotations."));
            fields.put("status", plain("status", Simple.FREE_FORM, "State, written by controllers."));
        }
        file.text("spec").ifPresent(type -> fields.put("spec", plain("spec", new ObjectOf(type), "What is wanted.")));
        file.text("root").ifPresent(type -> fields.putAll(requireObject(type).fields()));
        return new ObjectSchema(kind, fields);
    }

    private static FieldSchema plain(String name, FieldType type, String doc) {
        return new FieldSchema(name, type, Standing.NORMAL, false, "", "", doc);
    }

    private void checkReferences() {
        for (ObjectSchema object : objects.values()) {
            object.fields().values().forEach(field -> checkReference(field.type()));
        }
        kinds.values().forEach(kind -> kind.root().fields().values().forEach(field -> checkReference(field.type())));
    }

    private void checkReference(FieldType type) {
        switch (type) {
            case ObjectOf(String name) -> requireObject(name);
            case ListOf(FieldType item) -> checkReference(item);
            case MapOf(FieldType value) -> checkReference(value);
            case Simple _, FieldType.Whole _, FieldType.Decimal _, FieldType.Choice _ -> {}
        }
    }

    private ObjectSchema requireObject(String name) {
        ObjectSchema found = objects.get(name);
        if (found == null) {
            throw new IllegalStateException("schema names an unknown type: " + name);
        }
        return found;
    }
}
