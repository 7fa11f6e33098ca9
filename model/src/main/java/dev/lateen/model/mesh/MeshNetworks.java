package dev.lateen.model.mesh;

import dev.lateen.model.istio.Bound;
import dev.lateen.model.istio.Origin;
import dev.lateen.model.istio.Reader;
import dev.lateen.model.tree.Node.Mapping;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
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

    /// @param address or name
    /// @param service the host of a service that has the addresses, if `address` is empty
    record Entrance(String address, String service, int port, Origin origin) {}

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
        return new Entrance(
                in.text("address", ""),
                in.text("registryServiceName", ""),
                in.integer("port").orElse(0),
                in.origin());
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
    /// label that they are one.
    ///
    /// @param lookedUp addresses of gateways whose own are names
    List<NetworkGateway> gateways(
            Collection<OutsideService> services, String clusterId, Map<String, List<String>> lookedUp) {
        List<NetworkGateway> found = new ArrayList<>();
        for (Door door : doors(services, clusterId)) {
            List<String> addresses =
                    door.isNamed() ? lookedUp.getOrDefault(door.address(), List.of()) : List.of(door.address());
            for (String address : addresses) {
                found.add(new NetworkGateway(door.network(), door.clusterId(), address, door.port()));
            }
        }
        return found;
    }

    /// The names among gateways' addresses, each with what says it.
    Map<String, List<Origin>> gatewayNames(Collection<OutsideService> services) {
        Map<String, List<Origin>> names = new LinkedHashMap<>();
        for (Door door : doors(services, "")) {
            if (door.isNamed()) {
                names.computeIfAbsent(door.address(), _ -> new ArrayList<>(1)).add(door.origin());
            }
        }
        return names;
    }

    /// A gateway as somebody says it.
    ///
    /// @param address or name
    private record Door(String network, String clusterId, String address, int port, Origin origin) {
        boolean isNamed() {
            return parsed(address).isEmpty();
        }
    }

    private List<Door> doors(Collection<OutsideService> services, String clusterId) {
        List<Door> doors = new ArrayList<>();
        networks.forEach((name, network) -> {
            for (Entrance entrance : network.gateways()) {
                if (!entrance.address().isEmpty()) {
                    doors.add(new Door(name, "", entrance.address(), entrance.port(), entrance.origin()));
                }
            }
        });
        for (OutsideService outside : services) {
            MeshService service = outside.service();
            String label = service.labels().getOrDefault(LABEL, "");
            if (!label.isEmpty()) {
                add(outside, label, clusterId, port(service), doors);
                continue;
            }
            networks.forEach((name, network) -> {
                for (Entrance entrance : network.gateways()) {
                    if (entrance.service().equals(service.hostname())) {
                        add(outside, name, clusterId, entrance.port(), doors);
                    }
                }
            });
        }
        return doors;
    }

    private static int port(MeshService service) {
        try {
            return Integer.parseInt(service.labels().getOrDefault(PORT_LABEL, ""));
        } catch (NumberFormatException _) {
            return DEFAULT_PORT;
        }
    }

    private static void add(OutsideService outside, String network, String clusterId, int port, List<Door> doors) {
        for (String address : outside.addresses()) {
            doors.add(new Door(
                    network,
                    clusterId,
                    address,
                    outside.port(port),
                    outside.service().origin()));
        }
    }
}
