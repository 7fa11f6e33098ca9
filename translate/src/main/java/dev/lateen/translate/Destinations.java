package dev.lateen.translate;

import dev.lateen.model.istio.Destination;
import dev.lateen.model.mesh.Hostname;
import dev.lateen.model.mesh.MeshService;
import java.util.Optional;

/// Which service and which port a route's destination means.
final class Destinations {
    private Destinations() {}

    /// The full name of the service: of an alias, the one behind it.
    ///
    /// @param namespace of the resource that names it
    static String host(Destination to, String namespace, Scene scene) {
        String full = Hostname.resolve(to.host(), namespace, scene.settings().shortNames());
        return scene.snapshot().services().behind(full);
    }

    /// The port that is named, else the only one of the service, else the one that the listener has.
    static int port(Destination to, Optional<MeshService> service, int listenPort) {
        if (to.port().isPresent()) {
            return to.port().getAsInt();
        }
        return service.filter(s -> s.ports().size() == 1)
                .map(s -> s.ports().getFirst().port())
                .orElse(listenPort);
    }
}
