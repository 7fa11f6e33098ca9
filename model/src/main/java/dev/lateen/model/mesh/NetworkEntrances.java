package dev.lateen.model.mesh;

import dev.lateen.model.istio.Origin;
import dev.lateen.model.kubernetes.ClusterNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Where networks are entered, out of the mesh's settings, services of Kubernetes, nodes, names that somebody has
/// looked
/// up, and what other registries know.
///
/// Thread: control loop.
final class NetworkEntrances {
    private final Map<String, ClusterNode> nodes = new HashMap<>();
    private MeshNetworks networks = MeshNetworks.NONE;
    private Map<String, List<String>> lookedUp = Map.of();
    private List<NetworkGateway> elsewhere = List.of();
    private List<NetworkGateway> all = List.of();
    private Map<String, List<Origin>> names = Map.of();

    /// False where these are the same.
    boolean networks(MeshNetworks given) {
        boolean other = !given.equals(networks);
        networks = given;
        return other;
    }

    /// False where the node is as it was.
    boolean node(String name, ClusterNode now) {
        ClusterNode before = now.equals(ClusterNode.NONE) ? nodes.remove(name) : nodes.put(name, now);
        return !now.equals(before == null ? ClusterNode.NONE : before);
    }

    /// False where these are the same.
    boolean lookedUp(Map<String, List<String>> addresses) {
        boolean other = !addresses.equals(lookedUp);
        lookedUp = Map.copyOf(addresses);
        return other;
    }

    void elsewhere(Collection<NetworkGateway> gateways) {
        elsewhere = List.copyOf(gateways);
    }

    /// In the network that it says, else in the one that holds its address or its registry.
    Endpoint placed(Endpoint endpoint) {
        if (!endpoint.network().isEmpty()) {
            return endpoint;
        }
        String label = endpoint.labels().getOrDefault(MeshNetworks.LABEL, "");
        String network = label.isEmpty() ? networks.networkOf(endpoint.address(), endpoint.clusterId()) : label;
        return network.isEmpty() ? endpoint : endpoint.in(network);
    }

    /// Looks at everything anew.
    void refresh(Collection<MeshService> services, String clusterId) {
        List<OutsideService> reachable = reachable(services);
        names = networks.gatewayNames(reachable);
        List<NetworkGateway> found = Stream.concat(
                        networks.gateways(reachable, clusterId, lookedUp).stream(), elsewhere.stream())
                .distinct()
                .sorted()
                .toList();
        all = found.equals(all) ? all : found;
    }

    /// The gateways since the last `refresh`; the same list while they are the same.
    List<NetworkGateway> all() {
        return all;
    }

    /// The names that have to be looked up, each with what says it, since the last `refresh`.
    Map<String, List<Origin>> names() {
        return names;
    }

    private List<OutsideService> reachable(Collection<MeshService> services) {
        List<OutsideService> reachable = new ArrayList<>();
        for (MeshService service : services) {
            OutsideService.of(service, nodes.values()).ifPresent(reachable::add);
        }
        return reachable;
    }
}
