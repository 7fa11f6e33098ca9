package dev.lateen.e2e.acceptance;

import dev.lateen.model.mesh.Locality;
import dev.lateen.model.mesh.ProxyNode;
import java.util.HashMap;
import java.util.Map;

/// Where in a mesh a proxy sits.
public enum Seat {
    /// Beside a workload, behind redirection in the kernel.
    SIDECAR,
    /// Beside a workload that speaks to it knowingly.
    EXPLICIT_SIDECAR,
    GATEWAY;

    /// @param plane metadata that tells which data plane it is
    public ProxyNode node(String plane) {
        return node(plane, Map.of());
    }

    /// @param proxyConfig the proxy's own settings, as an annotation gives them
    public ProxyNode node(String plane, Map<String, ?> proxyConfig) {
        Map<String, Object> metadata = new HashMap<>();
        metadata.put("PROXY_CONFIG", proxyConfig);
        metadata.put(plane, "true");
        metadata.put("CLUSTER_ID", "Kubernetes");
        String id = switch (this) {
            case SIDECAR, EXPLICIT_SIDECAR -> {
                metadata.put("LABELS", Map.of("app", "shop", "version", "v1"));
                metadata.put("NAMESPACE", "default");
                metadata.put("INSTANCE_IPS", "10.1.0.1");
                yield "sidecar~10.1.0.1~shop-1.default~default.svc.cluster.local";
            }
            case GATEWAY -> {
                metadata.put("LABELS", Map.of("istio", "ingressgateway"));
                metadata.put("NAMESPACE", "istio-system");
                metadata.put("INSTANCE_IPS", "10.1.9.9");
                yield "router~10.1.9.9~edge-1.istio-system~istio-system.svc.cluster.local";
            }
        };
        if (this == EXPLICIT_SIDECAR) {
            metadata.put("INTERCEPTION_MODE", "NONE");
            metadata.put("HTTP_PROXY_PORT", "15080");
        }
        return ProxyNode.parse(id, metadata, new Locality("eu", "a", "")).orElseThrow();
    }
}
