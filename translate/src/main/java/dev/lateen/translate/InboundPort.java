package dev.lateen.translate;

import dev.lateen.model.istio.ServerTls;
import dev.lateen.model.istio.Sidecar.Ingress;
import dev.lateen.model.istio.TrafficPolicy.ConnectionPool;
import dev.lateen.model.mesh.EffectivePolicy;
import dev.lateen.model.mesh.MeshService;
import dev.lateen.model.mesh.Protocol;
import dev.lateen.model.mesh.ProxyScope.Target;
import dev.lateen.model.mesh.ServicePort;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A port on which a workload takes connections.
///
/// @param number of the workload, which a service may call by another number
/// @param services that lead to it, eldest first
/// @param service the port as the eldest service has it
/// @param bind empty for the wildcard address
/// @param ingress name and namespace of the `Sidecar` that declares it
/// @param tls that an ingress listener terminates where the mesh's own does not hold
/// @param endpoint where an ingress listener forwards, as written; empty for the same port
record InboundPort(
        int number,
        Protocol protocol,
        List<MeshService> services,
        Optional<ServicePort> service,
        String bind,
        String endpoint,
        Optional<ConnectionPool> pool,
        boolean captured,
        Optional<ServerTls> tls,
        Optional<String> ingress) {

    /// The ports of a proxy's workload, in ascending order.
    static List<InboundPort> of(Scene scene) {
        List<Ingress> ingress = scene.outbound().sidecar().map(s -> s.ingress()).orElse(List.of());
        TreeMap<Integer, InboundPort> ports = new TreeMap<>();
        if (ingress.isEmpty() || scene.settings().on("EnableSidecarServiceInboundListenerMerge")) {
            ports.putAll(ofServices(scene));
        }
        for (Ingress listener : ingress) {
            ports.put(listener.port().number(), ofIngress(scene, listener));
        }
        return List.copyOf(ports.values());
    }

    /// Ports that services of different protocols lead to.
    static void conflicts(Scene scene, List<InboundPort> ports, PortConflicts to) {
        for (Target target : scene.scope().targets()) {
            for (InboundPort port : ports) {
                boolean same = port.number == target.endpoint().port() && port.ingress.isEmpty();
                if (same
                        && port.protocol != target.port().protocol()
                        && target.port().protocol() != Protocol.UDP) {
                    to.add(
                            PortConflicts.Kind.INBOUND,
                            Names.listener(scene.node().address(), port.number));
                }
            }
        }
    }

    private static InboundPort ofIngress(Scene scene, Ingress listener) {
        Optional<ConnectionPool> shared = scene.outbound().sidecar().flatMap(s -> s.inboundConnectionPool());
        List<Target> targets = scene.scope().targets().stream()
                .filter(target -> target.endpoint().port() == listener.port().number()
                        && target.port().protocol() != Protocol.UDP)
                .toList();
        Optional<Target> eldest = targets.stream().findFirst();
        return new InboundPort(
                listener.port().number(),
                Protocol.parse(listener.port().protocol()),
                targets.stream().map(Target::service).distinct().toList(),
                eldest.map(Target::port),
                listener.bind().isEmpty() ? scene.node().address() : listener.bind(),
                listener.defaultEndpoint(),
                listener.connectionPool()
                        .or(() -> shared)
                        .or(() -> eldest.flatMap(target -> ofRule(scene, target)))
                        .or(scene.mesh().baseline()::connectionPool),
                !listener.captureMode().equals("NONE") && !scene.bindsExplicitly(),
                listener.tls(),
                scene.outbound()
                        .sidecar()
                        .map(s -> s.metadata().name() + "." + s.metadata().namespace()));
    }

    private static Map<Integer, InboundPort> ofServices(Scene scene) {
        Map<Integer, InboundPort> ports = new TreeMap<>();
        Optional<ConnectionPool> shared = scene.outbound().sidecar().flatMap(s -> s.inboundConnectionPool());
        for (Target target : scene.scope().targets()) {
            if (target.port().protocol() == Protocol.UDP) {
                continue;
            }
            int number = target.endpoint().port();
            InboundPort known = ports.get(number);
            if (known == null) {
                ports.put(
                        number,
                        new InboundPort(
                                number,
                                target.port().protocol(),
                                List.of(target.service()),
                                Optional.of(target.port()),
                                "",
                                "",
                                shared.or(() -> ofRule(scene, target))
                                        .or(scene.mesh().baseline()::connectionPool),
                                !scene.bindsExplicitly(),
                                Optional.empty(),
                                Optional.empty()));
            } else if (!known.services.contains(target.service())) {
                List<MeshService> all = new ArrayList<>(known.services);
                all.add(target.service());
                ports.put(number, known.withServices(all));
            }
        }
        return ports;
    }

    /// What a rule says of connections to a service holds for those to its workloads too.
    private static Optional<ConnectionPool> ofRule(Scene scene, Target target) {
        return scene.outbound()
                .destinationRule(target.service(), scene.node().labels())
                .flatMap(rule -> EffectivePolicy.of(
                                Optional.of(rule),
                                Optional.empty(),
                                target.port().port())
                        .connectionPool());
    }

    private InboundPort withServices(List<MeshService> all) {
        return new InboundPort(
                number, protocol, List.copyOf(all), service, bind, endpoint, pool, captured, tls, ingress);
    }

    /// The number by which clients call it: that of the service, where no `Sidecar` gives another.
    int servicePort() {
        return ingress.isPresent() ? number : service.map(ServicePort::port).orElse(number);
    }

    Optional<MeshService> eldest() {
        return services.isEmpty() ? Optional.empty() : Optional.of(services.getFirst());
    }
}
