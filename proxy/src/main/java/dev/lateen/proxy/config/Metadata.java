package dev.lateen.proxy.config;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// `filter_metadata` of a cluster, endpoint or route as plain Java: namespace → tree of `Map`, `List`, `String`,
/// `Double` and `Boolean`. JSON nulls are left out.
///
/// Thread: any (immutable).
public record Metadata(Map<String, Map<String, Object>> namespaces) {
    public static final Metadata EMPTY = new Metadata(Map.of());

    public static Metadata of(io.envoyproxy.envoy.config.core.v3.Metadata metadata) {
        return of(metadata, new Shared());
    }

    /// @param shared with the other metadata of a resource
    public static Metadata of(io.envoyproxy.envoy.config.core.v3.Metadata metadata, Shared shared) {
        if (metadata.getFilterMetadataCount() == 0) {
            return EMPTY;
        }
        Map<String, Map<String, Object>> namespaces = new LinkedHashMap<>();
        metadata.getFilterMetadataMap()
                .forEach((name, struct) -> namespaces.put(shared.one(name), shared.one(tree(struct, shared))));
        return new Metadata(Map.copyOf(namespaces));
    }

    /// The value at `namespace` → `path`, or null where there is none.
    public @Nullable Object find(String namespace, String... path) {
        Object value = namespaces.get(namespace);
        for (String step : path) {
            if (!(value instanceof Map<?, ?> map)) {
                return null;
            }
            value = map.get(step);
        }
        return value;
    }

    /// The text at `namespace` → `path`, or null where there is no text.
    public @Nullable String text(String namespace, String... path) {
        return find(namespace, path) instanceof String text ? text : null;
    }

    /// A struct as plain Java.
    public static Map<String, Object> tree(Struct struct) {
        return tree(struct, new Shared());
    }

    private static Map<String, Object> tree(Struct struct, Shared shared) {
        Map<String, Object> tree = new LinkedHashMap<>();
        struct.getFieldsMap().forEach((key, value) -> {
            Object plain = plain(value, shared);
            if (plain != null) {
                tree.put(shared.one(key), plain);
            }
        });
        return Map.copyOf(tree);
    }

    private static @Nullable Object plain(Value value, Shared shared) {
        return switch (value.getKindCase()) {
            case STRING_VALUE -> shared.one(value.getStringValue());
            case NUMBER_VALUE -> value.getNumberValue();
            case BOOL_VALUE -> value.getBoolValue();
            case STRUCT_VALUE -> tree(value.getStructValue(), shared);
            case LIST_VALUE -> list(value.getListValue().getValuesList(), shared);
            case NULL_VALUE, KIND_NOT_SET -> null;
        };
    }

    private static List<Object> list(List<Value> values, Shared shared) {
        List<Object> list = new ArrayList<>();
        for (Value value : values) {
            Object plain = plain(value, shared);
            if (plain != null) {
                list.add(plain);
            }
        }
        return List.copyOf(list);
    }
}
