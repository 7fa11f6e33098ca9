package dev.lateen.translate;

import dev.lateen.model.istio.Destination;
import dev.lateen.model.mesh.MeshService;
import java.util.Optional;

/// Which port a route's destination means.
final class Destinations {
    private Destinations() {}

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
