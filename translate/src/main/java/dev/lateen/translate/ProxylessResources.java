package dev.lateen.translate;

import dev.lateen.model.mesh.EgressListener;
import dev.lateen.model.mesh.Hostname;
import dev.lateen.model.mesh.MeshService;
import dev.lateen.model.mesh.ProxyScope.Target;
import dev.lateen.model.mesh.ServicePort;
import dev.lateen.translate.proxyless.ClientClusters;
import dev.lateen.translate.proxyless.ClientListeners;
import dev.lateen.translate.proxyless.ClientRoutes;
import dev.lateen.translate.proxyless.RbacSubset;
import dev.lateen.translate.proxyless.ServerListeners;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Resources of an application that speaks xDS itself. What it may call is named as it writes it, and what it serves
/// by the address that it listens on; neither is known before it asks, so there is one for each way to say it.
///
/// Source: Istio, "gRPC proxyless service mesh".
final class ProxylessResources {
    private static final String TLS_MODE = "security.istio.io/tlsMode";

    private final Scene scene;

    ProxylessResources(Scene scene) {
        this.scene = scene;
    }

    static List<Cluster> clusters(List<Cluster> all) {
        return all.stream().flatMap(c -> ClientClusters.of(c).stream()).toList();
    }

    /// Listeners and routes of every host and port that takes HTTP.
    void sending(RouteMemo memo, ResourceMap listeners, ResourceMap routes) {
        // A host goes before a short name of another one that is written alike.
        Map<String, String> shortNames = new LinkedHashMap<>();
        for (EgressListener egress : scene.outbound().egress()) {
            for (int port : ports(egress)) {
                for (VirtualHost host :
                        new VirtualHosts(scene, egress, port, Optional.empty(), memo).hosts("grpc|" + port)) {
                    String name = host.getName().substring(0, host.getName().lastIndexOf(':'));
                    if (Hostname.isWildcard(name)) {
                        continue;
                    }
                    String configuration = Names.outbound(port, "", name);
                    if (routes.add(configuration, ClientRoutes.of(configuration, host))) {
                        listener(name, port, configuration, listeners);
                        Domains.alternatives(name, dnsDomain())
                                .forEach(other -> shortNames.putIfAbsent(other + ":" + port, configuration));
                        for (String alias : aliases(egress, name)) {
                            shortNames.putIfAbsent(alias + ":" + port, configuration);
                            Domains.alternatives(alias, dnsDomain())
                                    .forEach(other -> shortNames.putIfAbsent(other + ":" + port, configuration));
                        }
                    }
                }
            }
        }
        shortNames.forEach((name, configuration) -> listeners.add(name, ClientListeners.of(name, configuration)));
    }

    private static List<String> aliases(EgressListener egress, String host) {
        return egress.services().stream()
                .filter(service -> service.hostname().equals(host))
                .flatMap(service -> service.aliases().stream())
                .toList();
    }

    private static void listener(String host, int port, String configuration, ResourceMap listeners) {
        String name = host + ":" + port;
        listeners.add(name, ClientListeners.of(name, configuration));
    }

    private static Set<Integer> ports(EgressListener egress) {
        if (egress.port() > 0) {
            return Set.of(egress.port());
        }
        Set<Integer> ports = new TreeSet<>();
        for (MeshService service : egress.services()) {
            for (ServicePort port : service.ports()) {
                if (port.protocol().isHttp() || port.protocol().isAuto()) {
                    ports.add(port.port());
                }
            }
        }
        return ports;
    }

    /// A bootstrap may say the cluster's domain alone.
    private String dnsDomain() {
        String said = scene.node().dnsDomain();
        return said.startsWith(scene.node().namespace() + ".svc.")
                ? said
                : scene.node().namespace() + scene.settings().shortNames();
    }

    /// A listener for each port that a service leads to, under each address that a server may have bound.
    void receiving(ResourceMap listeners) {
        List<HttpFilter> policies = new ArrayList<>(scene.accessLists().http(scene));
        policies.addAll(Authorization.httpFilters(scene));
        List<HttpFilter> filters = RbacSubset.of(policies);
        for (InboundPort port : InboundPort.of(scene)) {
            boolean mutual = mutualTls(port.number());
            for (String host : addresses()) {
                Listener listener = ServerListeners.of(host, port.number(), filters, mutual);
                listeners.add(listener.getName(), listener);
            }
        }
    }

    /// A server cannot take both: a permissive one takes TLS where the mesh is told that it does, else plain text.
    private boolean mutualTls(int port) {
        return switch (scene.scope().mutualTls(port)) {
            case STRICT -> true;
            case PERMISSIVE, UNSET -> toldToTakeTls(port);
            case DISABLE -> false;
        };
    }

    private boolean toldToTakeTls(int port) {
        return "istio".equals(scene.node().labels().get(TLS_MODE))
                || scene.scope().targets().stream()
                        .map(Target::endpoint)
                        .anyMatch(endpoint -> endpoint.port() == port && endpoint.takesMutualTls());
    }

    private Set<String> addresses() {
        Set<String> all = new LinkedHashSet<>(List.of("0.0.0.0", "::", "127.0.0.1", "::1"));
        all.addAll(scene.node().addresses());
        return all;
    }
}
