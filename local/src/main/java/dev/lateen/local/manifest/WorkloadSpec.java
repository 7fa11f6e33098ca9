package dev.lateen.local.manifest;

import dev.lateen.kubernetes.inject.ProxySettings;
import dev.lateen.model.tree.Position;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A workload (Deployment, StatefulSet, DaemonSet, Pod) as this machine runs it.
///
/// @param kind as in the manifest
/// @param replicas how many pods; 1 for a Pod and for a DaemonSet, since this machine is the only node
/// @param directory where relative commands start: the manifest's own
/// @param role what its proxy is
/// @param proxy what is in force for its proxy
public record WorkloadSpec(
        String kind,
        String namespace,
        String name,
        int replicas,
        Map<String, String> labels,
        Map<String, String> annotations,
        String serviceAccount,
        List<ContainerSpec> containers,
        Role role,
        ProxySettings proxy,
        Path directory,
        Position at) {
    /// What the proxy of its pods does.
    public enum Role {
        /// In front of the containers.
        SIDECAR,
        /// A gateway: the proxy is all there is.
        GATEWAY,
        /// None: the containers speak xDS themselves, and an agent gives them what they need for it.
        PROXYLESS,
        /// No proxy: injection is switched off.
        NONE
    }

    public WorkloadSpec {
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
        containers = List.copyOf(containers);
    }

    /// Whether both are the same workload, said in different words.
    public boolean isVersionOf(WorkloadSpec other) {
        return name.equals(other.name) && namespace.equals(other.namespace);
    }

    /// All that decides how a pod runs; a pod is replaced when it changes, and only then. The same in every
    /// process.
    public String fingerprint() {
        int hash = List.of(
                        new TreeMap<>(labels),
                        new TreeMap<>(annotations),
                        serviceAccount,
                        containers.stream().map(WorkloadSpec::facts).toList(),
                        role.name(),
                        proxy.differences())
                .toString()
                .hashCode();
        return Integer.toString((hash & 0x3fffffff) | 0x20000000, 36).substring(0, 5);
    }

    /// Without the container's place: an edit elsewhere in the file moves it without changing it. Maps are sorted:
    /// their own order differs from process to process.
    private static List<Object> facts(ContainerSpec spec) {
        return List.of(
                spec.name(),
                spec.image(),
                spec.command(),
                new TreeMap<>(spec.environment()),
                spec.ports(),
                spec.workingDirectory(),
                spec.readiness(),
                spec.liveness(),
                spec.startup());
    }
}
