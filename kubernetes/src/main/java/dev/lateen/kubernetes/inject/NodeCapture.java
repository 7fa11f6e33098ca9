package dev.lateen.kubernetes.inject;

import dev.lateen.kubernetes.tree.Trees;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a pod wants of the CNI agent of its node: the other end of what [CaptureContainer] writes. That has
/// turned the pod's annotations and the mesh's settings into arguments once, and the container that checks the
/// rules has the same ones as the agent that makes them.
///
/// Thread: any.
public final class NodeCapture {
    private NodeCapture() {}

    /// Whether annotations are those of a pod with a sidecar, or a gateway's proxy, by injection.
    public static boolean isInjected(JsonNode annotations) {
        return annotations.has(Names.STATUS);
    }

    /// The arguments of `istio-iptables` whose rules the pod's network has to have; empty where the agent has
    /// nothing to do: no sidecar, no interception, or an init container that makes the rules.
    ///
    /// @param validation name of the container that checks them
    public static Optional<List<String>> arguments(JsonNode pod, String validation) {
        if (!isInjected(Trees.at(pod, "metadata", "annotations"))) {
            return Optional.empty();
        }
        List<ObjectNode> containers = Stream.of("initContainers", "containers")
                .flatMap(list -> Trees.objects(pod, "spec", list).stream())
                .toList();
        return Trees.named(containers, Names.INIT).isPresent()
                ? Optional.empty()
                : Trees.named(containers, validation).map(NodeCapture::arguments);
    }

    /// The container itself reads from its environment whether questions to name servers are captured. Which name
    /// servers the pod has is not known yet as its network is made: all of them.
    private static List<String> arguments(ObjectNode container) {
        List<String> arguments = new ArrayList<>(Trees.texts(container, "args"));
        boolean names = Trees.objects(container, "env").stream()
                .anyMatch(variable -> Trees.text(variable, "name").equals("ISTIO_META_DNS_CAPTURE")
                        && Trees.text(variable, "value").equals("true"));
        if (names) {
            arguments.add("--redirect-dns");
            arguments.add("--capture-all-dns");
        }
        return arguments;
    }
}
