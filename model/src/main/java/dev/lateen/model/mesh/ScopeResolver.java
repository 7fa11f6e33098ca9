package dev.lateen.model.mesh;

import dev.lateen.model.istio.Sidecar;
import dev.lateen.model.istio.VirtualService;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Finds what a proxy may see of the mesh. What one namespace may reach is worked out once and shared, until a service
/// or a routing resource changes.
///
/// Thread: control loop.
// Identity is the point: a part of a snapshot that is the same instance has not changed.
@SuppressWarnings("ReferenceEquality")
public final class ScopeResolver {
    private final Map<Key, OutboundScope> scopes = new HashMap<>();
    private ServiceIndex services = ServiceIndex.EMPTY;
    private MeshSnapshot.Traffic traffic =
            new MeshSnapshot.Traffic(List.of(), List.of(), List.of(), List.of(), List.of());
    private MeshConfig mesh = MeshConfig.defaults();
    private DestinationRules rules = new DestinationRules(List.of(), mesh, "");

    private final TargetIndex targets = new TargetIndex();

    private record Key(String namespace, Optional<Sidecar> sidecar) {}

    /// What a proxy of that node may see.
    public ProxyScope resolve(MeshSnapshot snapshot, ProxyNode node) {
        forgetIfChanged(snapshot);
        Optional<Sidecar> sidecar = node.isRouter() ? Optional.empty() : sidecarFor(snapshot, node);
        OutboundScope outbound = scopes.computeIfAbsent(
                new Key(node.namespace(), sidecar), key -> outbound(snapshot, key.namespace(), key.sidecar()));
        targets.update(snapshot);
        return new ProxyScope(node, snapshot, outbound, targets.of(node));
    }

    private void forgetIfChanged(MeshSnapshot snapshot) {
        if (services == snapshot.services() && traffic == snapshot.traffic() && mesh == snapshot.mesh()) {
            return;
        }
        scopes.clear();
        services = snapshot.services();
        if (traffic.destinationRules() != snapshot.traffic().destinationRules() || mesh != snapshot.mesh()) {
            rules = new DestinationRules(
                    snapshot.traffic().destinationRules(),
                    snapshot.mesh(),
                    snapshot.settings().shortNames());
        }
        traffic = snapshot.traffic();
        mesh = snapshot.mesh();
    }

    /// The `Sidecar` that selects the workload, else the one of its namespace, else the one of the root namespace.
    private static Optional<Sidecar> sidecarFor(MeshSnapshot snapshot, ProxyNode node) {
        Optional<Sidecar> ofNamespace = Optional.empty();
        Optional<Sidecar> ofRoot = Optional.empty();
        String root = snapshot.mesh().identity().rootNamespace();
        for (Sidecar sidecar : snapshot.traffic().sidecars()) {
            boolean selects =
                    sidecar.workloadSelector().filter(s -> !s.isEmpty()).isPresent();
            String namespace = sidecar.metadata().namespace();
            if (namespace.equals(node.namespace()) && selects) {
                if (sidecar.workloadSelector().orElseThrow().matches(node.labels())) {
                    return Optional.of(sidecar);
                }
            } else if (namespace.equals(node.namespace()) && ofNamespace.isEmpty()) {
                ofNamespace = Optional.of(sidecar);
            } else if (namespace.equals(root) && !selects && ofRoot.isEmpty()) {
                ofRoot = Optional.of(sidecar);
            }
        }
        return ofNamespace.isPresent() ? ofNamespace : ofRoot;
    }

    private OutboundScope outbound(MeshSnapshot snapshot, String namespace, Optional<Sidecar> sidecar) {
        List<MeshService> visible = visibleServices(snapshot, namespace);
        List<VirtualService> routes = visibleRoutes(snapshot, namespace);
        SidecarSelection selection = new SidecarSelection(snapshot, namespace, visible, meshRoutes(routes));
        List<EgressListener> egress = selection.egress(sidecar);
        return new OutboundScope(
                namespace,
                sidecar,
                egress,
                new OutboundScope.Selected(selection.reachable(egress, sidecar.isPresent()), routes),
                rules,
                snapshot.mesh());
    }

    /// Private ones before public ones.
    private static List<MeshService> visibleServices(MeshSnapshot snapshot, String namespace) {
        List<String> fallback = snapshot.mesh().exportTo().services();
        List<MeshService> restricted = new ArrayList<>();
        List<MeshService> open = new ArrayList<>();
        for (MeshService service : snapshot.services().all()) {
            if (Visibility.isPublic(service.exportTo(), fallback)) {
                open.add(service);
            } else if (Visibility.visible(service.exportTo(), fallback, service.namespace(), namespace)) {
                restricted.add(service);
            }
        }
        restricted.addAll(open);
        return restricted;
    }

    private static List<VirtualService> visibleRoutes(MeshSnapshot snapshot, String namespace) {
        List<String> fallback = snapshot.mesh().exportTo().virtualServices();
        List<VirtualService> restricted = new ArrayList<>();
        List<VirtualService> open = new ArrayList<>();
        for (VirtualService route : snapshot.traffic().virtualServices()) {
            if (Visibility.isPublic(route.exportTo(), fallback)) {
                open.add(route);
            } else if (Visibility.visible(
                    route.exportTo(), fallback, route.metadata().namespace(), namespace)) {
                restricted.add(route);
            }
        }
        restricted.addAll(open);
        return restricted;
    }

    private static List<VirtualService> meshRoutes(List<VirtualService> routes) {
        List<VirtualService> found = new ArrayList<>();
        for (VirtualService route : routes) {
            if (route.gateways().isEmpty() || route.gateways().contains("mesh")) {
                found.add(route);
            }
        }
        return found;
    }
}
