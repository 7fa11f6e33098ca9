package dev.lateen.translate;

import dev.lateen.model.mesh.MeshService;
import java.util.Map;
import java.util.Optional;

/// The service behind an extension provider of the mesh.
final class ProviderService {
    private ProviderService() {}

    /// Its host; empty where nobody has it, or several namespaces do.
    ///
    /// @param service as `host` where only one namespace has it, or as `namespace/host`
    static Optional<String> host(Scene scene, String service) {
        int slash = service.indexOf('/');
        String host = service.substring(slash + 1);
        Map<String, MeshService> known = scene.snapshot().services().byNamespace(host);
        boolean found = slash < 0 ? known.size() == 1 : known.containsKey(service.substring(0, slash));
        return found ? Optional.of(host) : Optional.empty();
    }
}
