package dev.lateen.translate;

import dev.lateen.model.istio.DestinationRule;
import dev.lateen.model.istio.HttpRoute;
import dev.lateen.model.istio.Telemetry;
import dev.lateen.model.istio.TrafficPolicy;
import dev.lateen.model.istio.VirtualService;
import dev.lateen.model.mesh.Endpoint;
import dev.lateen.model.mesh.Locality;
import dev.lateen.model.mesh.MeshConfig;
import dev.lateen.model.mesh.MeshService;
import dev.lateen.model.mesh.MeshSnapshot;
import dev.lateen.model.mesh.NodeMetadata;
import dev.lateen.model.mesh.NodeMetadata.DataPlane;
import dev.lateen.model.mesh.NodeMetadata.Interception;
import dev.lateen.model.mesh.ProxyNode;
import dev.lateen.model.mesh.ProxyTraffic;
import dev.lateen.model.mesh.ServiceIndex;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/// All of a node that the translation of what it sends depends on. Nodes with equal traits and equal scopes share it.
///
/// @param labels only those that some rule asks for
/// @param addresses only where they matter
record NodeTraits(
        ProxyNode.Type type,
        DataPlane dataPlane,
        Interception interception,
        String namespace,
        String dnsDomain,
        Locality locality,
        Map<String, String> labels,
        List<String> addresses,
        boolean ipv4,
        boolean ipv6,
        OptionalInt httpProxyPort,
        boolean appPorts,
        NodeMetadata.Switches switches,
        List<String> tracing,
        ProxyTraffic traffic,
        String accessLogCluster,
        NetworkView network) {

    /// The labels and addresses that rules of one snapshot ask for.
    @SuppressWarnings("ReferenceEquality")
    static final class Uses {
        private final MeshSnapshot.Traffic traffic;
        private final List<Telemetry> telemetries;
        private final MeshConfig mesh;
        private final ServiceIndex services;
        private final Map<?, List<Endpoint>> structural;
        private final Set<String> labels = new HashSet<>();
        private final Set<String> addresses = new HashSet<>();

        Uses(MeshSnapshot snapshot) {
            this.traffic = snapshot.traffic();
            this.telemetries = snapshot.telemetries();
            this.mesh = snapshot.mesh();
            this.services = snapshot.services();
            this.structural = snapshot.structuralEndpoints();
            for (VirtualService service : traffic.virtualServices()) {
                for (HttpRoute route : service.http()) {
                    route.match().forEach(m -> labels.addAll(m.source().labels().keySet()));
                }
                service.tls()
                        .forEach(t -> t.match()
                                .forEach(m -> labels.addAll(m.sourceLabels().keySet())));
                service.tcp()
                        .forEach(t -> t.match()
                                .forEach(m -> labels.addAll(m.sourceLabels().keySet())));
            }
            for (DestinationRule rule : traffic.destinationRules()) {
                rule.workloadSelector().ifPresent(s -> labels.addAll(s.labels().keySet()));
                rule.trafficPolicy().ifPresent(this::failover);
                rule.subsets().forEach(s -> s.trafficPolicy().ifPresent(this::failover));
            }
            telemetries.forEach(t -> labels.addAll(t.selector().labels().keySet()));
            mesh.nearness().locality().ifPresent(l -> failoverLabels(l.failoverPriority()));
            mesh.nearness().zoneAware().ifPresent(z -> failoverLabels(z.failoverPriority()));
            for (MeshService service : services.all()) {
                service.distribution().ifPresent(distribution -> labels.addAll(distribution.nearness()));
            }
            structural.values().forEach(list -> list.forEach(e -> addresses.addAll(e.addresses())));
        }

        boolean isFor(MeshSnapshot snapshot) {
            return traffic == snapshot.traffic()
                    && telemetries == snapshot.telemetries()
                    && mesh == snapshot.mesh()
                    && services == snapshot.services()
                    && structural == snapshot.structuralEndpoints();
        }

        private void failover(TrafficPolicy policy) {
            policy.loadBalancer().ifPresent(this::failover);
            policy.ports().forEach(p -> p.loadBalancer().ifPresent(this::failover));
        }

        private void failover(TrafficPolicy.LoadBalancer balancer) {
            balancer.locality().ifPresent(l -> failoverLabels(l.failoverPriority()));
            balancer.zoneAware().ifPresent(z -> failoverLabels(z.failoverPriority()));
        }

        private void failoverLabels(List<String> priorities) {
            priorities.forEach(p -> labels.add(p.indexOf('=') < 0 ? p : p.substring(0, p.indexOf('='))));
        }
    }

    static NodeTraits of(Scene scene, Uses uses) {
        ProxyNode node = scene.node();
        boolean whole = node.isRouter() || scene.bindsExplicitly();
        Map<String, String> labels = new TreeMap<>(node.labels());
        if (!node.isRouter()) {
            labels.keySet().retainAll(uses.labels);
        }
        for (String used : uses.labels) {
            String value = node.label(used);
            if (!value.isEmpty()) {
                labels.put(used, value);
            }
        }
        boolean addressed = whole || node.addresses().stream().anyMatch(uses.addresses::contains);
        return new NodeTraits(
                node.type(),
                node.metadata().dataPlane(),
                node.metadata().interception(),
                node.namespace(),
                node.dnsDomain(),
                node.locality(),
                labels,
                addressed ? node.addresses() : List.of(),
                node.supportsIpv4(),
                node.supportsIpv6(),
                node.metadata().httpProxyPort(),
                !node.metadata().appPorts().isEmpty(),
                node.metadata().switches(),
                Traces.traits(scene),
                scene.traffic(),
                node.metadata().accessLogCluster(),
                NetworkView.of(node));
    }
}
