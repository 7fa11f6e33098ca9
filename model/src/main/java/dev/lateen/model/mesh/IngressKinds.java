package dev.lateen.model.mesh;

import dev.lateen.model.ingress.Ingress;
import dev.lateen.model.ingress.IngressSettings;
import dev.lateen.model.ingress.Ingresses;
import dev.lateen.model.ingress.Ingresses.Made;
import dev.lateen.model.istio.Bound;
import dev.lateen.model.istio.Gateway;
import dev.lateen.model.istio.UnsupportedFeature;
import dev.lateen.model.istio.VirtualService;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceKey;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The Ingresses of a mesh and their classes. Their Gateways and VirtualServices are put among the others, so that
/// nobody after this needs to know where one came from.
///
/// Thread: control loop.
// Identity is the point: a part of a snapshot that is the same instance has not changed.
@SuppressWarnings("ReferenceEquality")
final class IngressKinds {
    static final String GROUP = Ingresses.GROUP;

    private final Map<ResourceKey, Bound<Ingress>> ingresses = new HashMap<>();
    private final Map<ResourceKey, String> controllers = new HashMap<>();
    private boolean changed;
    private @Nullable IngressSettings settings;
    private @Nullable ServiceIndex services;
    private String rootNamespace = "";
    private List<Bound<Ingress>> served = List.of();
    private Map<ResourceKey, Gateway> gateways = Map.of();
    private Map<ResourceKey, VirtualService> virtualServices = Map.of();

    void put(ResourceKey key, RawResource resource) {
        switch (key.kind()) {
            case "Ingress" -> {
                Bound<Ingress> now = Ingress.bind(resource);
                changed |= !now.equals(ingresses.put(key, now));
            }
            case "IngressClass" -> {
                String now = IngressSettings.controller(resource);
                changed |= !now.equals(controllers.put(key, now));
            }
            default -> {}
        }
    }

    void remove(ResourceKey key) {
        changed |= ingresses.remove(key) != null;
        changed |= controllers.remove(key) != null;
    }

    /// Brings what Ingresses stand for up to date, where something that it depends on is another than last time.
    void apply(
            MeshConfig mesh,
            String clusterDomain,
            ServiceIndex now,
            KindTable<Gateway> intoGateways,
            KindTable<VirtualService> intoVirtualServices) {
        String root = mesh.identity().rootNamespace();
        boolean same = !changed && mesh.ingress().equals(settings) && now == services && root.equals(rootNamespace);
        services = now;
        if (same) {
            return;
        }
        changed = false;
        settings = mesh.ingress();
        rootNamespace = root;
        Map<String, String> byName = new HashMap<>();
        controllers.forEach((key, controller) -> byName.put(key.name(), controller));
        served = ingresses.values().stream()
                .filter(bound -> mesh.ingress().serves(bound.value(), byName))
                .toList();
        Made made = Ingresses.convert(
                served.stream().map(Bound::value).toList(),
                mesh.ingress(),
                root,
                clusterDomain,
                (service, namespace, port) ->
                        port(now, new ServiceId(service + "." + namespace + ".svc." + clusterDomain, namespace), port));
        gateways = replace(
                gateways, made.gateways(), "Gateway", one -> one.metadata().name(), intoGateways);
        virtualServices = replace(
                virtualServices,
                made.virtualServices(),
                "VirtualService",
                one -> one.hosts().getFirst(),
                intoVirtualServices);
    }

    private static OptionalInt port(ServiceIndex services, ServiceId id, String name) {
        return services.get(id).stream()
                .flatMap(service -> service.ports().stream())
                .filter(port -> port.name().equals(name))
                .mapToInt(ServicePort::port)
                .findFirst();
    }

    /// The keys are not those of resources: one that a user has called the same stays.
    ///
    /// @param id what there is one of
    private static <T> Map<ResourceKey, T> replace(
            Map<ResourceKey, T> before, List<T> made, String kind, Function<T, String> id, KindTable<T> into) {
        Map<ResourceKey, T> now = new HashMap<>();
        for (T one : made) {
            now.put(new ResourceKey(GROUP, kind, "", id.apply(one)), one);
        }
        Set<ResourceKey> gone = new HashSet<>(before.keySet());
        gone.removeAll(now.keySet());
        gone.forEach(into::remove);
        now.forEach((key, one) -> {
            if (!one.equals(before.get(key))) {
                into.put(key, new Bound<>(one, List.of()));
            }
        });
        return Map.copyOf(now);
    }

    /// What has no effect in those that the mesh serves; others are nobody's business here.
    void collectUnsupported(List<UnsupportedFeature> into) {
        served.forEach(bound -> into.addAll(bound.unsupported()));
    }
}
