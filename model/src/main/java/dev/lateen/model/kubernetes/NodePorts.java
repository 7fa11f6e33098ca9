package dev.lateen.model.kubernetes;

import dev.lateen.model.source.YamlDocument;
import dev.lateen.model.source.YamlLimits;
import dev.lateen.model.source.YamlReader;
import dev.lateen.model.tree.Fields;
import dev.lateen.model.tree.Node.Field;
import dev.lateen.model.tree.Node.Mapping;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How a service of type `NodePort` is reached from outside: on these ports of the nodes that its annotation
/// `traffic.istio.io/nodeSelector` selects.
///
/// Source: Istio, "Resource Annotations". Thread: any (immutable).
///
/// @param selector labels of nodes; none selects all
/// @param byPort the node's port for each of the service's
public record NodePorts(Map<String, String> selector, Map<Integer, Integer> byPort) {
    public static final String ANNOTATION = "traffic.istio.io/nodeSelector";

    public NodePorts {
        selector = Map.copyOf(selector);
        byPort = Map.copyOf(byPort);
    }

    /// Empty where the service is none that nodes are selected for, or its annotation is not understood.
    static Optional<NodePorts> of(Map<String, String> annotations, String type, List<Service.Port> ports) {
        if (!type.equals("NodePort") || !annotations.containsKey(ANNOTATION)) {
            return Optional.empty();
        }
        return selector(annotations.get(ANNOTATION)).map(selector -> {
            Map<Integer, Integer> byPort = new HashMap<>();
            ports.forEach(port -> port.nodePort().ifPresent(node -> byPort.put(port.port(), node)));
            return new NodePorts(selector, byPort);
        });
    }

    /// The labels that a selector's JSON wants; empty where it is no map of labels.
    public static Optional<Map<String, String>> selector(String json) {
        List<YamlDocument> read = new YamlReader(YamlLimits.DEFAULT).read(json, ANNOTATION);
        if (read.size() != 1 || !(read.getFirst() instanceof YamlDocument.Read(Mapping root, var _))) {
            return Optional.empty();
        }
        Map<String, String> labels =
                new Fields(new Mapping(Map.of("labels", new Field(root.at(), root)), root.at())).textMap("labels");
        return labels.size() == root.fields().size() ? Optional.of(labels) : Optional.empty();
    }

    /// Whether a node with these labels is one of those that are meant.
    public boolean selects(Map<String, String> labels) {
        return labels.entrySet().containsAll(selector.entrySet());
    }
}
