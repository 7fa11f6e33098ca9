package dev.lateen.translate;

import dev.lateen.model.istio.DestinationRule;
import dev.lateen.model.mesh.Endpoint;
import dev.lateen.model.mesh.MeshService;
import dev.lateen.model.mesh.MeshSnapshot;
import dev.lateen.model.mesh.ProxyNode;
import dev.lateen.model.mesh.ScopeResolver;
import dev.lateen.xds.EncodedResource;
import dev.lateen.xds.ResourceType;
import dev.lateen.xds.XdsResources;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Makes a proxy's xDS resources from the mesh. It remembers what it made: proxies that may see the same share
/// resources, and what a change did not touch keeps its instances.
///
/// Thread: control loop.
public final class Translator {
    private final ScopeResolver scopes = new ScopeResolver();
    private final PieceCache pieces = new PieceCache();

    public XdsResources translate(MeshSnapshot snapshot, ProxyNode node) {
        Scene scene = new Scene(scopes.resolve(snapshot, node));
        List<EncodedResource> clusters = new ArrayList<>();
        List<EncodedResource> endpoints = new ArrayList<>();
        List<EncodedResource> listeners = new ArrayList<>();
        List<EncodedResource> routes = new ArrayList<>();
        Map<String, Cluster> unique = new LinkedHashMap<>();
        for (MeshService service : scene.outbound().services()) {
            Optional<DestinationRule> rule = scene.outbound().destinationRule(service, node.labels());
            List<Endpoint> own = snapshot.endpointsOf(service.id());
            for (Cluster cluster : OutboundClusters.of(service, rule, own, scene)) {
                if (unique.putIfAbsent(cluster.getName(), cluster) == null
                        && cluster.getType() == Cluster.DiscoveryType.EDS) {
                    endpoints.add(assignment(cluster.getName(), service, rule, own, scene));
                }
            }
        }
        unique.put(Names.BLACK_HOLE, OutboundClusters.blackHole(scene));
        if (!scene.isRouter()) {
            unique.put(Names.PASSTHROUGH, OutboundClusters.passthrough(scene));
            List<InboundPort> ports = InboundPort.of(scene);
            for (Cluster cluster : InboundClusters.of(scene, ports)) {
                unique.put(cluster.getName(), cluster);
            }
            unique.put(Names.INBOUND_PASSTHROUGH, InboundClusters.passthrough(scene));
            OutboundListeners outbound = new OutboundListeners(scene);
            for (Listener listener : outbound.build()) {
                listeners.add(EncodedResource.of(ResourceType.LISTENER, listener.getName(), listener));
            }
            for (Listener listener : new InboundListeners(scene, ports).build()) {
                listeners.add(EncodedResource.of(ResourceType.LISTENER, listener.getName(), listener));
            }
            outbound.routes()
                    .forEach((name, wanted) -> routes.add(EncodedResource.of(
                            ResourceType.ROUTE,
                            name,
                            new VirtualHosts(scene, wanted.egress(), wanted.port(), wanted.onlyHost(), pieces)
                                    .configuration(name))));
        }
        List<EncodedResource> secrets = new ArrayList<>();
        if (scene.isRouter()) {
            MergedGateways gateways = MergedGateways.of(scene);
            for (Listener listener : new GatewayListeners(scene, gateways).build()) {
                listeners.add(EncodedResource.of(ResourceType.LISTENER, listener.getName(), listener));
            }
            gateways.byRoute()
                    .forEach((name, entries) -> routes.add(EncodedResource.of(
                            ResourceType.ROUTE, name, new GatewayRoutes(scene).configuration(name, entries))));
            secrets.addAll(GatewaySecrets.of(scene, gateways));
        }
        unique.forEach((name, cluster) -> clusters.add(EncodedResource.of(ResourceType.CLUSTER, name, cluster)));
        return XdsResources.EMPTY
                .with(ResourceType.CLUSTER, clusters)
                .with(ResourceType.ENDPOINT, endpoints)
                .with(ResourceType.LISTENER, listeners)
                .with(ResourceType.ROUTE, routes)
                .with(ResourceType.SECRET, secrets);
    }

    private static EncodedResource assignment(
            String cluster,
            MeshService service,
            Optional<DestinationRule> rule,
            List<Endpoint> endpoints,
            Scene scene) {
        String[] parts = cluster.split("\\|", 4);
        int port = Integer.parseInt(parts[1]);
        Optional<DestinationRule.Subset> subset = rule.flatMap(r -> r.subset(parts[2]));
        Endpoints.Target target = new Endpoints.Target(
                service, service.port(port).orElseThrow(), subset, EffectivePolicy.of(rule, subset, port));
        return EncodedResource.of(ResourceType.ENDPOINT, cluster, Endpoints.assignment(target, endpoints, scene));
    }
}
