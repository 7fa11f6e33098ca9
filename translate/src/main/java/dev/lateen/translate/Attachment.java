package dev.lateen.translate;

import dev.lateen.model.istio.Selector;
import dev.lateen.model.istio.TargetRef;
import java.util.List;

/// Whether a policy is meant for a proxy.
final class Attachment {
    private static final String GATEWAY_NAME = "gateway.networking.k8s.io/gateway-name";

    private Attachment() {}

    /// Policies of the root namespace are meant for all namespaces, others for their own. They choose proxies by labels
    /// or name the gateway that a proxy serves.
    static boolean applies(Scene scene, String namespace, Selector selector, List<TargetRef> refs) {
        boolean near = namespace.equals(scene.mesh().identity().rootNamespace())
                || namespace.equals(scene.node().namespace());
        if (refs.isEmpty()) {
            return near && selector.matches(scene.node().labels());
        }
        return namespace.equals(scene.node().namespace()) && refs.stream().anyMatch(ref -> names(scene, ref));
    }

    private static boolean names(Scene scene, TargetRef ref) {
        return ref.isGateway() && ref.name().equals(scene.node().labels().get(GATEWAY_NAME));
    }
}
