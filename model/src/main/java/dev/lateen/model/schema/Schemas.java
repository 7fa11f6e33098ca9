package dev.lateen.model.schema;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// All kinds that are known. Immutable. Thread: any.
public final class Schemas {
    private final Map<String, KindSchema> kinds;
    private final Map<String, ObjectSchema> objects;

    Schemas(Map<String, KindSchema> kinds, Map<String, ObjectSchema> objects) {
        this.kinds = new LinkedHashMap<>(kinds);
        this.objects = Map.copyOf(objects);
    }

    /// The schema that comes with this module; read once.
    public static Schemas standard() {
        return Standard.SCHEMAS;
    }

    public Collection<KindSchema> kinds() {
        return List.copyOf(kinds.values());
    }

    /// @param group the API group; empty for the core group and for settings such as `MeshConfig`
    public Optional<KindSchema> kind(String group, String kind) {
        return Optional.ofNullable(kinds.get(keyOf(group, kind)));
    }

    /// The fields of a type that `FieldType.ObjectOf` names.
    ///
    /// @throws IllegalArgumentException where the schema has no such type
    public ObjectSchema object(String typeName) {
        ObjectSchema found = objects.get(typeName);
        if (found == null) {
            throw new IllegalArgumentException("no type in the schema: " + typeName);
        }
        return found;
    }

    static String keyOf(String group, String kind) {
        return group + "/" + kind;
    }

    private static final class Standard {
        static final Schemas SCHEMAS = new SchemaLoader().load();
    }
}
