package dev.lateen.model.mesh;

import dev.lateen.model.istio.Destination;
import dev.lateen.model.istio.HttpRoute;
import dev.lateen.model.istio.Sidecar;
import dev.lateen.model.istio.Sidecar.Egress;
import dev.lateen.model.istio.VirtualService;
import dev.lateen.model.istio.VirtualService.WeightedDestination;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Picks out of all that a namespace sees what a `Sidecar` lets through.
final class SidecarSelection {
    private final MeshSnapshot snapshot;
    private final String namespace;
    private final List<MeshService> visible;
    private final List<VirtualService> routes;

    SidecarSelection(MeshSnapshot snapshot, String namespace, List<MeshService> visible, List<VirtualService> routes) {
        this.snapshot = snapshot;
        this.namespace = namespace;
        this.visible = visible;
        this.routes = routes;
    }

    /// The ways out: as declared, or one for everything.
    List<EgressListener> egress(Optional<Sidecar> sidecar) {
        List<Egress> declared = sidecar.map(Sidecar::egress).orElse(List.of());
        if (sidecar.isEmpty()) {
            return List.of(new EgressListener(Optional.empty(), merged(), routes));
        }
        if (declared.isEmpty()) {
            Egress everything = new Egress(sidecar.get().origin(), Optional.empty(), "", "DEFAULT", List.of("*/*"));
            return List.of(listener(everything));
        }
        List<EgressListener> listeners = new ArrayList<>();
        for (Egress egress : declared) {
            listeners.add(listener(egress));
        }
        return listeners;
    }

    /// One service a host: those of one namespace add up, and one of Kubernetes wins over entries.
    private List<MeshService> merged() {
        Map<String, MeshService> found = new LinkedHashMap<>();
        for (MeshService service : visible) {
            found.merge(service.hostname(), service, SidecarSelection::join);
        }
        return List.copyOf(found.values());
    }

    private static MeshService join(MeshService first, MeshService later) {
        boolean firstKubernetes = first.registry() == MeshService.Registry.KUBERNETES;
        boolean laterKubernetes = later.registry() == MeshService.Registry.KUBERNETES;
        if (firstKubernetes != laterKubernetes) {
            return laterKubernetes ? later : first;
        }
        boolean alike = first.namespace().equals(later.namespace())
                && first.resolution() == later.resolution()
                && first.exportTo().equals(later.exportTo())
                && first.selector().equals(later.selector());
        return alike ? first.mergedWith(later) : first;
    }

    private EgressListener listener(Egress egress) {
        Map<String, List<String>> hosts = hostsByNamespace(egress);
        List<VirtualService> chosenRoutes = new ArrayList<>();
        for (VirtualService route : routes) {
            if (imports(hosts, route.metadata().namespace(), fullHosts(route), false)) {
                chosenRoutes.add(route);
            }
        }
        List<MeshService> chosen = new ArrayList<>();
        for (MeshService service : visible) {
            if (imports(hosts, service.namespace(), List.of(service.hostname()), true)) {
                trimmed(importedNames(service, hosts), egress).ifPresent(chosen::add);
            }
        }
        return new EgressListener(Optional.of(egress), onePerHost(chosen), chosenRoutes);
    }

    /// With those aliases alone that are imported too.
    private static MeshService importedNames(MeshService service, Map<String, List<String>> imported) {
        return service.withAliases(service.aliases().stream()
                .filter(alias -> imports(imported, service.namespace(), List.of(alias), true))
                .toList());
    }

    /// What a route is for, short names completed: imports name services in full.
    private List<String> fullHosts(VirtualService route) {
        String from = route.metadata().namespace();
        return route.hosts().stream()
                .map(host -> Hostname.resolve(host, from, snapshot.settings().shortNames()))
                .toList();
    }

    private static Optional<MeshService> trimmed(MeshService service, Egress egress) {
        boolean anyPort = egress.port().isEmpty()
                || egress.port().get().number() == 0
                || egress.bind().startsWith("unix://")
                || egress.port().get().protocol().equalsIgnoreCase("HTTP_PROXY");
        if (anyPort) {
            return Optional.of(service);
        }
        return service.port(egress.port().get().number()).map(p -> service.withPorts(List.of(p)));
    }

    private List<MeshService> onePerHost(List<MeshService> services) {
        Map<String, MeshService> preferred = new LinkedHashMap<>();
        for (MeshService service : services) {
            preferred.merge(service.hostname(), service, this::prefer);
        }
        List<MeshService> kept = new ArrayList<>(services.size());
        for (MeshService service : services) {
            if (preferred.getOrDefault(service.hostname(), service).namespace().equals(service.namespace())) {
                kept.add(service);
            }
        }
        return kept;
    }

    private MeshService prefer(MeshService first, MeshService later) {
        boolean firstKubernetes = first.registry() == MeshService.Registry.KUBERNETES;
        boolean laterKubernetes = later.registry() == MeshService.Registry.KUBERNETES;
        if (firstKubernetes != laterKubernetes) {
            return laterKubernetes ? later : first;
        }
        return later.namespace().equals(namespace) && !first.namespace().equals(namespace) ? later : first;
    }

