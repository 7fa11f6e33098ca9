package dev.lateen.translate;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.istio.DestinationRule;
import dev.lateen.model.istio.Telemetry;
import dev.lateen.model.mesh.EffectivePolicy;
import dev.lateen.model.mesh.Endpoint;
import dev.lateen.model.mesh.MeshConfig;
import dev.lateen.model.mesh.MeshService;
import dev.lateen.model.mesh.MeshSnapshot;
import dev.lateen.model.mesh.OutboundScope;
import dev.lateen.model.mesh.ServiceId;
import dev.lateen.translate.proxyless.ClientEndpoints;
import dev.lateen.xds.EncodedResource;
import dev.lateen.xds.ResourceType;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What proxies of equal traits and scope send, translated once and brought up to date for each snapshot: services
/// that a change did not touch keep their clusters and endpoints.
///
/// Thread: control loop.
// Identity is the point: a part of a snapshot that is the same instance has not changed.
@SuppressWarnings("ReferenceEquality")
final class OutboundResources {
    private final RouteMemo memo = new RouteMemo();
    private final LocalCluster local = new LocalCluster();
    private Map<ServiceId, OfService> services = new HashMap<>();
    private Map<String, EncodedResource> clusters = Map.of();
    private Map<String, EncodedResource> endpoints = Map.of();
    private Map<String, EncodedResource> listeners = Map.of();
    private Map<String, EncodedResource> routes = Map.of();
    private Map<String, EncodedResource> secrets = Map.of();
    private Map<String, EncodedResource> names = Map.of();
    private @Nullable MeshSnapshot seen;
    private @Nullable OutboundScope scope;
    private List<?> targets = List.of();
    private boolean passing;
    /// Whether a rule for what it sends names a secret.
    private boolean namesSecrets;
    private long translations;
    private PortConflicts conflicts = new PortConflicts();
    private List<Diagnostic> problems = List.of();

    /// A service's resources and what they were made from.
    private record OfService(
            MeshService service,
            Optional<DestinationRule> rule,
            List<Endpoint> endpoints,
            List<EncodedResource> clusters,
            List<EncodedResource> assignments) {
        boolean isFrom(MeshService other, Optional<DestinationRule> otherRule, List<Endpoint> otherEndpoints) {
            return service == other && rule.orElse(null) == otherRule.orElse(null) && endpoints == otherEndpoints;
        }
    }

    Map<String, EncodedResource> clusters() {
        return clusters;
    }

    /// Of one of the proxies, which may ask for those of its own kind too.
    Map<String, EncodedResource> endpoints(Scene scene) {
        return LocalCluster.asked(scene) ? local.with(endpoints, scene) : endpoints;
    }

    Map<String, EncodedResource> listeners() {
        return listeners;
    }

    Map<String, EncodedResource> routes() {
        return routes;
    }

    Map<String, EncodedResource> secrets() {
        return secrets;
    }

    /// The name table, of proxies that serve names.
    Map<String, EncodedResource> names() {
        return names;
    }

    /// @return whether anything had to be looked at
    boolean update(Scene scene) {
        MeshSnapshot snapshot = scene.snapshot();
        MeshSnapshot old = seen;
        boolean sameScope = scope == scene.outbound();
        boolean router = scene.isRouter();
        boolean sameTargets = !router || targets.equals(scene.scope().targets());
        if (old == snapshot && sameTargets) {
            return false;
        }
        boolean sameRules = old != null
                && old.mesh() == snapshot.mesh()
                && old.security() == snapshot.security()
                && old.networkGateways() == snapshot.networkGateways();
        boolean sameShape = old != null
                && sameRules
                && sameScope
                && old.structuralEndpoints() == snapshot.structuralEndpoints()
                && sameTelemetry(old.telemetries(), snapshot.telemetries());
        if (passing != MergedGateways.passAutomatically(scene)) {
            passing = !passing;
            clustersAndEndpoints(scene, false);
        } else if (!sameRules || !sameDestinations(old, scene) || !movedEndpoints(scene)) {
            clustersAndEndpoints(scene, sameRules);
        }
        if (router) {
            boolean same = old != null
                    && sameShape
                    && sameTargets
                    && old.secrets() == snapshot.secrets()
                    && old.policies() == snapshot.policies();
            if (!same) {
                gateway(scene);
            }
        } else if (!sameShape && scene.isProxyless()) {
            proxyless(scene);
        } else if (!sameShape || (namesSecrets && old != null && old.secrets() != snapshot.secrets())) {
            sidecar(scene);
        }
        if (!sameShape && NameTables.asked(scene)) {
            ResourceMap nameMap = new ResourceMap(ResourceType.NAME_TABLE, names);
            nameMap.add(NameTables.NAME, NameTables.of(scene));
            names = nameMap.done();
        }
        seen = snapshot;
        scope = scene.outbound();
        targets = scene.scope().targets();
        return true;
    }

