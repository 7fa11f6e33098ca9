package dev.lateen.model.mesh;

import dev.lateen.model.kubernetes.ClusterNode;
import dev.lateen.model.kubernetes.NodePorts;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// A service of Kubernetes that is reached from outside of its cluster, at a load balancer or through nodes.
///
/// Thread: any (immutable).
///
/// @param addresses IP addresses or names
record OutsideService(MeshService service, List<String> addresses) {
    /// Empty where nobody outside reaches it.
    static Optional<OutsideService> of(MeshService service, Collection<ClusterNode> nodes) {
        List<String> addresses = new ArrayList<>();
        for (String address : service.kubernetes().externalAddresses()) {
            if (!address.isEmpty()) {
                addresses.add(address);
            }
        }
        Optional<NodePorts> ports = service.kubernetes().nodePorts();
        if (ports.isPresent()) {
            nodes.stream()
                    .filter(node -> ports.get().selects(node.labels()))
                    .flatMap(node -> node.externalAddresses().stream())
                    .sorted()
                    .forEach(addresses::add);
        }
        return addresses.isEmpty() ? Optional.empty() : Optional.of(new OutsideService(service, addresses));
    }

    /// Where a port of the service is from outside.
    int port(int port) {
        return service.kubernetes()
                .nodePorts()
                .map(ports -> ports.byPort().getOrDefault(port, port))
                .orElse(port);
    }
}
