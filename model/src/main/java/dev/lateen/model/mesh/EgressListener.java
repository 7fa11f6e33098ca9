package dev.lateen.model.mesh;

import dev.lateen.model.istio.Sidecar.Egress;
import dev.lateen.model.istio.VirtualService;
import java.util.List;
import java.util.Optional;

/// One way out of a workload and what may be reached by it.
///
/// @param declared empty for the way that there is without a `Sidecar`
public record EgressListener(
        Optional<Egress> declared, List<MeshService> services, List<VirtualService> virtualServices) {
    public EgressListener {
        services = List.copyOf(services);
        virtualServices = List.copyOf(virtualServices);
    }

    /// 0 where it serves the ports of the services.
    public int port() {
        return declared.flatMap(Egress::port).map(p -> p.number()).orElse(0);
    }
}
