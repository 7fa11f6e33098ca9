package dev.lateen.control.identity;

import dev.lateen.model.mesh.ProxyNode;
import dev.lateen.xds.server.Peer;
import java.util.Optional;

/// Decides whether a proxy may have the configuration of the node that it says it is: over TLS it must have proved an
/// identity of the node's namespace, and where its token is bound to a pod, be that pod. The plaintext port asks for
/// nothing, and gives out no keys.
///
/// Thread: control loop.
public final class NodeAdmission {
    private final Callers callers;

    public NodeAdmission(Callers callers) {
        this.callers = callers;
    }

    /// Why not; empty where it may.
    public Optional<String> refusal(Peer peer, ProxyNode node) {
        if (!peer.encrypted()) {
            return Optional.empty();
        }
        return switch (callers.authenticate(peer)) {
            case TokenVerdict.Unknown(var reason) -> Optional.of("not authenticated: " + reason);
            case TokenVerdict.Known(var id, var pod) -> {
                if (!pod.isEmpty() && !node.name().equals(pod + "." + id.namespace())) {
                    yield Optional.of("node.id: \"" + node.name() + "\", and the caller's token is bound to pod " + pod
                            + " of " + id.namespace());
                }
                if (!id.namespace().equals(node.namespace())) {
                    yield Optional.of(
                            "node.id: namespace \"" + node.namespace() + "\", and the caller has proved to be " + id);
                }
                boolean otherAccount = !node.serviceAccount().isEmpty()
                        && !node.serviceAccount().equals(id.serviceAccount());
                yield otherAccount
                        ? Optional.of("node.metadata.SERVICE_ACCOUNT: \"" + node.serviceAccount()
                                + "\", and the caller has proved to be " + id)
                        : Optional.empty();
            }
        };
    }
}
