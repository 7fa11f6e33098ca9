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
    /// More than one where resources name the same service.
    private final Map<ServiceId, List<MeshService>> byId = new HashMap<>();

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
            byId.clear();
            for (MeshService service : services.all()) {
                ranks.put(service, ranks.size());
                byId.computeIfAbsent(service.id(), _ -> new ArrayList<>(1)).add(service);
            }
        }
        for (ServiceId id : snapshot.movedSince(endpoints).orElse(byId.keySet())) {
            List<Endpoint> before = endpoints.getOrDefault(id, List.of());
            List<Endpoint> now = snapshot.endpointsOf(id);
            if (before != now) {
                byId.getOrDefault(id, List.of()).forEach(service -> move(service, before, now));
            }
        }
        endpoints = snapshot.endpoints();
    }

    private void move(MeshService service, List<Endpoint> before, List<Endpoint> now) {
        if (service.resolution() != Resolution.ALIAS) {
            before.forEach(endpoint -> remove(service, endpoint));
            now.forEach(endpoint -> add(service, endpoint));
        }
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
