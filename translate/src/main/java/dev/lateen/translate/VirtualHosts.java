package dev.lateen.translate;

import com.google.protobuf.ByteString;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.UnknownFieldSet;
import dev.lateen.model.istio.VirtualService;
import dev.lateen.model.mesh.EgressListener;
import dev.lateen.model.mesh.Hostname;
import dev.lateen.model.mesh.MeshService;
import dev.lateen.model.mesh.Resolution;
import dev.lateen.model.mesh.ServicePort;
import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Route configurations of what a sidecar sends: per port, one virtual host a service or a host of a virtual service,
/// and one for all others.
// Identity is the point: a part of a snapshot that is the same instance has not changed.
@SuppressWarnings("ReferenceEquality")
final class VirtualHosts {
    private static final int MAX_DIRECT_BODY = 1 << 20;
    private static final int HTTP_PORT = 80;

    private final Scene scene;
    private final EgressListener egress;
    private final int port;
    private final Optional<String> onlyHost;
    private final RouteMemo memo;

    /// @param port 0 for all ports of all services, as an HTTP proxy has them
    /// @param onlyHost the one service of a listener that was made for it alone
    VirtualHosts(Scene scene, EgressListener egress, int port, Optional<String> onlyHost, RouteMemo memo) {
        this.scene = scene;
        this.egress = egress;
        this.port = port;
        this.onlyHost = onlyHost;
        this.memo = memo;
    }

    /// Hosts that share routes.
    private record Group(int port, List<MeshService> services, List<String> hosts, List<Route> routes) {}

    /// The route configuration in bytes; those of hosts that did not change are taken from the last time.
    ByteString encoded(String name) {
        RouteConfiguration frame = RouteConfiguration.newBuilder()
                .setName(name)
                .setValidateClusters(Protos.FALSE)
                .setMaxDirectResponseBodySizeBytes(UInt32Value.of(MAX_DIRECT_BODY))
                .setIgnorePortInHostMatching(!(port == 0 && scene.bindsExplicitly()))
                .build();
        List<VirtualHost> hosts = hosts(name);
        if (onlyHost.isPresent() && hosts.size() == 1) {
            // The listener belongs to one service, so whatever name a client uses means that one.
            VirtualHost any =
                    hosts.getFirst().toBuilder().clearDomains().addDomains("*").build();
            return join(frame, List.of(any.toByteString()));
        }
        List<ByteString> encoded = new ArrayList<>(hosts.size() + 1);
        for (VirtualHost host : hosts) {
            encoded.add(memo.bytes(name, host));
        }
        encoded.add(catchAll(scene).toByteString());
        return join(frame, encoded);
    }