    private static boolean sameTelemetry(List<Telemetry> before, List<Telemetry> now) {
        return before == now;
    }

    /// Whether the services and the rules that clusters are made from are the same, as far as can be told cheaply.
    private boolean sameDestinations(@Nullable MeshSnapshot old, Scene scene) {
        OutboundScope before = scope;
        OutboundScope now = scene.outbound();
        if (before == now) {
            return true;
        }
        return before != null
                && old != null
                && old.services() == scene.snapshot().services()
                && old.traffic().destinationRules()
                        == scene.snapshot().traffic().destinationRules()
                && before.sidecar().equals(now.sidecar());
    }

    /// Brings the endpoints of a scope up to date of which nothing else has changed.
    ///
    /// @return whether that was enough: endpoints may shape clusters too
    private boolean movedEndpoints(Scene scene) {
        MeshSnapshot snapshot = scene.snapshot();
        if (services.size() != scene.outbound().services().size()) {
            return false;
        }
        Map<String, EncodedResource> next = new HashMap<>();
        Optional<Set<ServiceId>> moved =
                seen == null || scope != scene.outbound() ? Optional.empty() : snapshot.movedSince(seen.endpoints());
        if (moved.isPresent()) {
            for (ServiceId id : moved.get()) {
                OfService known = services.get(id);
                if (known != null && !moved(known, snapshot.endpointsOf(id), scene, next)) {
                    return false;
                }
            }
        } else {
            for (MeshService service : scene.outbound().services()) {
                OfService known = services.get(service.id());
                if (known == null
                        || known.service() != service
                        || !moved(known, snapshot.endpointsOf(service.id()), scene, next)) {
                    return false;
                }
            }
        }
        if (!next.isEmpty()) {
            Map<String, EncodedResource> all = new LinkedHashMap<>(endpoints);
            all.putAll(next);
            endpoints = Collections.unmodifiableMap(all);
        }
        return true;
    }

    /// @param news takes the assignments that have become others
    private boolean moved(OfService known, List<Endpoint> own, Scene scene, Map<String, EncodedResource> news) {
        if (known.endpoints() == own) {
            return true;
        }
        OfService made = translate(known.service(), known.rule(), own, scene);
        if (!made.clusters().equals(known.clusters())
                || made.assignments().size() != known.assignments().size()) {
            return false;
        }
        for (int i = 0; i < made.assignments().size(); i++) {
            EncodedResource before = known.assignments().get(i);
            EncodedResource now = made.assignments().get(i);
            EncodedResource told = endpoints.get(now.name());
            if (!now.name().equals(before.name()) || told == null || !told.equals(before)) {
                return false;
            }
            if (!now.equals(before)) {
                news.put(now.name(), now);
            }
        }
        services.put(
                known.service().id(),
                new OfService(known.service(), known.rule(), own, known.clusters(), made.assignments()));
        return true;
    }

    private void clustersAndEndpoints(Scene scene, boolean sameRules) {
        ResourceMap clusterMap = new ResourceMap(ResourceType.CLUSTER, clusters);
        ResourceMap endpointMap = new ResourceMap(ResourceType.ENDPOINT, endpoints);
        Map<ServiceId, OfService> next = new HashMap<>();
        Map<String, String> labels = scene.node().labels();
        for (MeshService service : scene.outbound().services()) {
            Optional<DestinationRule> rule = scene.outbound().destinationRule(service, labels);
            List<Endpoint> own = scene.snapshot().endpointsOf(service.id());
            OfService known = sameRules ? services.get(service.id()) : null;
            OfService made =
                    known != null && known.isFrom(service, rule, own) ? known : translate(service, rule, own, scene);
            next.put(service.id(), made);
            made.clusters().forEach(clusterMap::add);
            made.assignments().forEach(endpointMap::add);
        }
        services = next;
        if (!scene.isProxyless()) {
            Cluster blackHole = OutboundClusters.blackHole(scene);
            clusterMap.add(blackHole.getName(), blackHole);
        }
        if (!scene.isRouter() && !scene.isProxyless()) {
            Cluster passthrough = OutboundClusters.passthrough(scene);
            clusterMap.add(passthrough.getName(), passthrough);
            DynamicNames.unknown(scene).ifPresent(cluster -> clusterMap.add(cluster.getName(), cluster));
        }
        clusters = clusterMap.done();
        endpoints = endpointMap.done();
    }

    RouteMemo memo() {
        return memo;
    }

    PortConflicts conflicts() {
        return conflicts;
    }

    /// What rules ask for in vain.
    List<Diagnostic> problems() {
        return problems;
    }

    /// How many services' clusters are kept.
    int size() {
        return services.size();
    }

    /// How many services have been translated so far.
    long translations() {
        return translations;
    }

