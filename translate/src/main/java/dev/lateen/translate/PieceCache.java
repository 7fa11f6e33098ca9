package dev.lateen.translate;

import dev.lateen.model.istio.VirtualService;
import dev.lateen.model.mesh.MeshService;
import dev.lateen.model.mesh.MeshSnapshot;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Makes the pieces of route configurations.
final class PieceCache {
    List<Route> routes(Scene scene, VirtualService service, int port) {
        return new HttpRoutes(scene, port, Set.of("mesh")).of(service);
    }

    VirtualHost host(
            Scene scene,
            String name,
            List<String> domains,
            List<Route> routes,
            Optional<MeshService> service,
            int port,
            MeshSnapshot snapshot) {
        VirtualHost.Builder host =
                VirtualHost.newBuilder().setName(name).addAllDomains(domains).setIncludeRequestAttemptCount(true);
        if (routes.isEmpty()) {
            service.ifPresent(s -> s.port(port).ifPresent(p -> host.addRoutes(HttpRoutes.toService(scene, s, p))));
        } else {
            host.addAllRoutes(routes);
        }
        return host.build();
    }
}
