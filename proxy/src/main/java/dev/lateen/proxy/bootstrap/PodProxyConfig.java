package dev.lateen.proxy.bootstrap;

import dev.lateen.proxy.config.Refusal;
import java.util.LinkedHashMap;
import java.util.Map;

/// Istio's ProxyConfig of a pod, as injection has put it together: the mesh's defaults, resources, the pod's
/// annotation.
final class PodProxyConfig {
    private static final String VARIABLE = "PROXY_CONFIG";

    private PodProxyConfig() {}

    /// Errors: `Refusal` where it is no mapping.
    static Map<String, Object> of(Map<String, String> environment) {
        String yaml = environment.getOrDefault(VARIABLE, "");
        Map<String, Object> config = new LinkedHashMap<>();
        if (yaml.isBlank()) {
            return config;
        }
        String name = "environment variable " + VARIABLE;
        if (!(YamlToJson.tree(yaml, name) instanceof Map<?, ?> tree)) {
            throw new Refusal(name + ": a mapping is expected");
        }
        tree.forEach((key, value) -> {
            if (value != null) {
                config.put(String.valueOf(key), value);
            }
        });
        return config;
    }
}
