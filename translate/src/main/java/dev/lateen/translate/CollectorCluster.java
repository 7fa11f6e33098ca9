package dev.lateen.translate;

import dev.lateen.model.mesh.MeshConfig.ZipkinAddress;
import dev.lateen.model.mesh.MeshService;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import java.util.List;
import java.util.Optional;

/// The cluster of the collector that `defaultConfig.tracing.zipkin` names: that of a service, where the address is one
/// that the mesh knows, or a cluster of its own.
final class CollectorCluster {
    private static final String OWN = "zipkin";

    private CollectorCluster() {}

    static String name(Scene scene, ZipkinAddress address) {
        return service(scene, address)
                .map(host -> Names.outbound(address.port(), "", host))
                .orElse(OWN);
    }

    /// Empty where no cluster of its own is needed.
    static Optional<Cluster> own(Scene scene) {
        return scene.mesh()
                .tracing()
                .zipkin()
                .filter(_ -> scene.mesh().tracing().enabled() && !scene.hasIstioFilters())
                .filter(address -> service(scene, address).isEmpty())
                .map(address ->
                        DirectCluster.to(OWN, address.host(), address.port()).build());
    }

    /// People write names of services as short as DNS in their cluster takes them: `jaeger.istio-system`.
    private static Optional<String> service(Scene scene, ZipkinAddress address) {
        String host = address.host();
        String domain = scene.settings().clusterDomain();
        for (String name : List.of(host, host + ".svc." + domain, host + "." + domain)) {
            for (MeshService service :
                    scene.snapshot().services().byNamespace(name).values()) {
                if (service.ports().stream().anyMatch(port -> port.port() == address.port())) {
                    return Optional.of(name);
                }
            }
        }
        return Optional.empty();
    }
}
