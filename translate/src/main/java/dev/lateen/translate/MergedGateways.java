package dev.lateen.translate;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.istio.Gateway;
import dev.lateen.model.istio.Gateway.Server;
import dev.lateen.model.istio.ServerTls;
import dev.lateen.model.mesh.Protocol;
import dev.lateen.model.mesh.ProxyScope;
import dev.lateen.model.mesh.ProxyScope.Target;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// The servers of all gateways that select a proxy, by the port that it listens on. The eldest gateway decides what a
/// port speaks; hosts of TLS servers are served once. What is left out for that is noted at the server.
///
/// Limits: 200 notes.
final class MergedGateways {
    /// On a service: servers of gateways name the proxy's own ports rather than those of this service.
    private static final String KEEPS_PORTS = "experimental.istio.io/disable-gateway-port-translation";

    private static final int MOST = 200;
    private static final String AUTO_PASSTHROUGH = "AUTO_PASSTHROUGH";

    /// A server with the gateway that it belongs to.
    ///
    /// @param hosts as `namespace/host`, where `*` stands for any namespace
    /// @param listenPort on which the proxy listens, where the server's own port is the one that clients call
    record Entry(Gateway gateway, Server server, List<String> hosts, int listenPort) {
        String gatewayName() {
            return gateway.metadata().namespace() + "/" + gateway.metadata().name();
        }

        Protocol protocol() {
            return Protocol.parse(server.port().protocol());
        }

        /// Of a plain HTTP server the settings say alone that its clients are sent to HTTPS.
        boolean terminatesTls() {
            return server.tls()
                    .filter(t -> !(protocol().isHttp() && t.httpsRedirect()))
                    .map(ServerTls::mode)
                    .filter(m -> !m.endsWith("PASSTHROUGH"))
                    .isPresent();
        }

        /// Whether it is a gateway between networks, which needs no routes.
        boolean passesAutomatically() {
            return server.tls().map(ServerTls::mode).equals(Optional.of(AUTO_PASSTHROUGH));
        }

        boolean isHttp() {
            Protocol protocol = protocol();
            return protocol.isHttp() || (protocol == Protocol.HTTPS && terminatesTls());
        }

        boolean isPlainHttp() {
            return protocol().isHttp() && !terminatesTls();
        }

        /// The name of the route configuration of an HTTP server.
        String routeName() {
            if (isPlainHttp()) {
                String bind = server.bind();
                return "http." + listenPort + (bind.isEmpty() || bind.equals("0.0.0.0") ? "" : "." + bind);
            }
            return "https." + server.port().number() + "." + server.port().name() + "."
                    + gateway.metadata().name() + "." + gateway.metadata().namespace();
        }

        /// Host names without namespaces.
        List<String> hostNames() {
            return hosts.stream().map(h -> h.substring(h.indexOf('/') + 1)).toList();
        }
    }

    private final Map<String, List<Entry>> byListener = new TreeMap<>();
    private final Map<String, List<Entry>> byRoute = new TreeMap<>();
    private final Set<Diagnostic> problems = new LinkedHashSet<>();

    /// Whether the proxy passes on the mesh's mutual TLS by the names of its clusters.
    static boolean passAutomatically(Scene scene) {
        return scene.isRouter()
                && scene.scope().gateways().stream()
                        .flatMap(gateway -> gateway.servers().stream())
                        .flatMap(server -> server.tls().stream())
                        .anyMatch(tls -> tls.mode().equals(AUTO_PASSTHROUGH));
    }

    static MergedGateways of(Scene scene) {
        MergedGateways merged = new MergedGateways();
        Map<String, Set<String>> tlsHosts = new HashMap<>();
        for (Gateway gateway : scene.scope().gateways()) {
            for (Server server : gateway.servers()) {
                for (int port : listenPorts(scene, gateway, server.port().number())) {
                    merged.add(scene, gateway, server, port, tlsHosts);
                }
            }
        }
        return merged;
    }

