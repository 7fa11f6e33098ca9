package dev.lateen.translate;

import com.google.protobuf.UInt32Value;
import dev.lateen.model.istio.ServerTls;
import dev.lateen.model.istio.VirtualService;
import dev.lateen.model.mesh.Hostname;
import dev.lateen.translate.MergedGateways.Entry;
import dev.lateen.translate.policy.RateLimiting;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Route configurations of gateways: virtual services that are bound to a gateway, on the hosts that its servers let
/// them have. Routes of several virtual services for one host add up, the eldest first and catch-all routes last.
final class GatewayRoutes {
    private static final int MAX_DIRECT_BODY = 1 << 20;

    private final Scene scene;
    private final BoundServices services;
    private final RateLimiting limiting;

    GatewayRoutes(Scene scene, BoundServices services) {
        this.scene = scene;
        this.services = services;
        this.limiting = scene.rateLimiting();
    }

    /// What is known of one virtual host while servers are looked through.
    private static final class Host {
        private final List<Route> routes = new ArrayList<>();
        private boolean requiresTls;
    }

    RouteConfiguration configuration(String name, List<Entry> entries) {
        Map<String, Host> hosts = new LinkedHashMap<>();
        int port = entries.getFirst().server().port().number();
        for (Entry entry : entries) {
            server(entry, hosts);
        }
        RouteConfiguration.Builder routes = RouteConfiguration.newBuilder()
                .setName(name)
                .setValidateClusters(Protos.FALSE)
                .setMaxDirectResponseBodySizeBytes(UInt32Value.of(MAX_DIRECT_BODY))
                .setIgnorePortInHostMatching(true);
        if (hosts.isEmpty()) {
            return routes.addVirtualHosts(VirtualHost.newBuilder()
                            .setName("blackhole:" + port)
                            .addDomains("*"))
                    .build();
        }
        new TreeMap<>(hosts).forEach((hostName, host) -> routes.addVirtualHosts(virtualHost(hostName, host)));
        return routes.build();
    }

    private VirtualHost virtualHost(String name, Host host) {
        VirtualHost.Builder to = VirtualHost.newBuilder()
                .setName(name)
                .addDomains(name.substring(0, name.lastIndexOf(':')))
                .setIncludeRequestAttemptCount(scene.traffic().headers().countsAttempts())
                .addAllRateLimits(limiting.limits());
        if (!host.routes.isEmpty()) {
            scene.outbound()
                    .service(to.getDomains(0))
                    .flatMap(StatefulSessions::perRoute)
                    .ifPresent(s -> to.putTypedPerFilterConfig(StatefulSessions.FILTER, s));
        }
        if (host.requiresTls) {
            to.setRequireTls(VirtualHost.TlsRequirementType.ALL);
        }
        List<Route> last = new ArrayList<>();
        for (Route route : host.routes) {
            if (HttpRoutes.isCatchAll(route)) {
                last.add(route);
            } else {
                to.addRoutes(route);
            }
        }
        return to.addAllRoutes(last).build();
    }

    private void server(Entry entry, Map<String, Host> hosts) {
        int port = entry.server().port().number();
        boolean redirect = entry.server().tls().map(ServerTls::httpsRedirect).orElse(false);
        for (VirtualService service : bound(scene, services, entry)) {
            Set<String> names = hostsFor(service, entry);
            if (names.isEmpty()) {
                continue;
            }
            List<Route> routes = new HttpRoutes(
                            scene, port, entry.server().tls().isPresent(), Set.of(entry.gatewayName()), limiting)
                    .of(service);
            if (routes.isEmpty()) {
                continue;
            }
            for (String host : names) {
                Host known = hosts.computeIfAbsent(lower(host) + ":" + port, _ -> new Host());
                known.routes.addAll(routes);
                known.requiresTls |= redirect;
            }
        }
        if (redirect) {
            for (String host : entry.hostNames()) {
                Host known = hosts.computeIfAbsent(lower(host) + ":" + port, _ -> new Host());
                known.requiresTls = true;
            }
        }
    }

    private static String lower(String host) {
        return host.toLowerCase(Locale.ROOT);
    }

    /// The virtual services that name the server's gateway and may have one of its hosts.
    static List<VirtualService> bound(Scene scene, BoundServices services, Entry entry) {
        List<VirtualService> found = new ArrayList<>();
        for (VirtualService service : services.of(entry.gatewayName())) {
            if (!hostsFor(scene, service, entry).isEmpty()) {
                found.add(service);
            }
        }
        return found;
    }

    private Set<String> hostsFor(VirtualService service, Entry entry) {
        return hostsFor(scene, service, entry);
    }

    /// Of each pair of hosts that fit each other the narrower one.
    private static Set<String> hostsFor(Scene scene, VirtualService service, Entry entry) {
        Set<String> hosts = new LinkedHashSet<>();
        String namespace = service.metadata().namespace();
        for (String written : service.hosts()) {
            String host = Hostname.resolve(written, namespace, scene.settings().shortNames());
            for (String allowed : entry.hosts()) {
                int slash = allowed.indexOf('/');
                String from = allowed.substring(0, slash);
                String server = allowed.substring(slash + 1);
                if (!from.equals("*") && !from.equals(namespace)) {
                    continue;
                }
                if (Hostname.isSubsetOf(host, server)) {
                    hosts.add(host);
                } else if (Hostname.isSubsetOf(server, host)) {
                    hosts.add(server);
                }
            }
        }
        return hosts;
    }
}
