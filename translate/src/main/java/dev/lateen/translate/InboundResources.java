package dev.lateen.translate;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.mesh.MeshSnapshot;
import dev.lateen.model.mesh.ProxyNode;
import dev.lateen.model.mesh.ProxyScope.Target;
import dev.lateen.translate.policy.RateLimiting;
import dev.lateen.xds.EncodedResource;
import dev.lateen.xds.ResourceType;
import dev.lateen.xds.XdsResources;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What is one proxy's own, above all what a sidecar receives, and the whole of its resources put together.
///
/// Thread: control loop.
// Identity is the point: a part of a snapshot that is the same instance has not changed.
@SuppressWarnings("ReferenceEquality")
final class InboundResources {
    private final ProxyNode node;
    private Map<String, EncodedResource> clusters = Map.of();
    private Map<String, EncodedResource> listeners = Map.of();
    private @Nullable MeshSnapshot seen;
    private List<Target> targets = List.of();
    private Optional<?> sidecar = Optional.empty();
    private Map<String, EncodedResource> sharedClusters = Map.of();
    private Map<String, EncodedResource> sharedListeners = Map.of();
    private Map<String, EncodedResource> allClusters = Map.of();
    private Map<String, EncodedResource> allListeners = Map.of();
    private PortConflicts conflicts = new PortConflicts();
    private List<Diagnostic> problems = List.of();

    InboundResources(ProxyNode node) {
        this.node = node;
    }

    ProxyNode node() {
        return node;
    }

    boolean isFor(ProxyNode other) {
        return node.equals(other);
    }

    PortConflicts conflicts() {
        return conflicts;
    }

    /// What policies ask for in vain.
    List<Diagnostic> problems() {
        return problems;
    }

    XdsResources combined(Scene scene, OutboundResources shared) {
        boolean changed = update(scene);
        if (changed || sharedClusters != shared.clusters()) {
            sharedClusters = shared.clusters();
            allClusters = union(sharedClusters, clusters);
        }
        if (changed || sharedListeners != shared.listeners()) {
            sharedListeners = shared.listeners();
            allListeners = union(sharedListeners, listeners);
        }
        return XdsResources.EMPTY
                .withMap(ResourceType.CLUSTER, allClusters)
                .withMap(ResourceType.ENDPOINT, shared.endpoints(scene))
                .withMap(ResourceType.LISTENER, allListeners)
                .withMap(ResourceType.ROUTE, shared.routes())
                .withMap(ResourceType.SECRET, shared.secrets())
                .withMap(ResourceType.NAME_TABLE, shared.names());
    }

    private static Map<String, EncodedResource> union(
            Map<String, EncodedResource> shared, Map<String, EncodedResource> own) {
        if (own.isEmpty()) {
            return shared;
        }
        Map<String, EncodedResource> all = new LinkedHashMap<>(shared);
        all.putAll(own);
        return Collections.unmodifiableMap(all);
    }

    private boolean update(Scene scene) {
        MeshSnapshot snapshot = scene.snapshot();
        MeshSnapshot old = seen;
        boolean same = old != null
                && old.mesh() == snapshot.mesh()
                && old.security() == snapshot.security()
                && old.policies() == snapshot.policies()
                && old.telemetries() == snapshot.telemetries()
                && old.traffic().destinationRules() == snapshot.traffic().destinationRules()
                && sidecar.equals(scene.outbound().sidecar())
                && targets.equals(scene.scope().targets());
        seen = snapshot;
        if (same) {
            return false;
        }
        sidecar = scene.outbound().sidecar();
        targets = scene.scope().targets();
        ResourceMap clusterMap = new ResourceMap(ResourceType.CLUSTER, clusters);
        ResourceMap listenerMap = new ResourceMap(ResourceType.LISTENER, listeners);
        if (scene.isProxyless()) {
            new ProxylessResources(scene).receiving(listenerMap);
            problems = ProxylessLimits.ofReceiving(scene);
            Map<String, EncodedResource> before = listeners;
            listeners = listenerMap.done();
            return listeners != before;
        }
        if (scene.rateLimiting().asks()) {
            clusterMap.add(RateLimiting.CLUSTER, RateLimitCluster.of(scene));
        }
        CollectorCluster.own(scene).ifPresent(cluster -> clusterMap.add(cluster.getName(), cluster));
        CollectorCluster.logs(scene).ifPresent(cluster -> clusterMap.add(cluster.getName(), cluster));
        if (!scene.isRouter()) {
            receiving(scene, clusterMap, listenerMap);
        }
        Map<String, EncodedResource> oldClusters = clusters;
        Map<String, EncodedResource> oldListeners = listeners;
        clusters = clusterMap.done();
        listeners = listenerMap.done();
        return clusters != oldClusters || listeners != oldListeners;
    }

    private void receiving(Scene scene, ResourceMap clusterMap, ResourceMap listenerMap) {
        List<InboundPort> ports = InboundPort.of(scene);
        conflicts = new PortConflicts();
        InboundPort.conflicts(scene, ports, conflicts);
        for (Cluster cluster : InboundClusters.of(scene, ports)) {
            clusterMap.add(cluster.getName(), cluster);
        }
        Cluster passthrough = InboundClusters.passthrough(scene);
        clusterMap.add(passthrough.getName(), passthrough);
        for (Listener listener : new InboundListeners(scene, ports).build()) {
            listenerMap.add(listener.getName(), listener);
        }
    }
}
