package dev.lateen.translate;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.istio.DestinationRule;
import dev.lateen.model.istio.Origin;
import dev.lateen.model.istio.TrafficPolicy;
import dev.lateen.model.istio.TrafficPolicy.LoadBalancer;
import dev.lateen.model.istio.TrafficPolicy.ZoneAwareLb;
import dev.lateen.model.mesh.MeshSnapshot;
import dev.lateen.model.mesh.NodeMetadata.DataPlane;
import dev.lateen.model.mesh.ProxyNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// Says at DestinationRules that zones do not count, where none of the proxies asks for those of its own kind: nothing
/// but their regions would be told apart, in silence. Thread: control loop.
final class ZoneAwareLimits {
    private final List<Diagnostic> found = new ArrayList<>();

    private ZoneAwareLimits() {}

    static List<Diagnostic> of(MeshSnapshot snapshot, Collection<ProxyNode> nodes) {
        List<ProxyNode> proxies = nodes.stream()
                .filter(node -> node.metadata().dataPlane() != DataPlane.GRPC)
                .toList();
        if (proxies.isEmpty()
                || proxies.stream().anyMatch(node -> node.metadata().switches().selfDiscovery())) {
            return List.of();
        }
        ZoneAwareLimits limits = new ZoneAwareLimits();
        for (DestinationRule rule : snapshot.traffic().destinationRules()) {
            rule.trafficPolicy().ifPresent(policy -> limits.policy(rule.origin(), policy));
            rule.subsets().forEach(subset -> subset.trafficPolicy().ifPresent(p -> limits.policy(subset.origin(), p)));
        }
        return limits.found;
    }

    private void policy(Origin at, TrafficPolicy policy) {
        policy.loadBalancer().ifPresent(balancer -> note(at, ".trafficPolicy.loadBalancer", balancer));
        for (int index = 0; index < policy.ports().size(); index++) {
            String port = ".trafficPolicy.portLevelSettings[" + index + "].loadBalancer";
            policy.ports().get(index).loadBalancer().ifPresent(balancer -> note(at, port, balancer));
        }
    }

    private void note(Origin at, String field, LoadBalancer balancer) {
        if (balancer.zoneAware()
                .map(ZoneAwareLb::enabled)
                .map(e -> e.orElse(true))
                .orElse(false)) {
            found.add(Diagnostic.warning(
                            "ineffective",
                            at.at(),
                            at.field() + field + ".zoneAwareLbSetting",
                            "regions count, but no zones: no proxy asks where those of its own kind run")
                    .withAdvice("set ISTIO_META_ENABLE_SELF_DISCOVERY: \"true\" in proxyMetadata of defaultConfig, or"
                            + " of the annotation proxy.istio.io/config"));
        }
    }
}
