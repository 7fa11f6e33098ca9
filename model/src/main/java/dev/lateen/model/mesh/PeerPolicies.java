package dev.lateen.model.mesh;

import dev.lateen.model.istio.PeerAuthentication;
import dev.lateen.model.istio.PeerAuthentication.Mode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Which `PeerAuthentication` holds: of the port, else of the workload, else of its namespace, else of the mesh; the
/// eldest counts where several are of one rank.
///
/// Source: Istio, "PeerAuthentication". Thread: any.
public final class PeerPolicies {
    private PeerPolicies() {}

    /// @param policies eldest first
    /// @return never `UNSET`
    public static Mode effective(
            List<PeerAuthentication> policies, String root, String namespace, Map<String, String> labels, int port) {
        Mode inherited = ofNamespace(policies, root, Mode.PERMISSIVE);
        if (!namespace.equals(root)) {
            inherited = ofNamespace(policies, namespace, inherited);
        }
        Optional<PeerAuthentication> own = workloadPolicy(policies, namespace, labels);
        if (own.isEmpty()) {
            return inherited;
        }
        Mode workload = own.get().mode() == Mode.UNSET ? inherited : own.get().mode();
        Mode ofPort = own.get().portLevel().getOrDefault(port, Mode.UNSET);
        return ofPort == Mode.UNSET ? workload : ofPort;
    }

    /// The mode for a namespace as a whole, as clients assume it.
    public static Mode ofNamespace(List<PeerAuthentication> policies, String root, String namespace) {
        Mode inherited = ofNamespace(policies, root, Mode.PERMISSIVE);
        return namespace.equals(root) ? inherited : ofNamespace(policies, namespace, inherited);
    }

    private static Mode ofNamespace(List<PeerAuthentication> policies, String namespace, Mode inherited) {
        for (PeerAuthentication policy : policies) {
            if (policy.selector().isEmpty() && policy.metadata().namespace().equals(namespace)) {
                return policy.mode() == Mode.UNSET ? inherited : policy.mode();
            }
        }
        return inherited;
    }

    static Optional<PeerAuthentication> workloadPolicy(
            List<PeerAuthentication> policies, String namespace, Map<String, String> labels) {
        for (PeerAuthentication policy : policies) {
            if (!policy.selector().isEmpty()
                    && policy.metadata().namespace().equals(namespace)
                    && policy.selector().matches(labels)) {
                return Optional.of(policy);
            }
        }
        return Optional.empty();
    }
}
