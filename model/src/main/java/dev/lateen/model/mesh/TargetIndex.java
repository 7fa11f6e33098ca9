package dev.lateen.model.mesh;

import dev.lateen.model.mesh.ProxyScope.Target;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Finds what a workload serves by its addresses. Thread: any (immutable).
final class TargetIndex {
    private final Map<String, List<Target>> byAddress = new HashMap<>();

    TargetIndex(MeshSnapshot snapshot) {
        for (MeshService service : snapshot.services().all()) {
            if (service.resolution() == Resolution.ALIAS) {
                continue;
            }
            for (Endpoint endpoint : snapshot.endpointsOf(service.id())) {
                for (ServicePort port : service.ports()) {
                    if (port.name().equals(endpoint.servicePort())) {
                        Target target = new Target(service, port, endpoint);
                        for (String address : endpoint.addresses()) {
                            byAddress
                                    .computeIfAbsent(address, _ -> new ArrayList<>(1))
                                    .add(target);
                        }
                    }
                }
            }
        }
    }

    /// In the order of the registry.
    List<Target> of(ProxyNode node) {
        if (node.addresses().size() == 1) {
            return List.copyOf(byAddress.getOrDefault(node.address(), List.of()));
        }
        Set<Target> found = new LinkedHashSet<>();
        for (String address : node.addresses()) {
            found.addAll(byAddress.getOrDefault(address, List.of()));
        }
        return List.copyOf(found);
    }
}
