package dev.lateen.model.mesh;

import dev.lateen.model.istio.Gateway;
import dev.lateen.model.istio.PeerAuthentication;
import dev.lateen.model.istio.PeerAuthentication.Mode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Everything that one proxy may see of the mesh.
///
/// @param targets the services that the proxy's workload serves, in the order of the registry
///
/// Thread: any.
public record ProxyScope(ProxyNode node, MeshSnapshot snapshot, OutboundScope outbound, List<Target> targets) {

    /// A service of which the proxy's own workload is an endpoint.
    ///
    /// @param port of the service
    /// @param endpoint how the workload serves it
    public record Target(MeshService service, ServicePort port, Endpoint endpoint) {}

    /// The gateways that select this proxy, eldest first.
    public List<Gateway> gateways() {
        List<Gateway> found = new ArrayList<>();
        for (Gateway gateway : snapshot.traffic().gateways()) {
            if (servicesOf(gateway).isPresent()
                    ? servedHere(gateway, servicesOf(gateway).get())
                    : gateway.selector().matches(node.labels())) {
                found.add(gateway);
            }
        }
        return found;
    }

    /// The services that a gateway was made for: it belongs to the proxies behind them, whatever it selects.
    public static Optional<List<String>> servicesOf(Gateway gateway) {
        return Optional.ofNullable(gateway.metadata().annotations().get("internal.istio.io/gateway-service"))
                .map(list -> List.of(list.split(",")));
    }

    private boolean servedHere(Gateway gateway, List<String> hosts) {
        return targets.stream()
                .anyMatch(t -> hosts.contains(t.service().hostname())
                        && t.service().namespace().equals(gateway.metadata().namespace()));
    }

    /// Whether a port of this workload takes plain text, mutual TLS, or both.
    public Mode mutualTls(int port) {
        return PeerPolicies.effective(
                snapshot.security().peerAuthentications(),
                snapshot.mesh().identity().rootNamespace(),
                node.namespace(),
                node.labels(),
                port);
    }

    /// The ports that a policy for this very workload names.
    public Map<Integer, Mode> portPolicies() {
        return PeerPolicies.workloadPolicy(
                        snapshot.security().peerAuthentications(),
                        snapshot.mesh().identity().rootNamespace(),
                        node.namespace(),
                        node.labels())
                .map(PeerAuthentication::portLevel)
                .orElse(Map.of());
    }
}
