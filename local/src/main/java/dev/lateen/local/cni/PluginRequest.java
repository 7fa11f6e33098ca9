package dev.lateen.local.cni;

import dev.lateen.kubernetes.inject.NodeCapture;
import dev.lateen.kubernetes.tree.Trees;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What the plugin asks when a pod gets its network.
///
/// @param process the plugin's, in the node's numbers
/// @param file under which number that process holds the pod's network open
/// @param namespace and name of the pod; empty where the runtime says nothing
/// @param config the plugin's configuration, with what the runtime added
record PluginRequest(long process, int file, String namespace, String name, ObjectNode config) {
    private static final int LONGEST_NAME = 253;

    /// Source: istio-cni.c, which writes it: two lines, an empty one, and the configuration.
    ///
    /// @throws IllegalArgumentException where it is not understood
    static PluginRequest parse(String text) {
        int end = text.indexOf("\n\n");
        String[] lines = end < 0 ? new String[0] : text.substring(0, end).split("\n");
        String[] network = lines.length == 2 ? lines[0].split(" ") : new String[0];
        if (network.length != 3 || !network[0].equals("network") || !lines[1].startsWith("arguments ")) {
            throw new IllegalArgumentException("not understood: no request of the plugin");
        }
        Map<String, String> arguments = new HashMap<>();
        for (String one : lines[1].substring("arguments ".length()).split(";")) {
            int equals = one.indexOf('=');
            if (equals > 0) {
                arguments.put(one.substring(0, equals), one.substring(equals + 1));
            }
        }
        ObjectNode config = Trees.parseObject(text.substring(end + 2))
                .orElseThrow(() -> new IllegalArgumentException("not understood: the configuration is no JSON object"));
        return new PluginRequest(
                Long.parseLong(network[1]),
                Integer.parseInt(network[2]),
                name(arguments, "K8S_POD_NAMESPACE"),
                name(arguments, "K8S_POD_NAME"),
                config);
    }

    private static String name(Map<String, String> arguments, String key) {
        String name = arguments.getOrDefault(key, "");
        if (name.length() > LONGEST_NAME || !name.matches("[a-z0-9.-]*")) {
            throw new IllegalArgumentException(key + ": '" + name + "' is no name of Kubernetes");
        }
        return name;
    }

    /// Whether injection put something into the pod, as far as the runtime says.
    Optional<Boolean> isInjected() {
        JsonNode annotations = Trees.at(config, "runtimeConfig", "io.kubernetes.cri.pod-annotations");
        return annotations.isObject() ? Optional.of(NodeCapture.isInjected(annotations)) : Optional.empty();
    }

    String version() {
        return Trees.text(config, "cniVersion");
    }
}
