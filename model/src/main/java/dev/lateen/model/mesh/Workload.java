package dev.lateen.model.mesh;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A running workload that services may select: a pod, a workload entry, or a process on this machine.
///
/// @param name of the instance, such as a pod's name
/// @param workload what it is a replica of, such as a Deployment's name
/// @param node name of the machine that it runs on, empty where nobody says
/// @param entry what is said only of a workload outside of the platform
/// @param namedPorts ports by the name that a service's `targetPort` may use
public record Workload(
        String name,
        String namespace,
        String workload,
        List<String> addresses,
        Map<String, String> labels,
        String serviceAccount,
        Map<String, Integer> namedPorts,
        boolean ready,
        Locality locality,
        String network,
        String node,
        Optional<Entry> entry) {
    /// A workload entry takes mutual TLS where it has an identity, and stays known while it is not well.
    ///
    /// @param weight 0 for unset
    public record Entry(int weight, Endpoint.Health health) {}

    public Workload(
            String name,
            String namespace,
            String workload,
            List<String> addresses,
            Map<String, String> labels,
            String serviceAccount,
            Map<String, Integer> namedPorts,
            boolean ready,
            Locality locality,
            String network) {
        this(
                name,
                namespace,
                workload,
                addresses,
                labels,
                serviceAccount,
                namedPorts,
                ready,
                locality,
                network,
                "",
                Optional.empty());
    }

    /// The same, whose machine tells where it is.
    Workload at(Locality place) {
        return new Workload(
                name,
                namespace,
                workload,
                addresses,
                labels,
                serviceAccount,
                namedPorts,
                ready,
                place,
                network,
                node,
                entry);
    }

    public Workload {
        addresses = List.copyOf(addresses);
        labels = Map.copyOf(labels);
        namedPorts = Map.copyOf(namedPorts);
    }

    /// Whether a sidecar beside it takes mutual TLS.
    public String tlsMode() {
        return labels.getOrDefault(
                "security.istio.io/tlsMode", serviceAccount.isEmpty() || entry.isEmpty() ? "disabled" : "istio");
    }
}
