package dev.lateen.dashboard.graph;

import dev.lateen.model.mesh.CanonicalNames;
import dev.lateen.model.mesh.Endpoint;
import dev.lateen.model.mesh.MeshService;
import dev.lateen.model.mesh.MeshSnapshot;
import dev.lateen.model.mesh.ProxyNode;
import dev.lateen.model.mesh.ServicePort;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// What there is in the mesh, whether it has traffic or not.
///
/// Thread: any (immutable).
///
/// @param services by `namespace/name`
/// @param workloads by `namespace/name`
public record Inventory(Map<String, Service> services, Map<String, Workload> workloads) {
    public static final Inventory EMPTY = new Inventory(Map.of(), Map.of());

    /// @param ports as `80 http (HTTP)`
    /// @param workloads behind it, as `namespace/name`
    public record Service(
            String namespace, String name, String host, boolean external, List<String> ports, Set<String> workloads) {}

    /// @param services that lead to it, as `namespace/name`
    /// @param instances that the registry knows
    /// @param sidecars those among them that take mutual TLS, wherever their proxies are connected
    /// @param proxies of it that are connected here
    public record Workload(
            String namespace,
            String name,
            String app,
            String version,
            String serviceAccount,
            boolean gateway,
            Set<String> services,
            Set<String> instances,
            Set<String> sidecars,
            Set<String> proxies) {
        /// Whether a proxy stands beside any of it, as far as is known.
        public boolean hasProxy() {
            return !proxies.isEmpty() || !sidecars.isEmpty();
        }
    }

    /// @param proxies that are connected
    public static Inventory of(MeshSnapshot mesh, Collection<ProxyNode> proxies) {
        Map<String, Service> services = new TreeMap<>();
        Map<String, Workload> workloads = new TreeMap<>();
        for (MeshService service : mesh.services().all()) {
            String id = service.namespace() + "/" + service.name();
            Set<String> behind = new LinkedHashSet<>();
            for (Endpoint endpoint : mesh.endpointsOf(service.id())) {
                Endpoint.Owner owner = endpoint.owner();
                if (!owner.workload().isEmpty()) {
                    String key = owner.namespace() + "/" + owner.workload();
                    behind.add(key);
                    Workload workload = workloads.computeIfAbsent(
                            key,
                            _ -> workload(
                                    owner.namespace(),
                                    owner.workload(),
                                    owner.labels(),
                                    owner.serviceAccount(),
                                    false));
                    workload.services().add(id);
                    workload.instances().add(endpoint.address());
                    if (endpoint.takesMutualTls()) {
                        workload.sidecars().add(endpoint.address());
                    }
                }
            }
            services.put(
                    id,
                    new Service(
                            service.namespace(),
                            service.name(),
                            service.hostname(),
                            service.meshExternal(),
                            service.ports().stream().map(Inventory::port).toList(),
                            behind));
        }
        for (ProxyNode proxy : proxies) {
            String name = proxy.metadata().workloadName();
            if (!name.isEmpty()) {
                String key = proxy.namespace() + "/" + name;
                Workload known = workloads.get(key);
                if (known == null || known.gateway() != proxy.isRouter()) {
                    Workload fresh =
                            workload(proxy.namespace(), name, proxy.labels(), proxy.serviceAccount(), proxy.isRouter());
                    if (known != null) {
                        fresh.services().addAll(known.services());
                        fresh.instances().addAll(known.instances());
                        fresh.sidecars().addAll(known.sidecars());
                    }
                    workloads.put(key, fresh);
                    known = fresh;
                }
                known.proxies().add(proxy.name());
                known.instances().add(proxy.address());
            }
        }
        return new Inventory(services, workloads);
    }

    /// The workload that runs under an account, where it is the only one.
    ///
    /// @param principal a SPIFFE id
    Optional<Workload> byPrincipal(String principal) {
        int account = principal.lastIndexOf("/sa/");
        int namespace = principal.lastIndexOf("/ns/");
        if (account < 0 || namespace < 0 || account < namespace) {
            return Optional.empty();
        }
        String ns = principal.substring(namespace + 4, account);
        String name = principal.substring(account + 4);
        List<Workload> found = workloads.values().stream()
                .filter(one ->
                        one.namespace().equals(ns) && one.serviceAccount().equals(name))
                .limit(2)
                .toList();
        return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
    }

    private static Workload workload(
            String namespace, String name, Map<String, String> labels, String account, boolean gateway) {
        return new Workload(
                namespace,
                name,
                CanonicalNames.service(labels, name),
                CanonicalNames.revision(labels, "latest"),
                account,
                gateway,
                new LinkedHashSet<>(),
                new LinkedHashSet<>(),
                new LinkedHashSet<>(),
                new LinkedHashSet<>());
    }

    private static String port(ServicePort port) {
        return port.port() + " " + port.name() + " (" + port.protocol().name() + ")";
    }

    /// Names of all namespaces.
    public Set<String> namespaces() {
        Map<String, Boolean> names = new LinkedHashMap<>();
        services.values().forEach(one -> names.put(one.namespace(), true));
        workloads.values().forEach(one -> names.put(one.namespace(), true));
        return names.keySet();
    }
}
