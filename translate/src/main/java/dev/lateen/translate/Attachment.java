package dev.lateen.translate;

import dev.lateen.model.istio.Selector;
import dev.lateen.model.istio.TargetRef;
import dev.lateen.translate.policy.ProxyPolicies;
import java.util.List;

/// Whether a policy is meant for a proxy.
final class Attachment {
    private Attachment() {}

    /// As for the policy kinds of our own.
    static boolean applies(Scene scene, String namespace, Selector selector, List<TargetRef> refs) {
        return ProxyPolicies.applies(scene.snapshot(), scene.node(), namespace, selector, refs);
    }
}
