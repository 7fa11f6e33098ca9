package dev.lateen.translate;

import dev.lateen.model.mesh.MeshConfig.ZipkinAddress;
import dev.lateen.model.mesh.MeshService;
import dev.lateen.model.mesh.NodeMetadata.DataPlane;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import java.util.List;
import java.util.Optional;

/// The clusters of collectors that `defaultConfig` names by their addresses: of spans that of a service, where the
/// address is one that the mesh knows and no `tlsSettings` say how to connect, or a cluster of its own; of log entries
/// always one of its own, which Envoy has in its bootstrap.
final class CollectorCluster {
    private static final String OWN = "zipkin";
    /// Of `envoyAccessLogService`.
    static final String LOGS = "envoy_accesslog_service";

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
                .map(address -> spans(scene, address));
    }

    private static Cluster spans(Scene scene, ZipkinAddress address) {
        Cluster.Builder cluster = DirectCluster.to(OWN, address.host(), address.port());
        scene.mesh().tracing().tls().ifPresent(tls -> DirectCluster.secure(cluster, tls, address.host(), false, scene));
        return cluster.build();
    }

    /// Empty where no entries are sent, or Envoy's bootstrap has it.
    static Optional<Cluster> logs(Scene scene) {
        return scene.mesh()
                .accessLog()
                .collector()
                .filter(_ -> scene.dataPlane() == DataPlane.LATEEN)
                .map(server -> {
                    Cluster.Builder cluster = DirectCluster.http2(DirectCluster.to(LOGS, server.host(), server.port()));
                    server.tls().ifPresent(tls -> DirectCluster.secure(cluster, tls, server.host(), true, scene));
                    return cluster.build();
                });
    }

    /// People write names of services as short as DNS in their cluster takes them: `jaeger.istio-system`.
    private static Optional<String> service(Scene scene, ZipkinAddress address) {
        if (scene.mesh().tracing().tls().isPresent()) {
            return Optional.empty();
        }
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
