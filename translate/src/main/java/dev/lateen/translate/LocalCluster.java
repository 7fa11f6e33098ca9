package dev.lateen.translate;

import dev.lateen.model.mesh.Endpoint;
import dev.lateen.model.mesh.NodeMetadata;
import dev.lateen.model.mesh.ProxyNode;
import dev.lateen.model.mesh.ProxyScope.Target;
import dev.lateen.model.mesh.ServiceId;
import dev.lateen.xds.EncodedResource;
import dev.lateen.xds.ResourceType;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Tells a proxy where those of its own kind run, as endpoints of the cluster that its bootstrap calls the local one.
/// From their shares of the zones it learns how much of the mesh's requests its own zone will send.
///
/// Its kind are the endpoints of the first service that it serves, of the same workload and revision, in its region.
///
/// Source: Istio, `ISTIO_META_ENABLE_SELF_DISCOVERY`. Limits: of 100 kinds a translation is remembered.
///
/// Thread: control loop.
final class LocalCluster {
    static final String NAME = "local_cluster";

    private static final int MOST_KINDS = 100;
    private static final String WORKLOAD_NAME = "service.istio.io/workload-name";
    /// Of pods of one ReplicaSet: a rollout's new pods are counted when they have taken over, not before.
    private static final List<String> REVISIONS = List.of("pod-template-hash", "rollouts-pod-template-hash");

    private final Map<Kind, Joined> joined = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Kind, Joined> eldest) {
            return size() > MOST_KINDS;
        }
    };

    /// @param service empty where the proxy serves none
    /// @param workload empty where the registry does not call it as the proxy does
    private record Kind(
            Optional<ServiceId> service,
            String port,
            String region,
            Optional<String> workload,
            Map<String, String> revision) {
        static Kind of(ProxyNode node, List<Target> targets) {
            Optional<Target> first = targets.stream().findFirst();
            Map<String, String> revision = new TreeMap<>(node.labels());
            revision.keySet().retainAll(REVISIONS);
            // Entries of workloads have names of their own, which say nothing of the kind.
            Optional<String> workload = first.map(target -> nameOf(target.endpoint()))
                    .filter(node.labels()
                            .getOrDefault(WORKLOAD_NAME, node.metadata().workloadName())::equals);
            return new Kind(
                    first.map(target -> target.service().id()),
                    first.map(target -> target.port().name()).orElse(""),
                    node.locality().region(),
                    workload,
                    revision);
        }

        private static String nameOf(Endpoint endpoint) {
            return endpoint.labels()
                    .getOrDefault(WORKLOAD_NAME, endpoint.owner().workload());
        }

        boolean includes(Endpoint endpoint) {
            return endpoint.servicePort().equals(port)
                    && endpoint.locality().region().equals(region)
                    && workload.filter(name -> !name.equals(nameOf(endpoint))).isEmpty()
                    && endpoint.labels().entrySet().containsAll(revision.entrySet());
        }
    }

    /// @param shared what the proxies of one translation have in common, without the local cluster
    private record Joined(
            List<Endpoint> endpoints,
            EncodedResource own,
            Map<String, EncodedResource> shared,
            Map<String, EncodedResource> all) {}

    /// Whether a proxy asks for it.
    static boolean asked(Scene scene) {
        NodeMetadata.Switches switches = scene.node().metadata().switches();
        return switches.selfDiscovery() && !scene.isProxyless();
    }

    /// The shared assignments with that of the local cluster: the same instance as the last time where nothing changed.
    @SuppressWarnings("ReferenceEquality") // a part of a snapshot that is the same instance has not changed
    Map<String, EncodedResource> with(Map<String, EncodedResource> shared, Scene scene) {
        Kind kind = Kind.of(scene.node(), scene.scope().targets());
        List<Endpoint> endpoints =
                kind.service.map(id -> scene.snapshot().endpointsOf(id)).orElse(List.of());
        Joined known = joined.get(kind);
        EncodedResource own = known != null && known.endpoints == endpoints ? known.own : encoded(kind, endpoints);
        if (known != null && known.shared == shared && known.own.equals(own)) {
            joined.put(kind, new Joined(endpoints, own, shared, known.all));
            return known.all;
        }
        Map<String, EncodedResource> all = new LinkedHashMap<>(shared);
        all.put(NAME, own);
        all = Collections.unmodifiableMap(all);
        joined.put(kind, new Joined(endpoints, own, shared, all));
        return all;
    }

    private static EncodedResource encoded(Kind kind, List<Endpoint> endpoints) {
        Map<String, List<Endpoint>> byLocality = new TreeMap<>();
        for (Endpoint endpoint : endpoints) {
            if (kind.includes(endpoint) && !endpoint.address().isEmpty()) {
                byLocality
                        .computeIfAbsent(endpoint.locality().toString(), _ -> new ArrayList<>())
                        .add(endpoint);
            }
        }
        ClusterLoadAssignment.Builder assignment =
                ClusterLoadAssignment.newBuilder().setClusterName(NAME);
        byLocality.values().forEach(list -> {
            LocalityLbEndpoints.Builder group = assignment.addEndpointsBuilder();
            group.setLocality(Endpoints.locality(list.getFirst()));
            list.forEach(endpoint -> group.addLbEndpoints(Endpoints.bare(endpoint)));
        });
        return EncodedResource.of(ResourceType.ENDPOINT, NAME, assignment.build());
    }
}
