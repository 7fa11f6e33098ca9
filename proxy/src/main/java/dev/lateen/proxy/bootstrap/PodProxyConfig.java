package dev.lateen.proxy.bootstrap;

import dev.lateen.proxy.config.Refusal;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Istio's ProxyConfig of a pod: what injection has put together in `PROXY_CONFIG`, and over it, field by field, the
/// pod's annotation, where the annotations are in the environment. Metadata for the proxy add up.
///
/// Source: Istio, `proxy.istio.io/config`.
final class PodProxyConfig {
    private static final String VARIABLE = "PROXY_CONFIG";
    private static final String ANNOTATIONS = "ISTIO_METAJSON_ANNOTATIONS";
    private static final String ANNOTATION = "proxy.istio.io/config";
    private static final String METADATA = "proxyMetadata";

    private PodProxyConfig() {}

    /// Errors: `Refusal` where one of them is no mapping.
    static Map<String, Object> of(Map<String, String> environment) {
        Map<String, Object> config = new LinkedHashMap<>();
        put(config, environment.getOrDefault(VARIABLE, ""), "environment variable " + VARIABLE);
        String annotations = environment.getOrDefault(ANNOTATIONS, "");
        if (annotations.contains(ANNOTATION)
                && YamlToJson.tree(annotations, "environment variable " + ANNOTATIONS) instanceof Map<?, ?> all
                && all.get(ANNOTATION) instanceof String own) {
            put(config, own, "annotation " + ANNOTATION);
        }
        return config;
    }

    private static void put(Map<String, Object> config, String yaml, String name) {
        if (yaml.isBlank()) {
            return;
        }
        if (!(YamlToJson.tree(yaml, name) instanceof Map<?, ?> tree)) {
            throw new Refusal(name + ": a mapping is expected");
        }
        tree.forEach((key, value) -> {
            if (value != null) {
                config.merge(
                        String.valueOf(key), value, (old, more) -> key.equals(METADATA) ? joined(old, more) : more);
            }
        });
    }

    private static Object joined(Object old, @Nullable Object more) {
        Map<Object, Object> all = new LinkedHashMap<>();
        if (old instanceof Map<?, ?> first) {
            all.putAll(first);
        }
        if (more instanceof Map<?, ?> second) {
            all.putAll(second);
        }
        return all;
    }
}
