package dev.lateen.model.analyze;

import dev.lateen.model.mesh.Hostname;
import dev.lateen.model.validate.Spot;
import dev.lateen.model.validate.View;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Looks at Gateways beside each other, and beside the pods and services that they are for. Thread: any.
final class GatewayChecks {
    private record Server(Item gateway, View view) {
        boolean isOfAnother(Server other) {
            return !gateway.name().equals(other.gateway.name());
        }

        long port() {
            return view.object("port").map(port -> port.number("number")).orElse(0L);
        }
    }

    /// A gateway whose certificate others have too.
    private record Shared(Item gateway, Spot spot, Set<String> others) {}

    private GatewayChecks() {}

    static void ports(MeshContents mesh, Messages messages) {
        for (Item gateway : mesh.networking("Gateway")) {
            Map<String, String> selector = Labels.of(gateway.spec(), "selector");
            List<Item> pods = mesh.pods().selected(selector);
            if (pods.isEmpty()) {
                noPods(gateway, messages);
                continue;
            }
            Set<Long> offered = offered(mesh, pods);
            for (View server : gateway.spec().objects("servers")) {
                server.object("port").ifPresent(port -> {
                    if (!offered.contains(port.number("number"))) {
                        messages.add(
                                MessageType.GATEWAY_PORT_NOT_ON_SERVICE,
                                gateway,
                                port.spot("number"),
                                port.number("number"),
                                Labels.text(selector));
                    }
                });
            }
        }
    }

    static void noPods(Item gateway, Messages messages) {
        messages.add(
                MessageType.REFERENCED_RESOURCE_NOT_FOUND,
                gateway,
                Labels.spot(gateway.spec(), "selector"),
                "selector",
                Labels.text(Labels.of(gateway.spec(), "selector")));
    }

    /// The ports that a Gateway may name: those of services, which are translated, and those that pods listen on.
    private static Set<Long> offered(MeshContents mesh, List<Item> pods) {
        Set<Long> ports = new HashSet<>();
        Set<String> seen = new HashSet<>();
        for (Item pod : pods) {
            for (Item service : mesh.services().of(pod.namespace(), pod.labels())) {
                if (!seen.add(service.name())) {
                    continue;
                }
                for (View port : service.spec().objects("ports")) {
                    if (port.text("protocol").isEmpty() || port.text("protocol").equals("TCP")) {
                        ports.add(port.number("port"));
                        ports.add(port.number("targetPort"));
                    }
                }
            }
        }
        return ports;
    }

    static void certificates(MeshContents mesh, Messages messages) {
        Map<List<String>, List<Server>> users = new HashMap<>();
        for (Server server : servers(mesh)) {
            Set<List<String>> certificates = new HashSet<>();
            server.view().object("tls").ifPresent(tls -> {
                if (tls.filled("credentialName")) {
                    certificates.add(List.of("secret", tls.text("credentialName")));
                }
                if (tls.filled("serverCertificate")) {
                    certificates.add(List.of("files", tls.text("serverCertificate"), tls.text("privateKey")));
                }
            });
            certificates.forEach(certificate ->
                    users.computeIfAbsent(certificate, key -> new ArrayList<>()).add(server));
        }
        Map<String, Shared> shared = new LinkedHashMap<>();
        users.values().forEach(servers -> {
            for (Server server : servers) {
                for (Server other : servers) {
                    if (other.isOfAnother(server) && narrower(other.gateway(), server.gateway())) {
                        shared.computeIfAbsent(
                                        server.gateway().name(),
                                        name -> new Shared(server.gateway(), certificateSpot(server), new TreeSet<>()))
                                .others()
                                .add(other.gateway().name());
                    }
                }
            }
        });
        shared.forEach((name, found) -> {
            List<String> names = new ArrayList<>(List.of(name));
            names.addAll(found.others());
            messages.add(
                    MessageType.GATEWAY_DUPLICATE_CERTIFICATE, found.gateway(), found.spot(), Messages.list(names));
        });
    }

    private static Spot certificateSpot(Server server) {
        View tls = server.view().object("tls").orElseThrow();
        return tls.spot(tls.filled("credentialName") ? "credentialName" : "serverCertificate");
    }

    /// Whether all pods of the one are pods of the other as well.
    private static boolean narrower(Item gateway, Item other) {
        return Labels.match(Labels.of(other.spec(), "selector"), Labels.of(gateway.spec(), "selector"));
    }

    static void conflicts(MeshContents mesh, Messages messages) {
        Map<Long, List<Server>> byPort = new HashMap<>();
        List<Server> servers = servers(mesh);
        servers.forEach(server ->
                byPort.computeIfAbsent(server.port(), key -> new ArrayList<>()).add(server));
        Map<String, List<Item>> pods = new HashMap<>();
        for (Server server : servers) {
            if (server.port() == 0) {
                continue;
            }
            Set<String> rivals = new TreeSet<>();
            for (Server other : byPort.getOrDefault(server.port(), List.of())) {
                if (other.isOfAnother(server)
                        && sameHost(server, other)
                        && samePods(mesh, pods, server.gateway(), other.gateway())) {
                    rivals.add(other.gateway().name());
                }
            }
            if (!rivals.isEmpty()) {
                messages.add(
                        MessageType.CONFLICTING_GATEWAYS,
                        server.gateway(),
                        server.view().spot("hosts"),
                        String.join(",", rivals),
                        Labels.text(Labels.of(server.gateway().spec(), "selector")),
                        server.port(),
                        String.join(",", Hosts.texts(server.view(), "hosts")));
            }
        }
    }

    private static boolean sameHost(Server server, Server other) {
        return Hosts.texts(server.view(), "hosts").stream()
                .anyMatch(host ->
                        Hosts.texts(other.view(), "hosts").stream().anyMatch(rival -> Hostname.matches(host, rival)));
    }

    /// The same selector, or a pod that both select.
    private static boolean samePods(MeshContents mesh, Map<String, List<Item>> pods, Item gateway, Item other) {
        Map<String, String> selector = Labels.of(gateway.spec(), "selector");
        Map<String, String> rival = Labels.of(other.spec(), "selector");
        if (selector.equals(rival)) {
            return true;
        }
        return pods.computeIfAbsent(gateway.name(), name -> mesh.pods().selected(selector)).stream()
                .anyMatch(pod -> Labels.match(rival, pod.labels()));
    }

    private static List<Server> servers(MeshContents mesh) {
        List<Server> servers = new ArrayList<>();
        for (Item gateway : mesh.networking("Gateway")) {
            gateway.spec().objects("servers").forEach(server -> servers.add(new Server(gateway, server)));
        }
        return servers;
    }
}