    private OfService translate(MeshService service, Optional<DestinationRule> rule, List<Endpoint> own, Scene scene) {
        translations++;
        List<EncodedResource> made = new ArrayList<>();
        List<EncodedResource> assignments = new ArrayList<>();
        List<Cluster> all = OutboundClusters.of(service, rule, own, scene);
        for (Cluster cluster : scene.isProxyless() ? ProxylessResources.clusters(all) : all) {
            made.add(EncodedResource.of(ResourceType.CLUSTER, cluster.getName(), cluster));
            Endpoints.Target target =
                    target(cluster.getName(), service, rule, scene.mesh().baseline());
            boolean discovered = cluster.getType() == Cluster.DiscoveryType.EDS;
            if (discovered) {
                assignments.add(assignment(target, own, scene));
            }
            if (passing && !service.meshExternal()) {
                Optional<Cluster> unopened = SniClusters.of(cluster, target, own, scene);
                unopened.ifPresent(c -> made.add(EncodedResource.of(ResourceType.CLUSTER, c.getName(), c)));
                if (discovered) {
                    ClusterLoadAssignment mutual = Endpoints.unopened(target, own, scene);
                    assignments.add(EncodedResource.of(ResourceType.ENDPOINT, target.sni(), mutual));
                }
            }
        }
        return new OfService(service, rule, own, made, assignments);
    }

    private static Endpoints.Target target(
            String cluster, MeshService service, Optional<DestinationRule> rule, MeshConfig.Baseline baseline) {
        String[] parts = cluster.split("\\|", 4);
        int port = Integer.parseInt(parts[1]);
        Optional<DestinationRule.Subset> subset = rule.flatMap(r -> r.subset(parts[2]));
        return new Endpoints.Target(
                service, service.port(port).orElseThrow(), subset, EffectivePolicy.of(rule, subset, port, baseline));
    }

    private static EncodedResource assignment(Endpoints.Target target, List<Endpoint> endpoints, Scene scene) {
        ClusterLoadAssignment all = Endpoints.assignment(target, endpoints, scene);
        return EncodedResource.of(
                ResourceType.ENDPOINT, target.clusterName(), scene.isProxyless() ? ClientEndpoints.of(all) : all);
    }

    private void sidecar(Scene scene) {
        ResourceMap listenerMap = new ResourceMap(ResourceType.LISTENER, listeners);
        ResourceMap routeMap = new ResourceMap(ResourceType.ROUTE, routes);
        OutboundListeners outbound = new OutboundListeners(scene);
        memo.begin(scene);
        for (Listener listener : outbound.build()) {
            listenerMap.add(listener.getName(), listener);
        }
        outbound.routes()
                .forEach((name, wanted) -> routeMap.add(
                        name,
                        new VirtualHosts(scene, wanted.egress(), wanted.port(), wanted.onlyHost(), memo)
                                .encoded(name)));
        ResourceMap secretMap = new ResourceMap(ResourceType.SECRET, secrets);
        credentials(scene, secretMap);
        TrustSecret.of(scene).ifPresent(secretMap::add);
        listeners = listenerMap.done();
        routes = routeMap.done();
        secrets = secretMap.done();
        conflicts = outbound.conflicts();
    }

    private void credentials(Scene scene, ResourceMap secretMap) {
        CredentialSecrets named = new CredentialSecrets(scene, secretMap);
        namesSecrets = false;
        for (OfService one : services.values()) {
            if (one.rule().isPresent()
                    && OutboundClusters.takesSecrets(scene, one.rule().get())) {
                one.rule().get().clientTls().forEach(tls -> namesSecrets |= named.client(tls));
            }
        }
    }

    private void proxyless(Scene scene) {
        ResourceMap listenerMap = new ResourceMap(ResourceType.LISTENER, listeners);
        ResourceMap routeMap = new ResourceMap(ResourceType.ROUTE, routes);
        memo.begin(scene);
        new ProxylessResources(scene).sending(memo, listenerMap, routeMap);
        problems = ProxylessLimits.ofSending(scene);
        listeners = listenerMap.done();
        routes = routeMap.done();
    }

    private void gateway(Scene scene) {
        ResourceMap listenerMap = new ResourceMap(ResourceType.LISTENER, listeners);
        ResourceMap routeMap = new ResourceMap(ResourceType.ROUTE, routes);
        ResourceMap secretMap = new ResourceMap(ResourceType.SECRET, secrets);
        MergedGateways gateways = MergedGateways.of(scene);
        BoundServices services = new BoundServices(scene);
        for (Listener listener : new GatewayListeners(scene, gateways, services).build()) {
            listenerMap.add(listener.getName(), listener);
        }
        GatewayRoutes gatewayRoutes = new GatewayRoutes(scene, services);
        gateways.byRoute().forEach((name, entries) -> routeMap.add(name, gatewayRoutes.configuration(name, entries)));
        new CredentialSecrets(scene, secretMap).servers(gateways);
        credentials(scene, secretMap);
        TrustSecret.of(scene).ifPresent(secretMap::add);
        listeners = listenerMap.done();
        routes = routeMap.done();
        secrets = secretMap.done();
        problems = gateways.problems();
    }
}
