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

    /// What holds, and the policy that says so; none where nothing but the default does.
    ///
    /// @param mode never `UNSET`
    public record Decision(Mode mode, Optional<PeerAuthentication> by) {
        private static final Decision DEFAULT = new Decision(Mode.PERMISSIVE, Optional.empty());
    }

    /// @param policies eldest first
    /// @return never `UNSET`
    public static Mode effective(
            List<PeerAuthentication> policies, String root, String namespace, Map<String, String> labels, int port) {
        return decide(policies, root, namespace, labels, port).mode();
    }

    /// As `effective`, with the policy that decides.
    public static Decision decide(
            List<PeerAuthentication> policies, String root, String namespace, Map<String, String> labels, int port) {
        Decision inherited = inherited(policies, root, namespace);
        Optional<PeerAuthentication> own = workloadPolicy(policies, root, namespace, labels);
        if (own.isEmpty()) {
            return inherited;
        }
        Decision workload = own.get().mode() == Mode.UNSET
                ? inherited
                : new Decision(own.get().mode(), own);
        Mode ofPort = own.get().portLevel().getOrDefault(port, Mode.UNSET);
        return ofPort == Mode.UNSET ? workload : new Decision(ofPort, own);
    }

    /// The mode for a namespace as a whole, as clients assume it.
    public static Mode ofNamespace(List<PeerAuthentication> policies, String root, String namespace) {
        return inherited(policies, root, namespace).mode();
    }

    private static Decision inherited(List<PeerAuthentication> policies, String root, String namespace) {
        Decision ofMesh = ofNamespace(policies, root, Decision.DEFAULT);
        return namespace.equals(root) ? ofMesh : ofNamespace(policies, namespace, ofMesh);
    }

    private static Decision ofNamespace(List<PeerAuthentication> policies, String namespace, Decision inherited) {
        for (PeerAuthentication policy : policies) {
            if (policy.selector().isEmpty() && policy.metadata().namespace().equals(namespace)) {
                return policy.mode() == Mode.UNSET ? inherited : new Decision(policy.mode(), Optional.of(policy));
            }
        }
        return inherited;
    }

    /// A policy of the root namespace that chooses workloads holds for none, as in Istio.
    static Optional<PeerAuthentication> workloadPolicy(
            List<PeerAuthentication> policies, String root, String namespace, Map<String, String> labels) {
        if (namespace.equals(root)) {
            return Optional.empty();
        }
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
