package dev.lateen.proxy.cluster;

import dev.lateen.proxy.telemetry.DestinationService;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which service a cluster stands for: what Istio's control plane wrote into its metadata (`istio` → `services`).
/// Clusters without it, such as `PassthroughCluster`, count under their own name.
final class Services {
    private static final String UNKNOWN = "unknown";

    private Services() {}

    static DestinationService of(ClusterConfig cluster) {
        if (cluster.metadata().find("istio", "services") instanceof List<?> services
                && !services.isEmpty()
                && services.getFirst() instanceof Map<?, ?> service) {
            return new DestinationService(
                    text(service.get("host")), text(service.get("name")), text(service.get("namespace")));
        }
        return switch (cluster.name()) {
            case "PassthroughCluster", "BlackHoleCluster", "InboundPassthroughCluster", "AllowAnyDynamicDNSCluster" ->
                new DestinationService("", cluster.name(), UNKNOWN);
            default -> new DestinationService("", UNKNOWN, UNKNOWN);
        };
    }

    private static String text(@Nullable Object value) {
        return value instanceof String text && !text.isEmpty() ? text : UNKNOWN;
    }
}
