package dev.lateen.model.mesh;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Finds workloads by name, address and labels. Thread: any (immutable).
public final class WorkloadIndex {
    static final WorkloadIndex EMPTY = new WorkloadIndex(List.of());

    private final Map<String, List<Workload>> byNamespace = new HashMap<>();
    private final Map<String, Workload> byName = new HashMap<>();
    private final Map<String, Workload> byAddress = new HashMap<>();

    WorkloadIndex(Collection<Workload> workloads) {
        for (Workload workload : workloads) {
            byNamespace
                    .computeIfAbsent(workload.namespace(), _ -> new ArrayList<>())
                    .add(workload);
            byName.put(workload.namespace() + "/" + workload.name(), workload);
            for (String address : workload.addresses()) {
                byAddress.putIfAbsent(address, workload);
            }
        }
    }

    public Optional<Workload> byName(String namespace, String name) {
        return name.isEmpty() ? Optional.empty() : Optional.ofNullable(byName.get(namespace + "/" + name));
    }

    Optional<Workload> byAddress(String address) {
        return Optional.ofNullable(byAddress.get(address));
    }

    /// An empty selector selects nothing, as in Kubernetes' services.
    List<Workload> selected(String namespace, Map<String, String> selector) {
        List<Workload> found = new ArrayList<>();
        if (!selector.isEmpty()) {
            for (Workload workload : byNamespace.getOrDefault(namespace, List.of())) {
                if (workload.labels().entrySet().containsAll(selector.entrySet())) {
                    found.add(workload);
                }
            }
        }
        return found;
    }
}
