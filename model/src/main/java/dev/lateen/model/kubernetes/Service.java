package dev.lateen.model.kubernetes;

import dev.lateen.model.resource.Metadata;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.tree.Fields;
import dev.lateen.model.tree.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// A Kubernetes Service.
///
/// @param clusterAddresses `None` alone stands for a headless service
public record Service(
        Metadata metadata,
        Position at,
        List<Port> ports,
        List<String> clusterAddresses,
        String type,
        Map<String, String> selector,
        String externalName,
        List<String> externalAddresses,
        boolean publishNotReadyAddresses,
        String trafficDistribution,
        Optional<NodePorts> nodePorts) {

    public Service {
        ports = List.copyOf(ports);
        clusterAddresses = List.copyOf(clusterAddresses);
        selector = Map.copyOf(selector);
        externalAddresses = List.copyOf(externalAddresses);
    }

    public static Service of(RawResource resource) {
        Fields root = new Fields(resource.root());
        Fields spec = root.object("spec", f -> f).orElseGet(() -> root);
        List<String> addresses = spec.texts("clusterIPs");
        if (addresses.isEmpty()) {
            addresses = spec.text("clusterIP")
                    .filter(a -> !a.isEmpty())
                    .map(List::of)
                    .orElse(List.of());
        }
        List<String> external = new ArrayList<>(spec.texts("externalIPs"));
        root.object("status", s -> s.object("loadBalancer", Service::ingressAddresses))
                .flatMap(s -> s)
                .ifPresent(external::addAll);
        List<Port> ports = spec.objects("ports", Port::of);
        String type = spec.text("type", "ClusterIP");
        return new Service(
                resource.metadata(),
                resource.origin(),
                ports,
                addresses,
                type,
                spec.textMap("selector"),
                spec.text("externalName", ""),
                external,
                spec.flag("publishNotReadyAddresses"),
                spec.text("trafficDistribution", ""),
                NodePorts.of(resource.metadata().annotations(), type, ports));
    }

    private static List<String> ingressAddresses(Fields loadBalancer) {
        return loadBalancer.objects("ingress", i -> i.text("ip").orElseGet(() -> i.text("hostname", "")));
    }

    public boolean isHeadless() {
        return clusterAddresses.equals(List.of("None"));
    }

    /// @param targetPort a number or the name of a container port; empty for the same number
    public record Port(
            String name, int port, String protocol, String appProtocol, String targetPort, OptionalInt nodePort) {
        static Port of(Fields in) {
            return new Port(
                    in.text("name", ""),
                    in.integer("port").orElse(0),
                    in.text("protocol", "TCP"),
                    in.text("appProtocol", ""),
                    in.text("targetPort", ""),
                    in.integer("nodePort"));
        }

        /// The port of a target that is a number; empty where it can be a name alone.
        public static OptionalInt number(String targetPort) {
            return targetPort.length() <= 5
                            && targetPort.chars().allMatch(digit -> digit >= '0' && digit <= '9')
                            && !targetPort.isEmpty()
                    ? OptionalInt.of(Integer.parseInt(targetPort))
                    : OptionalInt.empty();
        }
    }
}
