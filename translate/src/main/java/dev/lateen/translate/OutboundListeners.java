package dev.lateen.translate;

import dev.lateen.model.istio.Gateway;
import dev.lateen.model.istio.Sidecar.Egress;
import dev.lateen.model.mesh.EgressListener;
import dev.lateen.model.mesh.Endpoint;
import dev.lateen.model.mesh.MeshService;
import dev.lateen.model.mesh.Protocol;
import dev.lateen.model.mesh.Resolution;
import dev.lateen.model.mesh.ServicePort;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Listeners for what a sidecar sends. One address and port is one listener: HTTP services share it, connections of
/// other sorts are told apart by destination or server name, and where that fails the elder service wins.
final class OutboundListeners {
    private final Scene scene;
    private final Map<String, Slot> slots = new LinkedHashMap<>();
    private final Map<String, Routes> routes = new LinkedHashMap<>();
    private final PortConflicts conflicts = new PortConflicts();
    /// Ports of services at which the server may speak first.
    private final Set<Integer> silent = new HashSet<>();

    OutboundListeners(Scene scene) {
        this.scene = scene;
    }

    /// A route configuration that a listener asks for.
    record Routes(EgressListener egress, int port, Optional<String> onlyHost) {}

    private enum Kind {
        HTTP,
        TCP,
        AUTO
    }

    /// @param everyFamily whether it listens on the wildcard addresses of both families where the proxy has both
    /// @param serverFirst whether clients wait for the server's word: nothing may look at what they say
    private record Slot(
            String bind,
            int port,
            Kind kind,
            boolean bindToPort,
            boolean everyFamily,
            boolean serverFirst,
            List<FilterChain> chains) {}

    /// The route configurations that the listeners of the last build ask for, by name.
    Map<String, Routes> routes() {
        return routes;
    }

    /// Where a service has no listener of the last build because another one has it.
    PortConflicts conflicts() {
        return conflicts;
    }

    List<Listener> build() {
        for (EgressListener egress : scene.outbound().egress()) {
            if (egress.port() > 0) {
                declared(egress);
            } else {
                egress.declared()
                        .filter(d -> d.bind().startsWith("unix://"))
                        .ifPresentOrElse(_ -> declared(egress), () -> everything(egress));
            }
        }
        List<Listener> listeners = new ArrayList<>();
        proxy();
        slots.values().forEach(slot -> listeners.add(listener(slot)));
        if (!scene.bindsExplicitly()) {
            listeners.add(VirtualListeners.outbound(scene, silent));
        }
        return listeners;
    }

    /// The forward proxy for applications that are told of it by `HTTP_PROXY`.
    private void proxy() {
        int port = scene.node()
                .metadata()
                .httpProxyPort()
                .orElse(scene.mesh().ports().httpProxy());
        if (port == 0
                && scene.bindsExplicitly()
                && scene.node().metadata().interception() == dev.lateen.model.mesh.NodeMetadata.Interception.NONE
                && !scene.node().metadata().appPorts().isEmpty()) {
            port = 15080;
        }
        if (port == 0 || scene.outbound().egress().isEmpty()) {
            return;
        }
        String bind = scene.bindsExplicitly() ? scene.node().address() : scene.loopback();
        String name = Names.FORWARD_PROXY;
        slots.putIfAbsent(
                Names.listener(bind, port),
                new Slot(
                        bind,
                        port,
                        Kind.HTTP,
                        true,
                        true,
                        false,
                        List.of(FilterChains.http(
                                scene,
                                Names.listener(bind, port),
                                name,
                                scene.outbound().egress().getFirst().services(),
                                false))));
        routes.put(name, new Routes(scene.outbound().egress().getFirst(), 0, Optional.empty()));
    }

    private void declared(EgressListener egress) {
        Egress declared = egress.declared().orElseThrow();
        boolean socket = declared.bind().startsWith("unix://");
        boolean explicit =
                socket || scene.bindsExplicitly() || declared.captureMode().equals("NONE");
        if (scene.node().addresses().contains(declared.bind())) {
            return; // what applications send to their own address does not come to the proxy's outbound side
        }
        String bind = !declared.bind().isEmpty() ? declared.bind() : explicit ? scene.loopback() : scene.wildcard();
        int port = egress.port();
        Protocol protocol =
                declared.port().map(Gateway.Port::protocol).map(Protocol::parse).orElse(Protocol.AUTO);
        if (protocol.isHttp()) {
            http(egress, bind, port, explicit, protocol == Protocol.HTTP_PROXY);
            return;
        }
        for (MeshService service : egress.services()) {
            for (ServicePort served : service.ports()) {
                Protocol actual = protocol.isAuto() ? served.protocol() : protocol;
                if (actual.isHttp()) {
                    http(egress, bind, port, explicit, false);
                } else if (declared.bind().isEmpty() && !explicit) {
                    atAddresses(egress, service, new ServicePort(served.name(), served.port(), actual, ""), port);
                } else {
                    connections(
                            egress,
                            service,
                            new ServicePort(served.name(), served.port(), actual, ""),
                            bind,
                            port,
                            explicit,
                            Optional.empty());
                }
            }
        }
    }

