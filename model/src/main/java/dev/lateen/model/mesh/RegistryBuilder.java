package dev.lateen.model.mesh;

import dev.lateen.model.istio.Bound;
import dev.lateen.model.istio.Origin;
import dev.lateen.model.istio.ServiceEntry;
import dev.lateen.model.istio.ServiceEntry.WorkloadEntry;
import dev.lateen.model.istio.UnsupportedFeature;
import dev.lateen.model.kubernetes.ClusterNode;
import dev.lateen.model.kubernetes.EndpointSlice;
import dev.lateen.model.kubernetes.Pod;
import dev.lateen.model.kubernetes.Service;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Keeps the services and endpoints of the mesh up to date: a changed object recomputes only its own services, and a
/// changed workload those of its namespace.
///
/// Thread: control loop.
final class RegistryBuilder {
    private final MeshSettings settings;
    private final Map<ResourceKey, MeshService> kubernetesServices = new LinkedHashMap<>();
    private final Map<ResourceKey, Bound<ServiceEntry>> entries = new LinkedHashMap<>();
    private final Map<ResourceKey, List<MeshService>> entryServices = new HashMap<>();
    private final Map<ServiceId, Set<ResourceKey>> entriesByService = new HashMap<>();
    private final Map<ResourceKey, Workload> workloads = new LinkedHashMap<>();
    private final Map<ResourceKey, Bound<WorkloadEntry>> workloadEntries = new HashMap<>();
    private final Map<ResourceKey, List<EndpointSlice>> slices = new LinkedHashMap<>();
    private final Map<ServiceId, Set<ResourceKey>> slicesByService = new HashMap<>();
    private final Map<String, NamespaceFacts> namespaces = new HashMap<>();
    private final PodPlaces places = new PodPlaces();
    private EntryVisibility visibility = EntryVisibility.ALL;
    private List<String> exportTo = List.of("*");
    private Collection<Workload> extraWorkloads = List.of();
    private Collection<MeshService> extraServices = List.of();
    private Map<ServiceId, List<Endpoint>> extraEndpoints = Map.of();

    private final Set<ServiceId> dirty = new HashSet<>();
    private final Set<String> dirtyNamespaces = new HashSet<>();
    private boolean servicesStale;
    private boolean workloadsStale;

    private WorkloadIndex index = WorkloadIndex.EMPTY;
    private ServiceIndex services = ServiceIndex.EMPTY;
    private Map<ServiceId, List<Endpoint>> endpoints = Map.of();
    private MeshSnapshot.Moved moved = MeshSnapshot.Moved.NOTHING;
    private Map<ServiceId, List<Endpoint>> structural = Map.of();
    private final NetworkEntrances entrances = new NetworkEntrances();

    RegistryBuilder(MeshSettings settings) {
        this.settings = settings;
    }

    void put(RawResource resource) {
        ResourceKey key = resource.key();
        switch (key.kind()) {
            case "Service" -> putService(key, KubernetesServices.toMesh(Service.of(resource), settings));
            case "Namespace" -> putNamespace(key.name(), NamespaceFacts.of(resource.metadata()));
            case "Node" -> putNode(key.name(), ClusterNode.of(resource));
            case "Pod" -> putWorkload(key, places.workloadOf(Pod.of(resource)));
            case "EndpointSlice" -> putSlices(key, List.of(EndpointSlice.of(resource)));
            case "Endpoints" -> putSlices(key, EndpointSlice.ofEndpoints(resource));
            case "ServiceEntry" -> putEntry(key, ServiceEntry.bind(resource));
            case "WorkloadEntry" -> {
                Bound<WorkloadEntry> bound = WorkloadEntry.bind(resource);
                workloadEntries.put(key, bound);
                putWorkload(key, ServiceEntries.toWorkload(bound.value()));
            }
            default -> {}
        }
    }

    void remove(ResourceKey key) {
        switch (key.kind()) {
            case "Namespace" -> putNamespace(key.name(), NamespaceFacts.NONE);
            case "Node" -> putNode(key.name(), ClusterNode.NONE);
            default -> {}
        }
        MeshService service = kubernetesServices.remove(key);
        if (service != null) {
            servicesStale = true;
            dirty.add(service.id());
        }
        if (entries.remove(key) != null) {
            servicesStale = true;
            for (MeshService old : entryServices.getOrDefault(key, List.of())) {
                dirty.add(old.id());
                entriesByService.getOrDefault(old.id(), new HashSet<>()).remove(key);
            }
            entryServices.remove(key);
        }
        Workload workload = workloads.remove(key);
        workloadEntries.remove(key);
        if (workload != null) {
            workloadsStale = true;
            dirtyNamespaces.add(workload.namespace());
        }
        forgetSlices(key);
    }

