package dev.lateen.model.mesh;

import dev.lateen.model.istio.Bound;
import dev.lateen.model.istio.Reader;
import dev.lateen.model.tree.Node.Mapping;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The networks of a mesh, which reach each other through gateways alone: which endpoints are in which, and where each
/// is entered. Workloads say their network themselves too, by a label, and so do services of gateways.
///
/// Thread: any (immutable). Source: Istio's reference of MeshNetworks.
public record MeshNetworks(Map<String, Network> networks) {
    /// On workloads and on services of gateways.
    public static final String LABEL = "topology.istio.io/network";

    public static final MeshNetworks NONE = new MeshNetworks(Map.of());
    private static final String PORT_LABEL = "networking.istio.io/gatewayPort";
    private static final int DEFAULT_PORT = 15443;

    public record Network(List<Members> endpoints, List<Entrance> gateways) {}

    /// Which endpoints are in a network: those of a registry, or those in a range.
    record Members(String registry, String range) {}

    /// @param service the host of a service that has the addresses, if `address` is empty
    record Entrance(String address, String service, int port) {}

    /// Binds a document of Istio's shape.
    public static Bound<MeshNetworks> of(Mapping document) {
        return Reader.document(
                document, "MeshNetworks", in -> new MeshNetworks(in.objectMap("networks", MeshNetworks::network)));
    }

    private static Network network(Reader in) {
        return new Network(
                in.objects("endpoints", e -> new Members(e.text("fromRegistry", ""), e.text("fromCidr", ""))),
                in.objects("gateways", MeshNetworks::entrance));
    }

    private static Entrance entrance(Reader in) {
        in.noEffectNeeded("locality");
        String address = in.text("address", "");
        boolean name = !address.isEmpty() && parsed(address).isEmpty();
        if (name) {
            in.notYet("address");
        }
        return new Entrance(
                name ? "" : address,
                in.text("registryServiceName", ""),
                in.integer("port").orElse(0));
    }

    /// The network of an endpoint that does not say it; empty for none.
    String networkOf(String address, String clusterId) {
        for (Map.Entry<String, Network> network : networks.entrySet()) {
            for (Members members : network.getValue().endpoints()) {
                if (!members.registry().isEmpty() && members.registry().equals(clusterId)) {
                    return network.getKey();
                }
            }
        }
        for (Map.Entry<String, Network> network : networks.entrySet()) {
            for (Members members : network.getValue().endpoints()) {
                if (!members.range().isEmpty() && contains(members.range(), address)) {
                    return network.getKey();
                }
            }
        }
        return "";
    }

    private static boolean contains(String range, String address) {
        int slash = range.indexOf('/');
        Optional<byte[]> first = parsed(slash < 0 ? range : range.substring(0, slash));
        Optional<byte[]> other = parsed(address);
        if (first.isEmpty() || other.isEmpty() || first.get().length != other.get().length) {
            return false;
        }
        int bits = slash < 0 ? first.get().length * 8 : Integer.parseInt(range.substring(slash + 1));
        int bytes = bits / 8;
        int mask = 0xff00 >> bits % 8 & 0xff;
        return Arrays.equals(first.get(), 0, bytes, other.get(), 0, bytes)
                && (mask == 0 || (first.get()[bytes] & mask) == (other.get()[bytes] & mask));
    }

    private static Optional<byte[]> parsed(String address) {
        try {
            return address.isEmpty()
                    ? Optional.empty()
                    : Optional.of(InetAddress.ofLiteral(address).getAddress());
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    /// All gateways: those written down, and the outside addresses of services that are named or say by their
    /// label that they are one. Addresses that are names are left out, since nobody looks them up.
    List<NetworkGateway> gateways(Collection<MeshService> services, String clusterId) {
        List<NetworkGateway> found = new ArrayList<>();
        networks.forEach((name, network) -> {
            for (Entrance entrance : network.gateways()) {
                if (!entrance.address().isEmpty()) {
                    found.add(new NetworkGateway(name, "", entrance.address(), entrance.port()));
                }
            }
        });
        for (MeshService service : services) {
            if (service.kubernetes().externalAddresses().isEmpty()) {
                continue;
            }
            String label = service.labels().getOrDefault(LABEL, "");
            if (!label.isEmpty()) {
                found.addAll(of(service, label, clusterId, port(service)));
                continue;
            }
            networks.forEach((name, network) -> {
                for (Entrance entrance : network.gateways()) {
                    if (entrance.service().equals(service.hostname())) {
                        found.addAll(of(service, name, clusterId, entrance.port()));
                    }
                }
            });
        }
        return found;
    }

    private static int port(MeshService service) {
        try {
            return Integer.parseInt(service.labels().getOrDefault(PORT_LABEL, ""));
        } catch (NumberFormatException _) {
            return DEFAULT_PORT;
        }
    }

    private static List<NetworkGateway> of(MeshService service, String network, String clusterId, int port) {
        return service.kubernetes().externalAddresses().stream()
                .filter(address -> parsed(address).isPresent())
                .map(address -> new NetworkGateway(network, clusterId, address, port))
                .toList();
    }
}
