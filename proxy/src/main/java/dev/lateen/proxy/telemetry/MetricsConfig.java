package dev.lateen.proxy.telemetry;

import dev.lateen.proxy.expression.Expression;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What configuration changes about Istio's metrics.
///
/// Thread: any (immutable).
///
/// @param hostFallback whether a client takes the authority for the service where no service is known
/// @param expressions every expression once; tags name them by index
/// @param tags metric → tag → index of its expression, or `REMOVED`
/// @param dropped metrics that are not shown
public record MetricsConfig(
        boolean hostFallback,
        List<Expression> expressions,
        Map<IstioMetric, Map<String, Integer>> tags,
        Set<IstioMetric> dropped) {
    static final int REMOVED = -1;

    public static final MetricsConfig STANDARD = new MetricsConfig(true, List.of(), Map.of(), Set.of());

    public MetricsConfig {
        expressions = List.copyOf(expressions);
        Map<IstioMetric, Map<String, Integer>> copy = new LinkedHashMap<>();
        tags.forEach((metric, changes) -> copy.put(metric, new LinkedHashMap<>(changes)));
        tags = copy;
        dropped = Set.copyOf(dropped);
    }

    /// Whether every metric has the same, standard labels.
    boolean standardLabels() {
        return tags.isEmpty() && dropped.isEmpty();
    }
}