    void extraWorkloads(Collection<Workload> extra) {
        for (Workload workload : extraWorkloads) {
            dirtyNamespaces.add(workload.namespace());
        }
        for (Workload workload : extra) {
            dirtyNamespaces.add(workload.namespace());
        }
        extraWorkloads = List.copyOf(extra);
        workloadsStale = true;
    }

    void extraServices(
            Collection<MeshService> extra,
            Map<ServiceId, List<Endpoint>> endpointsOfExtra,
            Collection<NetworkGateway> gatewaysOfExtra) {
        entrances.elsewhere(gatewaysOfExtra);
        dirty.addAll(extraEndpoints.keySet());
        dirty.addAll(endpointsOfExtra.keySet());
        extraServices = List.copyOf(extra);
        extraEndpoints = Map.copyOf(endpointsOfExtra);
        servicesStale = true;
    }

    /// False where these are the same.
    boolean gatewayAddresses(Map<String, List<String>> lookedUp) {
        boolean other = entrances.lookedUp(lookedUp);
        servicesStale |= other;
        return other;
    }

    Map<String, List<Origin>> gatewayNames() {
        return entrances.names();
    }

    void networks(MeshNetworks given) {
        if (entrances.networks(given)) {
            servicesStale = true;
            services.all().forEach(service -> dirty.add(service.id()));
        }
    }

    /// @param fallback who sees entries that do not say
    void visibility(EntryVisibility given, List<String> fallback) {
        if (!given.equals(visibility) || !fallback.equals(exportTo)) {
            visibility = given;
            exportTo = fallback;
            entriesStale();
        }
    }

    private void entriesStale() {
        servicesStale = true;
        dirty.addAll(entriesByService.keySet());
    }

    private void putNamespace(String namespace, NamespaceFacts now) {
        NamespaceFacts before =
                now.equals(NamespaceFacts.NONE) ? namespaces.remove(namespace) : namespaces.put(namespace, now);
        if (!now.equals(before == null ? NamespaceFacts.NONE : before)) {
            entriesStale();
        }
    }

    private void putNode(String node, ClusterNode now) {
        servicesStale |= entrances.node(node, now); // gateways of networks may be reached through it
        if (places.put(node, now.labels())) {
            workloads.forEach((key, workload) -> {
                if (workload.node().equals(node)) {
                    putWorkload(key, places.placed(workload));
                }
            });
        }
    }

    private void putService(ResourceKey key, MeshService service) {
        if (!service.equals(kubernetesServices.get(key))) {
            kubernetesServices.put(key, service);
            servicesStale = true;
            dirty.add(service.id());
        }
    }

    private void putWorkload(ResourceKey key, Workload workload) {
        if (!workload.equals(workloads.put(key, workload))) {
            workloadsStale = true;
            dirtyNamespaces.add(workload.namespace());
        }
    }

    private void putSlices(ResourceKey key, List<EndpointSlice> read) {
        forgetSlices(key);
        slices.put(key, read);
        for (EndpointSlice slice : read) {
            slicesByService
                    .computeIfAbsent(serviceOf(slice), _ -> new HashSet<>())
                    .add(key);
            dirty.add(serviceOf(slice));
        }
    }

    private void forgetSlices(ResourceKey key) {
        List<EndpointSlice> old = slices.remove(key);
        if (old != null) {
            for (EndpointSlice slice : old) {
                slicesByService.getOrDefault(serviceOf(slice), new HashSet<>()).remove(key);
                dirty.add(serviceOf(slice));
            }
        }
    }

    private ServiceId serviceOf(EndpointSlice slice) {
        String namespace = slice.metadata().namespace();
        return new ServiceId(slice.serviceName() + "." + namespace + ".svc." + settings.clusterDomain(), namespace);
    }

    private void putEntry(ResourceKey key, Bound<ServiceEntry> entry) {
        List<MeshService> made = ServiceEntries.toMesh(entry.value());
        List<MeshService> before = entryServices.put(key, made);
        entries.put(key, entry);
        if (before != null && before.equals(made)) {
            entryServices.put(key, before);
        } else {
            servicesStale = true;
            for (MeshService old : before == null ? List.<MeshService>of() : before) {
                dirty.add(old.id());
                entriesByService.getOrDefault(old.id(), new HashSet<>()).remove(key);
            }
        }
        for (MeshService service : made) {
            dirty.add(service.id());
            entriesByService
                    .computeIfAbsent(service.id(), _ -> new java.util.LinkedHashSet<>())
                    .add(key);
        }
    }

