package dev.lateen.proxy.cluster;

import dev.lateen.proxy.telemetry.DestinationService;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which service a cluster stands for: what Istio's control plane wrote into its metadata (`istio` → `services`).
/// Clusters without it, such as `PassthroughCluster`, count under their own name.
final class Services {
    private Services() {}

    static DestinationService of(ClusterConfig cluster) {
        if (cluster.metadata().find("istio", "services") instanceof List<?> services
                && !services.isEmpty()
                && services.getFirst() instanceof Map<?, ?> service) {
            String host = text(service.get("host"));
            String name = text(service.get("name"));
            return new DestinationService(
                    host, name.isEmpty() ? firstLabel(host) : name, text(service.get("namespace")));
        }
        return DestinationService.ofCluster(cluster.name());
    }

    private static String firstLabel(String host) {
        int dot = host.indexOf('.');
        return dot < 0 ? host : host.substring(0, dot);
    }

    private static String text(@Nullable Object value) {
        return value instanceof String text ? text : "";
    }
}
