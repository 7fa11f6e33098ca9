package dev.lateen.proxy.bootstrap;

import dev.lateen.proxy.config.Refusal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Istio's ProxyConfig of a pod, as injection has put it together: the mesh's defaults, resources, the pod's
/// annotation.
final class PodProxyConfig {
    private static final String VARIABLE = "PROXY_CONFIG";

    /// For Envoy's own bootstrap, which this proxy has not.
    private static final List<String> ENVOY_ONLY = List.of(
            "envoyAccessLogService",
            "envoyMetricsService",
            "extraStatTags",
            "proxyStatsMatcher",
            "runtimeValues",
            "statsCompression",
            "statsdUdpAddress");

    private PodProxyConfig() {}

    /// The fields that have no effect on this proxy.
    static List<String> ineffective(Map<String, Object> config) {
        List<String> found = new ArrayList<>();
        ENVOY_ONLY.stream().filter(config::containsKey).forEach(found::add);
        if (config.get("tracing") instanceof Map<?, ?> tracing && tracing.containsKey("datadog")) {
            found.add("tracing.datadog");
        }
        return found;
    }

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