    /// Recomputes what has become stale.
    void refresh() {
        if (workloadsStale) {
            List<Workload> all = new ArrayList<>(workloads.values());
            all.addAll(extraWorkloads);
            index = new WorkloadIndex(all);
            workloadsStale = false;
        }
        if (servicesStale) {
            List<MeshService> all = new ArrayList<>(kubernetesServices.size());
            kubernetesServices
                    .values()
                    .forEach(service -> all.add(factsOf(service).over(service)));
            for (ResourceKey key : entries.keySet()) {
                entryServices.getOrDefault(key, List.of()).forEach(service -> addBounded(service, all));
            }
            all.addAll(extraServices);
            List<MeshService> addressed = AutoAddresses.forEntries(all);
            services = new ServiceIndex(
                    settings.assignsClusterAddresses() ? AutoAddresses.forServices(addressed) : addressed, services);
            servicesStale = false;
            entrances.refresh(kubernetesServices.values(), settings.clusterId());
        }
        if (!dirtyNamespaces.isEmpty()) {
            for (MeshService service : services.all()) {
                if (dirtyNamespaces.contains(service.namespace())) {
                    dirty.add(service.id());
                }
            }
            dirtyNamespaces.clear();
        }
        refreshEndpoints();
    }

    private void addBounded(MeshService service, List<MeshService> to) {
        NamespaceFacts facts = factsOf(service);
        Map<String, String> labels = facts.labels();
        if (visibility.admits(service.namespace(), labels)) {
            List<String> left = visibility.bound(service.exportTo(), exportTo, service.namespace(), labels);
            to.add(facts.over(left.equals(service.exportTo()) ? service : service.exportedTo(left)));
        }
    }

    private NamespaceFacts factsOf(MeshService service) {
        return namespaces.getOrDefault(service.namespace(), NamespaceFacts.NONE);
    }

    private void refreshEndpoints() {
        Map<ServiceId, List<Endpoint>> changed = new HashMap<>();
        boolean shapeChanged = false;
        for (ServiceId id : dirty) {
            List<Endpoint> now = endpointsOf(id);
            if (!now.equals(endpoints.getOrDefault(id, List.of()))) {
                changed.put(id, now);
                shapeChanged |= isStructural(id) || structural.containsKey(id);
            }
        }
        dirty.clear();
        if (!changed.isEmpty()) {
            Map<ServiceId, List<Endpoint>> next = new HashMap<>(endpoints);
            next.putAll(changed);
            next.values().removeIf(List::isEmpty);
            moved = new MeshSnapshot.Moved(endpoints, Set.copyOf(changed.keySet()));
            endpoints = Collections.unmodifiableMap(next);
        }
        if (shapeChanged) {
            Map<ServiceId, List<Endpoint>> shaping = new HashMap<>();
            endpoints.forEach((id, list) -> {
                if (isStructural(id)) {
                    shaping.put(id, list);
                }
            });
            structural = Collections.unmodifiableMap(shaping);
        }
    }

    private boolean isStructural(ServiceId id) {
        return services.get(id).map(s -> s.resolution() != Resolution.STATIC).orElse(false);
    }

    private List<Endpoint> endpointsOf(ServiceId id) {
        List<Endpoint> found = new ArrayList<>();
        MeshService service = services.get(id).orElse(null);
        if (service == null) {
            return List.of();
        }
        if (service.registry() == MeshService.Registry.KUBERNETES) {
            List<EndpointSlice> named = new ArrayList<>();
            for (ResourceKey key : slicesByService.getOrDefault(id, Set.of())) {
                for (EndpointSlice slice : slices.getOrDefault(key, List.of())) {
                    if (serviceOf(slice).equals(id)) {
                        named.add(slice);
                    }
                }
            }
            found.addAll(
                    named.isEmpty()
                            ? KubernetesServices.fromWorkloads(service, index, settings)
                            : KubernetesServices.fromSlices(service, named, index, settings));
            found.replaceAll(entrances::placed);
        }
        for (ResourceKey key : entriesByService.getOrDefault(id, Set.of())) {
            Bound<ServiceEntry> entry = entries.get(key);
            for (MeshService of : entryServices.getOrDefault(key, List.of())) {
                if (entry != null && of.id().equals(id)) {
                    List<Endpoint> made = ServiceEntries.endpoints(entry.value(), of, index, settings);
                    boolean selected = entry.value().workloadSelector().isPresent();
                    made.forEach(endpoint -> found.add(selected ? entrances.placed(endpoint) : endpoint));
                }
            }
        }
        found.addAll(extraEndpoints.getOrDefault(id, List.of()));
        return List.copyOf(found);
    }

    List<NetworkGateway> networkGateways() {
        return entrances.all();
    }

    WorkloadIndex workloads() {
        return index;
    }

    Optional<Workload> workloadAt(String address) {
        return index.byAddress(address);
    }

    ServiceIndex services() {
        return services;
    }

    Map<ServiceId, List<Endpoint>> endpoints() {
        return endpoints;
    }

    MeshSnapshot.Moved moved() {
        return moved;
    }

    Map<ServiceId, List<Endpoint>> structuralEndpoints() {
        return structural;
    }

    void collectUnsupported(List<UnsupportedFeature> into) {
        entries.values().forEach(bound -> into.addAll(bound.unsupported()));
        workloadEntries.values().forEach(bound -> into.addAll(bound.unsupported()));
    }
}
