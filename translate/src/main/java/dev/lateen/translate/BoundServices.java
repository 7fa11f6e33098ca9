package dev.lateen.translate;

import dev.lateen.model.istio.VirtualService;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Which virtual services name which gateway: servers may be thousands, and so may they. In their own order.
final class BoundServices {
    private final Map<String, List<VirtualService>> byGateway = new HashMap<>();

    BoundServices(Scene scene) {
        for (VirtualService service : scene.outbound().virtualServices()) {
            String namespace = service.metadata().namespace();
            service.gateways().stream()
                    .map(gateway -> HttpRoutes.qualified(gateway, namespace))
                    .distinct()
                    .forEach(gateway -> byGateway
                            .computeIfAbsent(gateway, _ -> new ArrayList<>())
                            .add(service));
        }
    }

    /// @param gateway by namespace and name
    List<VirtualService> of(String gateway) {
        return byGateway.getOrDefault(gateway, List.of());
    }
}