    private void http(EgressListener egress, String bind, int port, boolean explicit, boolean proxy) {
        boolean socket = bind.startsWith("unix://");
        String key = Names.listener(bind, port);
        String routeName = socket ? bind : Integer.toString(port);
        Slot before = slots.get(key);
        if (before != null && before.serverFirst) {
            conflicts.add(PortConflicts.Kind.HTTP_OVER_TCP, key);
        }
        if (tooLow(port, explicit)
                || scene.isTaken(bind, port)
                || (before != null && (before.kind != Kind.TCP || before.serverFirst))) {
            return;
        }
        FilterChain chain =
                FilterChains.http(scene, key, routeName, ofPort(egress, port), !explicit && Wildcards.is(bind));
        List<FilterChain> chains = new ArrayList<>(before == null ? List.of() : before.chains);
        chains.add(chain);
        boolean everyFamily = before == null || before.everyFamily;
        slots.put(key, new Slot(bind, port, Kind.HTTP, explicit, everyFamily, false, chains));
        routes.put(routeName, new Routes(egress, proxy || socket ? 0 : port, Optional.empty()));
    }

    private static List<MeshService> ofPort(EgressListener egress, int port) {
        return egress.services().stream()
                .filter(service -> DynamicNames.concerns(service)
                        && service.ports().stream()
                                .anyMatch(one ->
                                        one.port() == port && one.protocol().isHttp()))
                .toList();
    }

    private boolean tooLow(int port, boolean explicit) {
        return explicit
                && port > 0
                && port < 1024
                && scene.node().metadata().switches().unprivilegedPod();
    }

    private void everything(EgressListener egress) {
        boolean explicit = scene.bindsExplicitly()
                || egress.declared().filter(d -> d.captureMode().equals("NONE")).isPresent();
        for (MeshService service : egress.services()) {
            if (service.resolution() == Resolution.ALIAS) {
                continue;
            }
            for (ServicePort port : service.ports()) {
                if (port.protocol() != Protocol.UDP) {
                    service(egress, service, port, explicit);
                }
            }
        }
    }

    private void service(EgressListener egress, MeshService service, ServicePort port, boolean explicit) {
        List<String> addresses = Addresses.of(service, scene);
        String declaredBind = egress.declared().map(Egress::bind).orElse("");
        if (explicit && declaredBind.isEmpty()) {
            if (scene.node().metadata().switches().ownAddressOnly()) {
                ofLocalAddresses(egress, service, port, addresses);
            } else if (port.protocol().isHttp()) {
                http(egress, scene.loopback(), port.port(), true, false);
            } else {
                connections(egress, service, port, scene.loopback(), port.port(), true, Optional.empty());
            }
            return;
        }
        if (port.protocol().isHttp()) {
            http(egress, declaredBind.isEmpty() ? scene.wildcard() : declaredBind, port.port(), explicit, false);
            return;
        }
        if (!declaredBind.isEmpty()) {
            connections(egress, service, port, declaredBind, port.port(), explicit, Optional.empty());
            return;
        }
        if (addresses.isEmpty() && service.resolution() == Resolution.PASSTHROUGH && hasEndpoints(service)) {
            headless(egress, service, port, explicit);
            return;
        }
        atAddresses(egress, service, port, port.port());
    }

    /// Captured connections, to the service's addresses where it has some.
    private void atAddresses(EgressListener egress, MeshService service, ServicePort port, int listenPort) {
        List<String> addresses = Addresses.of(service, scene);
        if (addresses.isEmpty()) {
            connections(egress, service, port, scene.wildcard(), listenPort, false, Optional.empty());
            return;
        }
        for (String address : addresses) {
            boolean range = address.indexOf('/') >= 0;
            connections(
                    egress,
                    service,
                    port,
                    range ? scene.wildcard() : address,
                    listenPort,
                    false,
                    range ? Optional.of(address) : Optional.empty());
        }
    }

