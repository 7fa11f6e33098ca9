package dev.lateen.translate.policy;

import dev.lateen.model.istio.Selector;
import dev.lateen.model.istio.TargetRef;
import dev.lateen.model.mesh.MeshSnapshot;
import dev.lateen.model.mesh.MeshSnapshot.Policies;
import dev.lateen.model.mesh.ProxyNode;
import dev.lateen.model.policy.AccessList;
import dev.lateen.model.policy.Attached;
import dev.lateen.model.policy.Quota;
import dev.lateen.model.policy.RateLimit;
import dev.lateen.model.resource.ResourceKey;
import java.util.ArrayList;
import java.util.List;

/// The policies of our own that are for one proxy, eldest first.
public record ProxyPolicies(List<RateLimit> rateLimits, List<Quota> quotas, List<AccessList> accessLists) {
    private static final ProxyPolicies NONE = new ProxyPolicies(List.of(), List.of(), List.of());
    private static final String GATEWAY_NAME = "gateway.networking.k8s.io/gateway-name";

    public static ProxyPolicies of(MeshSnapshot snapshot, ProxyNode node) {
        Policies all = snapshot.policies();
        if (all.rateLimits().isEmpty()
                && all.quotas().isEmpty()
                && all.accessLists().isEmpty()) {
            return NONE;
        }
        return new ProxyPolicies(
                all.rateLimits().stream()
                        .filter(p -> applies(snapshot, node, p.to()))
                        .toList(),
                all.quotas().stream()
                        .filter(p -> applies(snapshot, node, p.to()))
                        .toList(),
                all.accessLists().stream()
                        .filter(p -> applies(snapshot, node, p.to()))
                        .toList());
    }

    /// The resources, for reports.
    public List<ResourceKey> resources() {
        List<ResourceKey> keys = new ArrayList<>();
        rateLimits.forEach(p -> keys.add(p.to().origin().resource()));
        quotas.forEach(p -> keys.add(p.to().origin().resource()));
        accessLists.forEach(p -> keys.add(p.to().origin().resource()));
        return keys;
    }

    private static boolean applies(MeshSnapshot snapshot, ProxyNode node, Attached to) {
        return applies(snapshot, node, to.namespace(), to.selector(), to.targetRefs());
    }

    /// Policies of the root namespace are meant for all namespaces, others for their own. They choose proxies by labels
    /// or name the gateway that a proxy serves.
    public static boolean applies(
            MeshSnapshot snapshot, ProxyNode node, String namespace, Selector selector, List<TargetRef> refs) {
        boolean own = namespace.equals(node.namespace());
        if (refs.isEmpty()) {
            boolean near = own || namespace.equals(snapshot.mesh().identity().rootNamespace());
            return near && selector.matches(node.labels());
        }
        String gateway = node.labels().getOrDefault(GATEWAY_NAME, "");
        return own
                && refs.stream().anyMatch(ref -> ref.isGateway() && ref.name().equals(gateway));
    }
}