    /// The ports of the proxy that stand for a server's port, which is one of the services in front of it. A gateway
    /// that was made for certain services has only their ports; any other has the port as it is where no service
    /// leads to it.
    private static Set<Integer> listenPorts(Scene scene, Gateway gateway, int port) {
        Optional<List<String>> services = ProxyScope.servicesOf(gateway);
        Set<Integer> ports = new LinkedHashSet<>();
        for (Target target : scene.scope().targets()) {
            boolean leads = target.port().port() == port
                    && (services.isEmpty()
                            ? !target.service().labels().containsKey(KEEPS_PORTS)
                            : services.get().contains(target.service().hostname()));
            if (leads) {
                ports.add(target.endpoint().port());
            }
        }
        if (services.isPresent()) {
            return ports;
        }
        return ports.isEmpty() ? Set.of(port) : Set.of(ports.iterator().next());
    }

    private void add(Scene scene, Gateway gateway, Server server, int port, Map<String, Set<String>> tlsHosts) {
        if (port < 1024 && scene.node().metadata().switches().unprivilegedPod()) {
            problem(
                    server,
                    ".port.number",
                    "the proxy may not listen on port " + port + "; this server is not served",
                    "name a port of 1024 or above, or allow the pod to bind lower ones");
            return;
        }
        String bind = server.bind().isEmpty() ? scene.wildcard() : server.bind();
        String key = Names.listener(bind, port);
        Entry entry = new Entry(gateway, server, qualified(gateway, server), port);
        List<Entry> same = byListener.computeIfAbsent(key, _ -> new ArrayList<>());
        if (!same.isEmpty() && same.getFirst().isPlainHttp() != entry.isPlainHttp()) {
            problem(
                    server,
                    ".port.protocol",
                    "the port speaks " + same.getFirst().server().port().protocol() + " for the elder server of "
                            + place(same.getFirst()) + "; this one is not served",
                    "give it another port");
            return;
        }
        boolean tls = entry.protocol().isTls() || entry.terminatesTls();
        if (tls) {
            Set<String> taken = tlsHosts.computeIfAbsent(key, _ -> new LinkedHashSet<>());
            List<String> free = new ArrayList<>();
            for (String host : entry.hosts()) {
                if (taken.add(host.substring(host.indexOf('/') + 1))) {
                    free.add(host);
                }
            }
            if (free.size() < entry.hosts().size()) {
                List<String> lost = new ArrayList<>(entry.hosts());
                lost.removeAll(free);
                problem(
                        server,
                        ".hosts",
                        "another server of the port has " + String.join(", ", lost)
                                + (free.isEmpty() ? "; this one is not served" : "; this one serves only the others"),
                        "give it other hosts, or another port");
            }
            if (free.isEmpty()) {
                return;
            }
            entry = new Entry(gateway, server, free, port);
        } else if (!entry.isHttp()
                && same.stream()
                        .anyMatch(e -> !e.terminatesTls() && !e.protocol().isTls())) {
            problem(
                    server,
                    ".port",
                    "connections without TLS do not say which host they are for; the port belongs to the elder server of "
                            + place(same.getFirst()) + ", and this one is not served",
                    "give it another port");
            return;
        }
        same.add(entry);
        if (entry.isHttp()) {
            byRoute.computeIfAbsent(entry.routeName(), _ -> new ArrayList<>()).add(entry);
        }
    }

    private static String place(Entry entry) {
        return "Gateway " + entry.gatewayName() + " at "
                + entry.server().origin().at();
    }

    private void problem(Server server, String field, String text, String advice) {
        if (problems.size() < MOST) {
            problems.add(Diagnostic.warning(
                            "server-without-effect",
                            server.origin().at(),
                            server.origin().field() + field,
                            text)
                    .withAdvice(advice));
        }
    }

    /// What of the servers is not served, in order.
    List<Diagnostic> problems() {
        return List.copyOf(problems);
    }

    private static List<String> qualified(Gateway gateway, Server server) {
        List<String> hosts = new ArrayList<>();
        for (String host : server.hosts()) {
            int slash = host.indexOf('/');
            if (slash < 0) {
                hosts.add("*/" + host);
            } else if (host.startsWith("./")) {
                hosts.add(gateway.metadata().namespace() + host.substring(1));
            } else {
                hosts.add(host);
            }
        }
        return hosts;
    }

    /// Servers by listener, which is named by address and port.
    Map<String, List<Entry>> byListener() {
        return byListener;
    }

    /// HTTP servers by the name of their route configuration.
    Map<String, List<Entry>> byRoute() {
        return byRoute;
    }
}