    /// Where many pods share a machine, its loopback address is nobody's own, but a service may have a local one.
    private void ofLocalAddresses(
            EgressListener egress, MeshService service, ServicePort port, List<String> addresses) {
        for (String address : addresses) {
            if (!address.startsWith("127.")) {
                continue;
            }
            if (port.protocol().isHttp()) {
                String routeName = service.hostname() + ":" + port.port();
                if (!tooLow(port.port(), true)) {
                    slots.putIfAbsent(
                            Names.listener(address, port.port()),
                            new Slot(
                                    address,
                                    port.port(),
                                    Kind.HTTP,
                                    true,
                                    true,
                                    false,
                                    List.of(FilterChains.http(
                                            scene,
                                            Names.listener(address, port.port()),
                                            routeName,
                                            List.of(service),
                                            false))));
                    routes.put(routeName, new Routes(egress, port.port(), Optional.of(service.hostname())));
                }
            } else {
                connections(egress, service, port, address, port.port(), true, Optional.empty());
            }
        }
    }

    private boolean hasEndpoints(MeshService service) {
        return service.isHeadless()
                || !scene.snapshot().endpointsOf(service.id()).isEmpty();
    }

    private void headless(EgressListener egress, MeshService service, ServicePort port, boolean explicit) {
        List<Endpoint> endpoints = scene.snapshot().endpointsOf(service.id());
        for (Endpoint endpoint : endpoints) {
            String address = endpoint.address();
            boolean own = scene.node().addresses().contains(address);
            boolean usable = !address.isEmpty() && !own && isAddress(address);
            if (usable && endpoint.servicePort().equals(port.name())) {
                connections(egress, service, port, address, port.port(), explicit, Optional.empty());
            }
        }
    }

    private boolean isAddress(String text) {
        boolean v6 = text.indexOf(':') >= 0;
        return v6
                ? scene.node().supportsIpv6()
                : scene.node().supportsIpv4() && text.matches("\\d+\\.\\d+\\.\\d+\\.\\d+");
    }

    private void connections(
            EgressListener egress,
            MeshService service,
            ServicePort port,
            String bind,
            int listenPort,
            boolean explicit,
            Optional<String> range) {
        if (tooLow(listenPort, explicit)) {
            return;
        }
        String key = Names.listener(bind, listenPort);
        Slot before = slots.get(key);
        Kind kind = port.protocol().isAuto() ? Kind.AUTO : Kind.TCP;
        boolean wide = Wildcards.is(bind);
        if (kind == Kind.TCP && !port.protocol().isTls()) {
            silent.add(listenPort);
        }
        List<FilterChain> chains = new ArrayList<>();
        String routeName = wide ? Integer.toString(listenPort) : service.hostname() + ":" + port.port();
        if (kind == Kind.AUTO) {
            chains.add(FilterChains.http(
                    scene, key, routeName, wide ? ofPort(egress, listenPort) : List.of(service), true));
        }
        List<FilterChain> own =
                new TcpChains(scene, egress.virtualServices()).of(service, port, listenPort, wide, range);
        chains.addAll(own);
        boolean serverFirst = port.protocol() == Protocol.MYSQL;
        if (before == null || (serverFirst && wide && before.kind == Kind.HTTP)) {
            if (kind == Kind.AUTO) {
                routes.put(routeName, ofConnections(egress, service, listenPort, wide));
            }
            slots.put(key, new Slot(bind, listenPort, kind, explicit, range.isPresent(), serverFirst, chains));
            if (before != null) {
                conflicts.add(PortConflicts.Kind.TCP_OVER_HTTP, key);
                routes.remove(Integer.toString(listenPort));
            }
            return;
        }
        List<FilterChain> merged = new ArrayList<>(before.chains);
        merged.addAll(chains);
        List<FilterChain> kept = TcpChains.distinct(merged);
        if (kind == Kind.AUTO && kept.contains(chains.getFirst())) {
            routes.put(routeName, ofConnections(egress, service, listenPort, wide));
        }
        if (kept.size() < merged.size() && TcpChains.collide(before.chains, own)) {
            conflicts.add(PortConflicts.Kind.TCP_OVER_TCP, key);
        }
        slots.put(
                key,
                new Slot(
                        bind,
                        listenPort,
                        before.kind,
                        before.bindToPort,
                        before.everyFamily,
                        before.serverFirst,
                        kept));
    }

    private static Routes ofConnections(EgressListener egress, MeshService service, int port, boolean wide) {
        return new Routes(egress, port, wide ? Optional.empty() : Optional.of(service.hostname()));
    }

    private Listener listener(Slot slot) {
        boolean fallThrough = Wildcards.is(slot.bind) && !slot.bindToPort;
        return FilterChains.outboundListener(
                scene, slot.bind, slot.port, slot.chains, slot.bindToPort, fallThrough, slot.everyFamily);
    }
}
