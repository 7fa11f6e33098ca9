package dev.lateen.translate.policy;

import dev.lateen.model.istio.AuthorizationPolicy;
import dev.lateen.model.istio.RequestAuthentication;
import dev.lateen.model.mesh.MeshSnapshot;
import dev.lateen.model.mesh.MeshSnapshot.Security;
import dev.lateen.model.mesh.ProxyNode;
import dev.lateen.model.resource.ResourceKey;
import java.util.LinkedHashSet;
import java.util.Set;

/// Which policies one proxy carries out, for reports.
public final class CarriedPolicies {
    private static final Set<String> KINDS =
            Set.of("RateLimit", "Quota", "AccessList", "AuthorizationPolicy", "RequestAuthentication");

    private CarriedPolicies() {}

    /// Whether a resource of this kind is carried out by the proxies that it is for.
    public static boolean isPolicy(ResourceKey key) {
        return KINDS.contains(key.kind());
    }

    /// The resources whose selector or target means this proxy.
    public static Set<ResourceKey> of(MeshSnapshot snapshot, ProxyNode node) {
        Set<ResourceKey> carried =
                new LinkedHashSet<>(ProxyPolicies.of(snapshot, node).resources());
        Security security = snapshot.security();
        for (AuthorizationPolicy policy : security.authorizationPolicies()) {
            if (ProxyPolicies.applies(
                    snapshot, node, policy.metadata().namespace(), policy.selector(), policy.targetRefs())) {
                carried.add(policy.origin().resource());
            }
        }
        for (RequestAuthentication policy : security.requestAuthentications()) {
            if (ProxyPolicies.applies(
                    snapshot, node, policy.metadata().namespace(), policy.selector(), policy.targetRefs())) {
                carried.add(policy.origin().resource());
            }
        }
        return carried;
    }
}
