package dev.lateen.translate;

import dev.lateen.model.istio.Destination;
import dev.lateen.model.istio.Sidecar;

/// Where traffic to unknown hosts goes: to its own destination, to what its name leads to, or to a proxy that a
/// `Sidecar`
/// names.
final class EgressProxies {
    private EgressProxies() {}

    /// Of plain HTTP: where the mesh wants it, to whom it asks for.
    static String httpCluster(Scene scene) {
        return scene.outbound().looksUpAny() ? Names.ALLOW_ANY_DYNAMIC_DNS : cluster(scene);
    }

    static String cluster(Scene scene) {
        if (!scene.outbound().allowsAny()) {
            return Names.BLACK_HOLE;
        }
        return scene.outbound()
                .sidecar()
                .flatMap(Sidecar::outboundTrafficPolicy)
                .flatMap(Sidecar.OutboundPolicy::egressProxy)
                .map(to -> clusterOf(scene, to))
                .orElse(Names.PASSTHROUGH);
    }

    private static String clusterOf(Scene scene, Destination to) {
        String host = Destinations.host(to, scene.outbound().namespace(), scene);
        return Names.outbound(Destinations.port(to, scene.outbound().service(host), 0), to, host);
    }
}
