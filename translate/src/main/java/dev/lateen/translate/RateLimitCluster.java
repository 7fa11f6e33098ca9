package dev.lateen.translate;

import dev.lateen.translate.policy.RateLimiting;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;

/// The cluster by which a proxy asks the rate-limit service: the control plane's secure port, by the address that the
/// proxy itself was configured with, and with the proxy's own certificate.
final class RateLimitCluster {
    private static final String USUAL = "istiod.istio-system.svc:15012";

    private RateLimitCluster() {}

    static Cluster of(Scene scene) {
        String address = address(scene);
        int colon = address.lastIndexOf(':');
        String host = address.substring(0, colon).replaceAll("[\\[\\]]", "");
        return DirectCluster.http2(
                        DirectCluster.to(RateLimiting.CLUSTER, host, Integer.parseInt(address.substring(colon + 1))))
                .setTransportSocket(UpstreamTls.toControlPlane())
                .build();
    }

    private static String address(Scene scene) {
        Object own = scene.node().metadata().proxyConfig().get("discoveryAddress");
        return own instanceof String text && text.matches(".+:[0-9]{1,5}") ? text : USUAL;
    }
}
