package dev.lateen.translate;

import com.google.protobuf.ByteString;
import dev.lateen.model.istio.DestinationRule;
import dev.lateen.model.istio.Sidecar;
import dev.lateen.model.istio.VirtualService;
import dev.lateen.model.mesh.MeshConfig;
import dev.lateen.model.mesh.MeshService;
import dev.lateen.model.mesh.ServiceIndex;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Remembers the routes of virtual services and the virtual hosts that hold them, so that one changed route costs one
/// translation although it stands in a configuration of thousands. Everything is forgotten when a service, a
/// destination rule or the mesh's configuration changes, since any route may depend on them.
///
/// Thread: control loop.
// Identity is the point: a part of a snapshot that is the same instance has not changed.
@SuppressWarnings("ReferenceEquality")
final class RouteMemo {
    private @Nullable MeshConfig mesh;
    private @Nullable ServiceIndex services;
    private List<DestinationRule> rules = List.of();
    private @Nullable Sidecar sidecar;

    /// Two generations: what the last translation did not use is dropped with it.
    private IdentityHashMap<VirtualService, Map<Integer, List<Route>>> routesBefore = new IdentityHashMap<>();

    private IdentityHashMap<VirtualService, Map<Integer, List<Route>>> routes = new IdentityHashMap<>();
    private Map<String, Host> hostsBefore = new HashMap<>();
    private Map<String, Host> hosts = new HashMap<>();

    private long translations;
    private long encodings;

    private record Host(
            List<String> domains,
            List<Route> routes,
            Optional<MeshService> service,
            VirtualHost made,
            ByteString bytes) {}

    /// A translation starts.
    void begin(Scene scene) {
        Sidecar ofScene = scene.outbound().sidecar().orElse(null);
        boolean same = mesh == scene.mesh()
                && services == scene.snapshot().services()
                && rules == scene.snapshot().traffic().destinationRules()
                && sidecar == ofScene;
        mesh = scene.mesh();
        services = scene.snapshot().services();
        rules = scene.snapshot().traffic().destinationRules();
        sidecar = ofScene;
        routesBefore = same ? routes : new IdentityHashMap<>();
        hostsBefore = same ? hosts : Map.of();
        routes = new IdentityHashMap<>();
        hosts = new HashMap<>();
    }

    /// The routes of a virtual service for a port; the same list as before where nothing changed.
    List<Route> routes(VirtualService from, int port, Function<VirtualService, List<Route>> translation) {
        Map<Integer, List<Route>> byPort =
                routes.computeIfAbsent(from, key -> routesBefore.getOrDefault(key, new HashMap<>()));
        List<Route> known = byPort.get(port);
        if (known == null) {
            translations++;
            known = List.copyOf(translation.apply(from));
            byPort.put(port, known);
        }
        return known;
    }

    /// A virtual host of one route configuration.
    ///
    /// @param ofRoutes as `routes` gave them, empty for the service's own route
    VirtualHost host(
            String configuration,
            String name,
            List<String> domains,
            List<Route> ofRoutes,
            Optional<MeshService> service,
            Supplier<VirtualHost> making) {
        String key = configuration + " " + name;
        Host known = hostsBefore.get(key);
        boolean same = known != null
                && (known.routes() == ofRoutes || (known.routes().isEmpty() && ofRoutes.isEmpty()))
                && known.domains().equals(domains)
                && known.service().equals(service);
        Host now = same && known != null ? known : encoded(domains, ofRoutes, service, making.get());
        hosts.put(key, now);
        return now.made();
    }

    private Host encoded(List<String> domains, List<Route> ofRoutes, Optional<MeshService> service, VirtualHost made) {
        encodings++;
        return new Host(domains, ofRoutes, service, made, made.toByteString());
    }

    /// The bytes of a virtual host that `host` gave.
    ByteString bytes(String configuration, VirtualHost host) {
        Host known = hosts.get(configuration + " " + host.getName());
        return known != null && known.made() == host ? known.bytes() : host.toByteString();
    }

    /// How many virtual services have been translated so far, each port counted.
    long translations() {
        return translations;
    }

    /// How many virtual hosts have been encoded so far.
    long encodings() {
        return encodings;
    }
}
