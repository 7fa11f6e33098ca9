package dev.lateen.model.mesh;

import dev.lateen.model.istio.DestinationRule;
import dev.lateen.model.istio.TrafficPolicy;
import dev.lateen.model.istio.TrafficPolicy.PortPolicy;
import java.util.List;
import java.util.Optional;

/// What of a destination rule holds for one port and subset: the subset's parts replace the rule's, and settings for
/// the port replace all that they may set, whether they set it or not. Thread: any.
public final class EffectivePolicy {
    private EffectivePolicy() {}

    /// With the mesh's baseline where the rule says nothing: a part is the rule's or the mesh's as a whole.
    public static TrafficPolicy of(
            Optional<DestinationRule> rule,
            Optional<DestinationRule.Subset> subset,
            int port,
            MeshConfig.Baseline baseline) {
        TrafficPolicy own = of(rule, subset, port);
        return new TrafficPolicy(
                own.loadBalancer(),
                own.connectionPool().or(baseline::connectionPool),
                own.outlierDetection().or(baseline::outlierDetection),
                own.tls(),
                own.ports(),
                own.tunnel(),
                own.proxyProtocol(),
                own.retryBudget());
    }

    /// Of the rule alone.
    public static TrafficPolicy of(Optional<DestinationRule> rule, Optional<DestinationRule.Subset> subset, int port) {
        TrafficPolicy policy = rule.flatMap(DestinationRule::trafficPolicy)
                .map(p -> forPort(p, port))
                .orElse(TrafficPolicy.EMPTY);
        return subset.flatMap(DestinationRule.Subset::trafficPolicy)
                .map(over -> overlay(policy, over, port))
                .orElse(policy);
    }

    private static TrafficPolicy overlay(TrafficPolicy base, TrafficPolicy over, int port) {
        TrafficPolicy merged = new TrafficPolicy(
                over.loadBalancer().or(base::loadBalancer),
                over.connectionPool().or(base::connectionPool),
                over.outlierDetection().or(base::outlierDetection),
                over.tls().or(base::tls),
                over.ports(),
                over.tunnel().or(base::tunnel),
                over.proxyProtocol().or(base::proxyProtocol),
                over.retryBudget().or(base::retryBudget));
        return forPort(merged, port);
    }

    private static TrafficPolicy forPort(TrafficPolicy policy, int port) {
        for (PortPolicy own : policy.ports()) {
            if (own.port() == port) {
                return new TrafficPolicy(
                        own.loadBalancer(),
                        own.connectionPool(),
                        own.outlierDetection(),
                        own.tls(),
                        List.of(),
                        policy.tunnel(),
                        policy.proxyProtocol(),
                        policy.retryBudget());
            }
        }
        return policy;
    }
}
