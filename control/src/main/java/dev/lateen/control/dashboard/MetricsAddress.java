package dev.lateen.control.dashboard;

import dev.lateen.control.push.ConnectedProxy;
import dev.lateen.model.mesh.MeshSnapshot;
import dev.lateen.model.mesh.NodeMetadata.DataPlane;
import dev.lateen.model.mesh.ProxyNode;
import java.net.URI;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Where a proxy shows its numbers. A proxy says itself which address it has, and might name somebody else's: it is
/// believed where it calls from there, or where the registry knows the address.
///
/// Thread: any.
final class MetricsAddress {
    private static final int OWN_PORT = 15090;
    /// Upstream Envoy has no metrics of Istio's: the agent beside it has them.
    private static final int AGENT_PORT = 15020;

    private static final Pattern PORT = Pattern.compile(":[0-9]{1,5}$");

    private final Set<String> known = new HashSet<>();

    MetricsAddress(MeshSnapshot mesh) {
        mesh.endpoints()
                .values()
                .forEach(endpoints -> endpoints.forEach(endpoint -> known.addAll(endpoint.addresses())));
    }

    /// Empty where the address cannot be believed, and of applications without a proxy, which show none.
    Optional<URI> of(ConnectedProxy proxy) {
        ProxyNode node = proxy.node();
        if (node.metadata().dataPlane() == DataPlane.GRPC) {
            return Optional.empty();
        }
        String address = node.address();
        String peer = PORT.matcher(proxy.connection().peer().address()).replaceFirst("");
        peer = peer.replaceFirst("^/", "").replaceAll("[\\[\\]]", "");
        boolean here = isLoopback(peer) && isLoopback(address);
        if (!address.matches("[0-9a-fA-F:.]+") || !(here || address.equals(peer) || known.contains(address))) {
            return Optional.empty();
        }
        int port = node.metadata().dataPlane() == DataPlane.UPSTREAM_ENVOY ? AGENT_PORT : OWN_PORT;
        String host = address.indexOf(':') < 0 ? address : "[" + address + "]";
        return Optional.of(URI.create("http://" + host + ":" + port + "/stats/prometheus"));
    }

    private static boolean isLoopback(String address) {
        return address.startsWith("127.") || address.equals("::1") || address.equals("0:0:0:0:0:0:0:1");
    }
}
