package dev.lateen.model.mesh;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// All services of the mesh, eldest first. Thread: any (immutable).
public final class ServiceIndex {
    public static final ServiceIndex EMPTY = new ServiceIndex();

    private static final Comparator<MeshService> ELDEST_FIRST = Comparator.comparing(
                    (MeshService s) -> s.created().at())
            .thenComparingLong(s -> s.created().order())
            .thenComparing(MeshService::name)
            .thenComparing(MeshService::namespace);

    private final List<MeshService> all;
    private final Map<String, Map<String, MeshService>> byHost = new HashMap<>();
    private final ServiceAliases aliases;

    private ServiceIndex() {
        this.all = List.of();
        this.aliases = ServiceAliases.of(List.of());
    }

    /// @param before whose instances are kept where nothing changed
    ServiceIndex(List<MeshService> services, ServiceIndex before) {
        this.aliases = ServiceAliases.of(services);
        List<MeshService> sorted = new ArrayList<>(services.size());
        for (MeshService given : services) {
            MeshService service = given.withAliases(aliases.of(given.hostname()));
            sorted.add(before.get(service.id()).filter(service::equals).orElse(service));
        }
        sorted.sort(ELDEST_FIRST);
        this.all = List.copyOf(sorted);
        for (MeshService service : sorted) {
            byHost.computeIfAbsent(service.hostname(), _ -> new LinkedHashMap<>(2))
                    .merge(service.namespace(), service, ServiceIndex::prefer);
        }
    }

    /// Of two services of one name in one namespace the elder wins, but one of Kubernetes wins against an entry.
    private static MeshService prefer(MeshService elder, MeshService younger) {
        boolean youngerWins = younger.registry() == MeshService.Registry.KUBERNETES
                && elder.registry() != MeshService.Registry.KUBERNETES;
        return youngerWins ? younger : elder;
    }

    public List<MeshService> all() {
        return all;
    }

    public Optional<MeshService> get(ServiceId id) {
        return Optional.ofNullable(byHost.getOrDefault(id.hostname(), Map.of()).get(id.namespace()));
    }

    /// The name of the service behind that name: itself, unless it is an alias.
    public String behind(String hostname) {
        return aliases.behind(hostname);
    }

    /// The services of that host by namespace, eldest first.
    public Map<String, MeshService> byNamespace(String hostname) {
        return byHost.getOrDefault(hostname, Map.of());
    }
}
