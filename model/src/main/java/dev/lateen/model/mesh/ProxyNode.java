package dev.lateen.model.mesh;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// A proxy as it introduced itself.
///
/// @param id the whole node id, such as `sidecar~10.0.0.1~pod.ns~ns.svc.cluster.local`
/// @param name the third part of the id, such as `pod.ns`
/// @param cluster what it calls its service, in traces above all; may be empty
public record ProxyNode(
        Type type,
        String id,
        String name,
        List<String> addresses,
        String namespace,
        String serviceAccount,
        String dnsDomain,
        Map<String, String> labels,
        String clusterId,
        Locality locality,
        NodeMetadata metadata,
        String cluster) {

    public ProxyNode {
        addresses = List.copyOf(addresses);
        labels = Map.copyOf(labels);
    }

    public enum Type {
        SIDECAR,
        ROUTER,
        WAYPOINT
    }

    /// Reads a node's id and metadata.
    ///
    /// @param metadata the JSON value of `node.metadata`: strings, numbers, booleans, lists and maps
    /// @return empty where the id has not four parts or an unknown type
    public static Optional<ProxyNode> parse(String id, Map<String, ?> metadata, Locality locality) {
        String[] parts = id.split("~", -1);
        if (parts.length != 4) {
            return Optional.empty();
        }
        Optional<Type> type = typeOf(parts[0]);
        NodeMetadata read = NodeMetadata.of(metadata);
        List<String> addresses = new ArrayList<>();
        for (String ip : NodeMetadata.textOf(metadata, "INSTANCE_IPS").split(",")) {
            if (!ip.isBlank()) {
                addresses.add(ip.strip());
            }
        }
        if (!parts[1].isEmpty() && !addresses.contains(parts[1])) {
            addresses.addFirst(parts[1]);
        }
        int dot = parts[2].lastIndexOf('.');
        String namespace = NodeMetadata.textOf(metadata, "NAMESPACE");
        String ns = namespace.isEmpty() && dot >= 0 ? parts[2].substring(dot + 1) : namespace;
        return type.map(t -> new ProxyNode(
                t,
                id,
                parts[2],
                addresses,
                ns,
                NodeMetadata.textOf(metadata, "SERVICE_ACCOUNT"),
                parts[3],
                read.labels(),
                read.clusterId(),
                localityOf(read, locality),
                read,
                ""));
    }

    /// The same workload, of which more is known.
    public ProxyNode withLabels(Map<String, String> all) {
        return with(all, locality, cluster);
    }

    /// The same, of which the mesh's own registry knows where it runs.
    public ProxyNode at(Locality place) {
        return with(labels, place, cluster);
    }

    /// The same, which calls its service so.
    public ProxyNode called(String service) {
        return with(labels, locality, service);
    }

    private ProxyNode with(Map<String, String> labels, Locality locality, String cluster) {
        return new ProxyNode(
                type,
                id,
                name,
                addresses,
                namespace,
                serviceAccount,
                dnsDomain,
                labels,
                clusterId,
                locality,
                metadata,
                cluster);
    }

    /// Its label of that name; where it runs counts as labels too (see [Topology]).
    public String label(String label) {
        return new Topology(
                        metadata.network(),
                        clusterId,
                        locality,
                        metadata.texts().getOrDefault("NODE_NAME", ""))
                .label(label, labels);
    }

    private static Locality localityOf(NodeMetadata metadata, Locality fromNode) {
        Locality own = Locality.ofLabel(metadata.labels());
        return own.equals(Locality.NONE) ? fromNode : own;
    }

    private static Optional<Type> typeOf(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "sidecar" -> Optional.of(Type.SIDECAR);
            case "router", "ingress" -> Optional.of(Type.ROUTER);
            case "waypoint" -> Optional.of(Type.WAYPOINT);
            default -> Optional.empty();
        };
    }

    public boolean isRouter() {
        return type == Type.ROUTER;
    }

    /// The first address, or a loopback one where none is known.
    public String address() {
        return addresses.isEmpty() ? "127.0.0.1" : addresses.getFirst();
    }

    public boolean supportsIpv4() {
        return addresses.isEmpty() || addresses.stream().anyMatch(a -> a.indexOf(':') < 0);
    }

    public boolean supportsIpv6() {
        return addresses.stream().anyMatch(a -> a.indexOf(':') >= 0);
    }
}
