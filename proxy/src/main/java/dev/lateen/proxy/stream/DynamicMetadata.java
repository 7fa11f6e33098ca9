package dev.lateen.proxy.stream;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What filters tell each other and the access log about one request or connection: namespace → tree of `Map`, `List`,
/// `String`, `Double` and `Boolean`.
///
/// Source: Envoy's dynamic metadata. Thread: event loop of the downstream channel.
public final class DynamicMetadata {
    private final Map<String, Map<String, Object>> namespaces = new HashMap<>(4);

    /// Sets one value of a namespace; the others stay.
    public void put(String namespace, String key, Object value) {
        namespaces.computeIfAbsent(namespace, _ -> new HashMap<>(4)).put(key, value);
    }

    public void putAll(String namespace, Map<String, Object> values) {
        namespaces.computeIfAbsent(namespace, _ -> new HashMap<>(4)).putAll(values);
    }

    /// Null where there is nothing at this place. An empty path means the whole namespace.
    public @Nullable Object find(String namespace, List<String> path) {
        return find(namespaces, namespace, path);
    }

    /// As above, in metadata of other origin.
    public static @Nullable Object find(
            Map<String, Map<String, Object>> namespaces, String namespace, List<String> path) {
        Object value = namespaces.get(namespace);
        for (int index = 0; index < path.size(); index++) {
            if (!(value instanceof Map<?, ?> map)) {
                return null;
            }
            value = map.get(path.get(index));
        }
        return value;
    }

    /// To be read only.
    public Map<String, Map<String, Object>> namespaces() {
        return namespaces;
    }
}