    /// Hosts as written (`./*`, `ns/host`, `*/host`) by the namespace that they name.
    private Map<String, List<String>> hostsByNamespace(Egress egress) {
        Map<String, List<String>> byNamespace = new LinkedHashMap<>();
        for (String written : egress.hosts()) {
            int slash = written.indexOf('/');
            String from = slash < 0 ? "*" : written.substring(0, slash);
            String host = slash < 0 ? written : written.substring(slash + 1);
            byNamespace
                    .computeIfAbsent(from.equals(".") ? namespace : from, _ -> new ArrayList<>())
                    .add(host);
        }
        return byNamespace;
    }

    private static boolean imports(
            Map<String, List<String>> imported, String owner, List<String> hosts, boolean whole) {
        if (imported.containsKey("~")) {
            return false;
        }
        return importsFrom(imported.getOrDefault(owner, List.of()), hosts, whole)
                || importsFrom(imported.getOrDefault("*", List.of()), hosts, whole);
    }

    private static boolean importsFrom(List<String> imported, List<String> hosts, boolean whole) {
        for (String wanted : imported) {
            for (String host : hosts) {
                if (whole ? Hostname.isSubsetOf(host, wanted) : Hostname.matches(host, wanted)) {
                    return true;
                }
            }
        }
        return false;
    }

    /// The services of all ways out, and those that chosen routes lead to.
    List<MeshService> reachable(List<EgressListener> egress, boolean sidecar) {
        if (!sidecar) {
            return egress.getFirst().services();
        }
        Map<String, MeshService> found = new LinkedHashMap<>();
        for (EgressListener listener : egress) {
            for (MeshService service : listener.services()) {
                add(found, service);
            }
        }
        for (EgressListener listener : egress) {
            for (VirtualService route : listener.virtualServices()) {
                destinations(route).forEach((host, ports) -> addDestination(found, host, ports, listener.declared()));
            }
        }
        return List.copyOf(found.values());
    }

    private static void add(Map<String, MeshService> found, MeshService service) {
        found.merge(
                service.hostname(),
                service,
                (old, more) -> old.namespace().equals(more.namespace()) ? join(old, more) : old);
    }

    /// A route that names no port leads to those of its way out.
    private void addDestination(
            Map<String, MeshService> found, String host, Set<Integer> ports, Optional<Egress> egress) {
        MeshService best = null;
        MeshService known = found.get(host);
        for (MeshService service : visible) {
            if (service.hostname().equals(host)
                    && (known == null || known.namespace().equals(service.namespace()))) {
                best = best == null ? service : prefer(best, service);
            }
        }
        if (best == null) {
            return;
        }
        if (ports.isEmpty()) {
            MeshService whole = best;
            egress.map(way -> trimmed(whole, way)).orElse(Optional.of(whole)).ifPresent(s -> add(found, s));
            return;
        }
        List<ServicePort> wanted = new ArrayList<>();
        for (ServicePort port : best.ports()) {
            if (ports.contains(port.port())) {
                wanted.add(port);
            }
        }
        if (!wanted.isEmpty()) {
            add(found, wanted.size() == best.ports().size() ? best : best.withPorts(wanted));
        }
    }

    /// Ports by host; no ports stand for all of them.
    private Map<String, Set<Integer>> destinations(VirtualService route) {
        Map<String, Set<Integer>> found = new LinkedHashMap<>();
        for (HttpRoute http : route.http()) {
            if (isForOthers(http)) {
                continue;
            }
            if (http.action() instanceof HttpRoute.Action.Forward(List<WeightedDestination> to)) {
                to.forEach(d -> note(found, route, d.destination()));
            }
            http.mirrors().forEach(m -> note(found, route, m.destination()));
        }
        route.tls().forEach(tls -> tls.route().forEach(d -> note(found, route, d.destination())));
        route.tcp().forEach(tcp -> tcp.route().forEach(d -> note(found, route, d.destination())));
        return found;
    }

    /// Whether only clients in other namespaces are sent this way.
    private boolean isForOthers(HttpRoute route) {
        return !route.match().isEmpty()
                && route.match().stream()
                        .map(match -> match.source().namespace())
                        .allMatch(from -> !from.isEmpty() && !from.equals(namespace));
    }

    private void note(Map<String, Set<Integer>> found, VirtualService route, Destination to) {
        String host = snapshot.services()
                .behind(Hostname.resolve(
                        to.host(),
                        route.metadata().namespace(),
                        snapshot.settings().shortNames()));
        if (to.port().isEmpty()) {
            found.put(host, Set.of());
        } else if (!found.containsKey(host)) {
            found.put(host, new LinkedHashSet<>(Set.of(to.port().getAsInt())));
        } else if (!found.get(host).isEmpty()) {
            found.get(host).add(to.port().getAsInt());
        }
    }
}
