package dev.lateen.proxy.bootstrap;

import dev.lateen.proxy.probe.Probe;
import dev.lateen.proxy.probe.ProbeReader;
import java.util.LinkedHashMap;
import java.util.Map;

/// What the kubelet wanted to ask an application's container, and asks the agent now.
///
/// Source: Istio's environment variable `ISTIO_KUBE_APP_PROBERS`: a JSON object from paths to probes.
public final class AppProbes {
    private static final String VARIABLE = "ISTIO_KUBE_APP_PROBERS";

    private AppProbes() {}

    /// The probes by the paths under which the kubelet asks.
    ///
    /// @param host where the application listens
    public static Map<String, Probe> of(Map<String, String> environment, String host) {
        String text = environment.getOrDefault(VARIABLE, "");
        Map<String, Probe> probes = new LinkedHashMap<>();
        if (!text.isBlank() && YamlToJson.tree(text, "environment variable " + VARIABLE) instanceof Map<?, ?> all) {
            all.forEach((path, probe) -> {
                if (probe instanceof Map<?, ?> fields) {
                    probes.put(String.valueOf(path), ProbeReader.read(fields, host));
                }
            });
        }
        return Map.copyOf(probes);
    }
}
