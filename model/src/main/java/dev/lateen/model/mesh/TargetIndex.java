package dev.lateen.model.mesh;

import dev.lateen.model.mesh.ProxyScope.Target;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Finds what a workload serves by its addresses; a changed endpoint costs its own service.
///
/// Thread: control loop.
// Identity is the point: a part of a snapshot that is the same instance has not changed.
@SuppressWarnings("ReferenceEquality")
final class TargetIndex {
    private final Map<String, List<Target>> byAddress = new HashMap<>();
    private final IdentityHashMap<MeshService, Integer> ranks = new IdentityHashMap<>();
    private ServiceIndex services = ServiceIndex.EMPTY;
    private Map<ServiceId, List<Endpoint>> endpoints = Map.of();
    private long indexed;

    void update(MeshSnapshot snapshot) {
        if (services == snapshot.services() && endpoints == snapshot.endpoints()) {
            return;
        }
        if (services != snapshot.services()) {
            services = snapshot.services();
            endpoints = Map.of();
            byAddress.clear();
            ranks.clear();
            services.all().forEach(service -> ranks.put(service, ranks.size()));
        }
        for (MeshService service : services.all()) {
            List<Endpoint> before = endpoints.getOrDefault(service.id(), List.of());
            List<Endpoint> now = snapshot.endpointsOf(service.id());
            if (before != now && service.resolution() != Resolution.ALIAS) {
                before.forEach(endpoint -> remove(service, endpoint));
                now.forEach(endpoint -> add(service, endpoint));
            }
        }
        endpoints = snapshot.endpoints();
    }

    /// How many endpoints have been put in so far.
    long indexed() {
        return indexed;
    }

    private void add(MeshService service, Endpoint endpoint) {
        indexed++;
        for (ServicePort port : service.ports()) {
            if (port.name().equals(endpoint.servicePort())) {
                Target target = new Target(service, port, endpoint);
                for (String address : endpoint.addresses()) {
                    List<Target> there = byAddress.computeIfAbsent(address, _ -> new ArrayList<>(1));
                    there.add(target);
                    if (there.size() > 1) {
                        there.sort(Comparator.comparingInt(t -> ranks.getOrDefault(t.service(), 0)));
                    }
                }
            }
        }
    }

    private void remove(MeshService service, Endpoint endpoint) {
        for (String address : endpoint.addresses()) {
            List<Target> there = byAddress.get(address);
            if (there != null && there.removeIf(target -> target.service() == service) && there.isEmpty()) {
                byAddress.remove(address);
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
