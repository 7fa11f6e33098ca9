package dev.lateen.control.cluster;

import dev.lateen.kubernetes.cluster.ClusterEvent;
import dev.lateen.kubernetes.tree.Trees;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Where gateways without a Service in front are reached: at the external addresses of the nodes that they run on.
///
/// Source: Istio, `MeshConfig.ingressService`, `ingressSelector`.
///
/// Thread: any; events come one at a time.
final class GatewayNodes {
    /// The label by which gateways are chosen.
    private static final String LABEL = "istio";

    private final String namespace;
    /// By the names of nodes.
    private final Map<String, List<String>> external = new ConcurrentHashMap<>();
    /// Those that run, by their names.
    private final Map<String, Gateway> gateways = new ConcurrentHashMap<>();

    private record Gateway(String label, String node) {}

    /// @param namespace of the gateways' pods
    GatewayNodes(String namespace) {
        this.namespace = namespace;
    }

    void onEvent(ClusterEvent event) {
        if (event.kind().equals("Node")) {
            switch (event) {
                case ClusterEvent.Seen(var _, var _, var name, var node) -> external.put(name, addresses(node));
                case ClusterEvent.Gone(var _, var _, var name) -> external.remove(name);
            }
        } else if (event.kind().equals("Pod") && event.namespace().equals(namespace)) {
            switch (event) {
                case ClusterEvent.Seen(var _, var _, var name, var pod) -> pod(name, pod);
                case ClusterEvent.Gone(var _, var _, var name) -> gateways.remove(name);
            }
        }
    }

    private void pod(String name, ObjectNode pod) {
        String label = Trees.text(pod, "metadata", "labels", LABEL);
        if (!label.isEmpty() && Trees.text(pod, "status", "phase").equals("Running")) {
            gateways.put(name, new Gateway(label, Trees.text(pod, "spec", "nodeName")));
        } else {
            gateways.remove(name);
        }
    }

    private static List<String> addresses(ObjectNode node) {
        return Trees.objects(node, "status", "addresses").stream()
                .filter(one -> Trees.text(one, "type").equals("ExternalIP"))
                .map(one -> Trees.text(one, "address"))
                .filter(address -> !address.isEmpty())
                .toList();
    }

    /// As an Ingress shows them, in the order of their texts.
    ///
    /// @param label value of the label `istio` of the gateways
    ArrayNode addresses(String label) {
        Set<String> nodes = gateways.values().stream()
                .filter(gateway -> gateway.label().equals(label))
                .map(Gateway::node)
                .collect(Collectors.toSet());
        return Trees.array(nodes.stream()
                .flatMap(node -> external.getOrDefault(node, List.of()).stream())
                .distinct()
                .sorted()
                .map(ip -> Trees.object("ip", ip))
                .toList());
    }
}
