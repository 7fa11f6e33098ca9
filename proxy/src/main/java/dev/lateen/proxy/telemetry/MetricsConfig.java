package dev.lateen.proxy.telemetry;

import dev.lateen.proxy.expression.Expression;
import java.time.Duration;
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
/// @param tcpReporting how often the bytes of open TCP connections are counted
public record MetricsConfig(
        boolean hostFallback,
        List<Expression> expressions,
        Map<IstioMetric, Map<String, Integer>> tags,
        Set<IstioMetric> dropped,
        Duration tcpReporting) {
    static final int REMOVED = -1;
    /// Istio's default.
    static final Duration TCP_REPORTING = Duration.ofSeconds(5);

    public static final MetricsConfig STANDARD = new MetricsConfig(true, List.of(), Map.of(), Set.of(), TCP_REPORTING);

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