    /// On the wire, a field that a message does not know is a field like any other: so hosts stay in bytes.
    private static ByteString join(RouteConfiguration frame, List<ByteString> hosts) {
        UnknownFieldSet.Field.Builder all = UnknownFieldSet.Field.newBuilder();
        hosts.forEach(all::addLengthDelimited);
        return frame.toBuilder()
                .setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(RouteConfiguration.VIRTUAL_HOSTS_FIELD_NUMBER, all.build())
                        .build())
                .build()
                .toByteString();
    }

    /// All hosts but the one that stands for every other, named `host:port`.
    List<VirtualHost> hosts(String configuration) {
        Map<String, MeshService> services = services();
        List<Group> groups = new ArrayList<>();
        Map<String, Set<Integer>> covered = new HashMap<>();
        Map<String, VirtualService> wildcards = wildcards();
        for (VirtualService route : routes()) {
            groups.addAll(groups(route, services, covered, wildcards));
        }
        Map<String, MeshService> sorted = new TreeMap<>(services);
        for (MeshService service : sorted.values()) {
            for (ServicePort served : service.ports()) {
                boolean known =
                        covered.getOrDefault(service.hostname(), Set.of()).contains(served.port());
                if (!known && isHttp(served)) {
                    groups.add(new Group(served.port(), List.of(service), List.of(), List.of()));
                }
            }
        }
        return render(configuration, groups);
    }

    private static boolean isHttp(ServicePort port) {
        return port.protocol().isHttp() || port.protocol().isAuto();
    }

    /// Services by host name, cut down to the port.
    private Map<String, MeshService> services() {
        Map<String, MeshService> found = new LinkedHashMap<>();
        for (MeshService service : egress.services()) {
            if (onlyHost.filter(h -> !h.equals(service.hostname())).isPresent()
                    || service.resolution() == Resolution.ALIAS) {
                continue;
            }
            Optional<MeshService> cut = port == 0
                    ? Optional.of(service)
                    : service.port(port)
                            .map(p -> service.ports().size() == 1 ? service : service.withPorts(List.of(p)));
            cut.ifPresent(s -> found.merge(s.hostname(), s, VirtualHosts::prefer));
        }
        return found;
    }

    private static MeshService prefer(MeshService first, MeshService later) {
        boolean laterWins = later.registry() == MeshService.Registry.KUBERNETES
                && first.registry() != MeshService.Registry.KUBERNETES;
        return laterWins ? later : first;
    }

    private List<VirtualService> routes() {
        if (onlyHost.isEmpty()) {
            return egress.virtualServices();
        }
        String host = onlyHost.get();
        return egress.virtualServices().stream()
                .filter(vs -> hosts(vs).stream().anyMatch(h -> Hostname.matches(h, host)))
                .toList();
    }

    private List<String> hosts(VirtualService route) {
        return route.hosts().stream()
                .map(h -> Hostname.resolve(
                        h, route.metadata().namespace(), scene.settings().shortNames()))
                .toList();
    }

    /// The eldest virtual service of each wildcard host.
    private Map<String, VirtualService> wildcards() {
        Map<String, VirtualService> found = new LinkedHashMap<>();
        for (VirtualService route : routes()) {
            for (String host : route.hosts()) {
                if (Hostname.isWildcard(host)) {
                    found.putIfAbsent(host, route);
                }
            }
        }
        return found;
    }

    private static boolean ownsHost(Map<String, VirtualService> wildcards, VirtualService route, String host) {
        String best = "";
        for (String wild : wildcards.keySet()) {
            if (wild.length() > best.length() && Hostname.isSubsetOf(host, wild)) {
                best = wild;
            }
        }
        return best.isEmpty() || wildcards.get(best) == route;
    }

    private List<Group> groups(
            VirtualService route,
            Map<String, MeshService> services,
            Map<String, Set<Integer>> covered,
            Map<String, VirtualService> wildcards) {
        List<String> others = new ArrayList<>();
        LinkedHashSet<MeshService> matched = new LinkedHashSet<>();
        for (String host : hosts(route)) {
            if (!Hostname.isWildcard(host)) {
                MeshService service = services.get(host);
                if (service == null) {
                    others.add(host);
                } else {
                    matched.add(service);
                }
                continue;
            }
            boolean any = false;
            for (MeshService service : services.values()) {
                if (Hostname.isSubsetOf(service.hostname(), host) && ownsHost(wildcards, route, service.hostname())) {
                    matched.add(service);
                    any = true;
                }
            }
            if (!any) {
                others.add(host);
            }
        }
        TreeMap<Integer, List<MeshService>> byPort = new TreeMap<>();
        for (MeshService service : matched) {
            for (ServicePort served : service.ports()) {
                if (isHttp(served)) {
                    byPort.computeIfAbsent(served.port(), _ -> new ArrayList<>())
                            .add(service);
                }
            }
        }
        if (byPort.isEmpty()) {
            // Hosts that no registry knows are served on the port of plain HTTP.
            if (port != HTTP_PORT && port != 0) {
                return List.of();
            }
            byPort.put(HTTP_PORT, List.of());
        }
        List<Group> groups = new ArrayList<>();
        byPort.forEach((number, list) -> {
            List<Route> made = memo.routes(route, number, new HttpRoutes(scene, number, Set.of("mesh"))::of);
            if (!made.isEmpty()) {
                groups.add(new Group(number, list, others, made));
                for (MeshService service : list) {
                    covered.computeIfAbsent(service.hostname(), _ -> new HashSet<>())
                            .add(number);
                }
            }
        });
        return groups;
    }

    private List<VirtualHost> render(String configuration, List<Group> groups) {
        Set<String> names = new HashSet<>();
        Set<String> domains = new HashSet<>();
        Set<String> known = new HashSet<>();
        for (Group group : groups) {
            for (MeshService service : group.services()) {
                known.add(lower(service.hostname()));
                known.add(lower(service.hostname() + ":" + group.port()));
            }
        }
        List<VirtualHost> hosts = new ArrayList<>();
        Map<Integer, Set<String>> domainsByPort = new HashMap<>();
        for (Group group : groups) {
            Set<String> used = port == 0 ? domainsByPort.computeIfAbsent(group.port(), _ -> new HashSet<>()) : domains;
            if (port != 0 && group.port() != port) {
                continue;
            }
            for (String host : group.hosts()) {
                host(configuration, lower(host), group, Optional.empty(), names, used, known)
                        .ifPresent(hosts::add);
            }
            for (MeshService service : group.services()) {
                host(configuration, lower(service.hostname()), group, Optional.of(service), names, used, known)
                        .ifPresent(hosts::add);
            }
        }
        hosts.sort(Comparator.comparing(VirtualHost::getName));
        return hosts;
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    private Optional<VirtualHost> host(
            String configuration,
            String host,
            Group group,
            Optional<MeshService> service,
            Set<String> names,
            Set<String> used,
            Set<String> known) {
        String name = host + ":" + group.port();
        if (!names.add(name)) {
            return Optional.empty();
        }
        List<String> exact = new ArrayList<>();
        List<String> alternatives =
                new ArrayList<>(Domains.alternatives(host, scene.node().dnsDomain()));
        service.ifPresent(s -> s.aliases()
                .forEach(alias -> alternatives.addAll(
                        Domains.alternatives(alias, scene.node().dnsDomain()))));
        for (String domain : Domains.of(host, service, scene.node().dnsDomain(), scene)) {
            boolean takenByName = alternatives.contains(domain) && known.contains(domain);
            if (!takenByName && used.add(domain)) {
                exact.add(domain);
            }
        }
        if (exact.isEmpty()) {
            return Optional.empty();
        }
        List<String> shown = port == 0 ? withPort(exact, group.port()) : exact;
        return Optional.of(memo.host(
                configuration, name, shown, group.routes(), service, () -> make(name, shown, group, service)));
    }

    private VirtualHost make(String name, List<String> shown, Group group, Optional<MeshService> service) {
        VirtualHost.Builder to = VirtualHost.newBuilder()
                .setName(name)
                .addAllDomains(shown)
                .setIncludeRequestAttemptCount(scene.traffic().headers().countsAttempts());
        service.flatMap(StatefulSessions::perRoute)
                .ifPresent(s -> to.putTypedPerFilterConfig(StatefulSessions.FILTER, s));
        if (group.routes().isEmpty()) {
            service.ifPresent(s -> s.port(group.port()).ifPresent(p -> to.addRoutes(ServiceRoutes.of(scene, s, p))));
        } else {
            to.addAllRoutes(group.routes());
        }
        return to.build();
    }

    /// An HTTP proxy is told the port as part of the host.
    private List<String> withPort(List<String> domains, int number) {
        List<String> all = new ArrayList<>();
        if (number == HTTP_PORT) {
            all.addAll(domains);
            if (!scene.bindsExplicitly()) {
                return all;
            }
        }
        for (String domain : domains) {
            all.add(domain.indexOf(':') >= 0 ? "[" + domain + "]:" + number : domain + ":" + number);
        }
        return all;
    }

    /// For requests to hosts that nobody declared.
    static VirtualHost catchAll(Scene scene) {
        boolean allow = scene.outbound().allowsAny();
        String name = allow ? "allow_any" : "block_all";
        Route.Builder route = Route.newBuilder()
                .setName(name)
                .setMatch(RouteMatch.newBuilder().setPrefix("/"));
        if (allow) {
            RouteAction.Builder action = RouteAction.newBuilder()
                    .setCluster(EgressProxies.httpCluster(scene))
                    .setTimeout(Protos.ZERO)
                    .setAppendXForwardedHost(scene.traffic().headers().forwardsHost());
            HttpRoutes.setMaxGrpcTimeout(action, Protos.ZERO);
            route.setRoute(action);
        } else {
            route.setDirectResponse(DirectResponseAction.newBuilder().setStatus(502));
            scene.outbound().sidecar().ifPresent(s -> route.setMetadata(Provenance.config(s.origin())));
        }
        return VirtualHost.newBuilder()
                .setName(name)
                .addDomains("*")
                .addRoutes(route)
                .setIncludeRequestAttemptCount(scene.traffic().headers().countsAttempts())
                .build();
    }
}
