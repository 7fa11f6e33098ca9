package dev.lateen.kubernetes.inject;

import dev.lateen.kubernetes.tree.Trees;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The list of networks that Multus attaches to a pod, to which the mesh's plugin is added. It comes as names with
/// commas between them or as JSON, and stays what it is. Source: Network Plumbing Working Group, annotation
/// `k8s.v1.cni.cncf.io/networks`.
final class MultusNetworks {
    static final String ANNOTATION = "k8s.v1.cni.cncf.io/networks";

    private MultusNetworks() {}

    /// @param network `namespace/name`
    static String with(Optional<String> annotation, String network) {
        String text = annotation.map(String::strip).orElse("");
        if (text.isEmpty()) {
            return network;
        }
        if (!text.startsWith("[") && !text.startsWith("{")) {
            return text.contains(network) ? text : text + ", " + network;
        }
        int slash = network.indexOf('/');
        ObjectNode entry = Trees.object("name", network.substring(slash + 1), "namespace", network.substring(0, slash));
        try {
            JsonNode networks = Trees.parse(text);
            if (!(networks instanceof ArrayNode list) || list.valueStream().anyMatch(entry::equals)) {
                return text;
            }
            // The user's own text stays as it is: other tools may compare it.
            String item = "{\"name\": \"" + network.substring(slash + 1) + "\", \"namespace\": \""
                    + network.substring(0, slash) + "\"}";
            return text.substring(0, text.lastIndexOf(']')) + (list.isEmpty() ? "" : ", ") + item + "]";
        } catch (JacksonException _) {
            return text;
        }
    }
}
