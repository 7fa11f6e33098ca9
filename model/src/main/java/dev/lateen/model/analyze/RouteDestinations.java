package dev.lateen.model.analyze;

import dev.lateen.model.validate.Spot;
import dev.lateen.model.validate.View;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Looks for what VirtualServices send requests to: hosts, ports, subsets. Thread: any.
final class RouteDestinations {
    private record HostAndSubset(String host, String subset) {}

    /// @param destination empty where it is missing
    /// @param mirror whether requests are only copied there
    private record Target(View holder, Optional<View> destination, boolean mirror) {
        String text(String field) {
            return destination.map(found -> found.text(field)).orElse("");
        }

        Spot spot(String field) {
            return destination.map(found -> found.spot(field)).orElse(holder.spot("destination"));
        }

        Optional<View> port() {
            return destination.flatMap(found -> found.object("port"));
        }
    }

    private RouteDestinations() {}

    static void hosts(MeshContents mesh, Messages messages) {
        Map<String, List<Item>> withSubset = ownersOfSubsets(mesh);
        for (Item service : mesh.networking("VirtualService")) {
            List<String> exportTo = Hosts.texts(service.spec(), "exportTo");
            for (Target target : targets(service.spec())) {
                String name = target.text("host");
                Optional<Hosts.Host> host = mesh.hosts().find(name, service.namespace(), exportTo);
                if (host.isEmpty()) {
                    messages.add(
                            MessageType.REFERENCED_RESOURCE_NOT_FOUND,
                            service,
                            target.spot("host"),
                            target.mirror() ? "mirror host" : "host",
                            name);
                } else {
                    port(service, target, host.get(), messages);
                }
            }
            if (service.spec().size("gateways") > 0) {
                atIngress(service, withSubset, messages);
            }
        }
    }

    private static void port(Item service, Target target, Hosts.Host host, Messages messages) {
        Optional<View> port = target.port();
        if (port.isEmpty()) {
            if (host.ports().size() > 1) {
                messages.add(
                        MessageType.DESTINATION_PORT_REQUIRED,
                        service,
                        target.spot("host"),
                        target.text("host"),
                        Messages.list(host.ports()));
            }
            return;
        }
        int number = (int) port.get().number("number");
        if (!host.ports().contains(number)) {
            messages.add(
                    MessageType.REFERENCED_RESOURCE_NOT_FOUND,
                    service,
                    port.get().spot("number"),
                    "host:port",
                    target.text("host") + ":" + number);
        }
    }

    /// By host, the VirtualServices that send requests for it to a subset of it.
    private static Map<String, List<Item>> ownersOfSubsets(MeshContents mesh) {
        Map<String, List<Item>> owners = new HashMap<>();
        for (Item service : mesh.networking("VirtualService")) {
            Set<String> own = new HashSet<>(Hosts.texts(service.spec(), "hosts"));
            for (Target target : weighted(service.spec(), "http")) {
                if (!target.text("subset").isEmpty() && own.contains(target.text("host"))) {
                    owners.computeIfAbsent(target.text("host"), host -> new ArrayList<>())
                            .add(service);
                }
            }
        }
        return owners;
    }

    /// Requests through a gateway go by the gateway's own rules, not by those that the mesh has for the same host.
    private static void atIngress(Item service, Map<String, List<Item>> withSubset, Messages messages) {
        for (Target target : weighted(service.spec(), "http")) {
            if (target.text("subset").isEmpty()) {
                for (Item owner : withSubset.getOrDefault(target.text("host"), List.of())) {
                    messages.add(
                            MessageType.ROUTE_RULES_NOT_AT_INGRESS,
                            service,
                            target.spot("host"),
                            owner.name(),
                            service.name());
                }
            }
        }
    }

    static void subsets(MeshContents mesh, Messages messages) {
        Set<HostAndSubset> known = new HashSet<>();
        for (Item rule : mesh.networking("DestinationRule")) {
            String host = Hosts.full(rule.spec().text("host"), rule.namespace());
            rule.spec().objects("subsets").forEach(subset -> known.add(new HostAndSubset(host, subset.text("name"))));
        }
        for (Item service : mesh.networking("VirtualService")) {
            for (Target target : targets(service.spec())) {
                String subset = target.text("subset");
                String host = Hosts.full(target.text("host"), service.namespace());
                if (!subset.isEmpty() && !known.contains(new HostAndSubset(host, subset))) {
                    messages.add(
                            MessageType.REFERENCED_RESOURCE_NOT_FOUND,
                            service,
                            target.spot("subset"),
                            target.mirror() ? "mirror+subset in destinationrule" : "host+subset in destinationrule",
                            target.text("host") + "+" + subset);
                }
            }
        }
    }

    private static List<Target> targets(View spec) {
        List<Target> targets = new ArrayList<>();
        for (String protocol : List.of("tcp", "tls", "http")) {
            targets.addAll(weighted(spec, protocol));
        }
        for (View rule : spec.objects("http")) {
            rule.object("mirror").ifPresent(mirror -> targets.add(new Target(rule, Optional.of(mirror), true)));
            rule.objects("mirrors")
                    .forEach(mirror -> targets.add(new Target(mirror, mirror.object("destination"), true)));
        }
        return targets;
    }

    private static List<Target> weighted(View spec, String protocol) {
        List<Target> targets = new ArrayList<>();
        for (View rule : spec.objects(protocol)) {
            rule.objects("route").forEach(route -> targets.add(new Target(route, route.object("destination"), false)));
        }
        return targets;
    }
}
