package dev.lateen.model.mesh;

import dev.lateen.model.kubernetes.Pod;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Where pods run: what their label `istio-locality` says, else where their machine stands, which the cluster's
/// operators say by its labels.
///
/// Thread: control loop.
final class PodPlaces {
    private final Map<String, Locality> nodes = new HashMap<>();

    /// @param labels of the machine; none where it is gone
    /// @return whether it stands elsewhere now
    boolean put(String node, Map<String, String> labels) {
        Locality now = new Locality(
                labels.getOrDefault(Topology.REGION, ""),
                labels.getOrDefault(Topology.ZONE, ""),
                labels.getOrDefault(Topology.SUBZONE, ""));
        Locality before = now.equals(Locality.NONE) ? nodes.remove(node) : nodes.put(node, now);
        return !now.equals(before == null ? Locality.NONE : before);
    }

    Workload workloadOf(Pod pod) {
        return placed(new Workload(
                pod.metadata().name(),
                pod.metadata().namespace(),
                pod.workloadName(),
                pod.addresses(),
                pod.metadata().labels(),
                pod.serviceAccount(),
                pod.namedPorts(),
                pod.ready(),
                Locality.NONE,
                pod.metadata().labels().getOrDefault(MeshNetworks.LABEL, ""),
                pod.nodeName(),
                Optional.empty()));
    }

    /// The same, where it is now.
    Workload placed(Workload pod) {
        Locality own = Locality.ofLabel(pod.labels());
        return pod.at(own.equals(Locality.NONE) ? nodes.getOrDefault(pod.node(), Locality.NONE) : own);
    }
}
