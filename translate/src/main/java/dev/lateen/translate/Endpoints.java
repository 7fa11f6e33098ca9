package dev.lateen.translate;

import com.google.protobuf.Struct;
import dev.lateen.model.istio.DestinationRule.Subset;
import dev.lateen.model.istio.PeerAuthentication.Mode;
import dev.lateen.model.istio.TrafficPolicy;
import dev.lateen.model.mesh.CanonicalNames;
import dev.lateen.model.mesh.Endpoint;
import dev.lateen.model.mesh.Endpoint.Health;
import dev.lateen.model.mesh.Locality;
import dev.lateen.model.mesh.MeshService;
import dev.lateen.model.mesh.NodeMetadata.DataPlane;
import dev.lateen.model.mesh.PeerPolicies;
import dev.lateen.model.mesh.ServicePort;
import dev.lateen.translate.SplitHorizon.Seen;
import io.envoyproxy.envoy.config.core.v3.HealthStatus;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The endpoints of a cluster, grouped by where they run.
final class Endpoints {
    private Endpoints() {}

    /// Which endpoints of a service a cluster has.
    record Target(MeshService service, ServicePort port, Optional<Subset> subset, TrafficPolicy policy) {
        String clusterName() {
            return Names.outbound(port.port(), subset.map(Subset::name).orElse(""), service.hostname());
        }

        String sni() {
            return Names.sni(port.port(), subset.map(Subset::name).orElse(""), service.hostname());
        }

        private static boolean has(Endpoint endpoint, Map<String, String> labels) {
            for (Map.Entry<String, String> wanted : labels.entrySet()) {
                boolean unset =
                        wanted.getValue().isEmpty() && !endpoint.labels().containsKey(wanted.getKey());
                if (unset || !endpoint.label(wanted.getKey()).equals(wanted.getValue())) {
                    return false;
                }
            }
            return true;
        }

        /// One that is not well gets nothing, as a pod that is not ready.
        boolean includes(Endpoint endpoint) {
            return endpoint.servicePort().equals(port.name())
                    && endpoint.health() != Health.UNHEALTHY
                    && subset.map(s -> has(endpoint, s.labels())).orElse(true);
        }
    }

    static ClusterLoadAssignment assignment(Target target, List<Endpoint> endpoints, Scene scene) {
        SplitHorizon horizon = new SplitHorizon(scene, endpoint -> reachable(endpoint, scene));
        Map<String, List<Endpoint>> byLocality = new TreeMap<>();
        boolean near = scene.mesh()
                .clusterLocal()
                .covers(target.service().hostname(), scene.settings().clusterDomain());
        for (Endpoint endpoint : endpoints) {
            if (target.includes(endpoint) && horizon.takes(endpoint) && !(near && isElsewhere(endpoint, scene))) {
                byLocality
                        .computeIfAbsent(endpoint.locality().toString(), _ -> new ArrayList<>())
                        .add(endpoint);
            }
        }
        List<LocalityLbEndpoints> groups = new ArrayList<>(byLocality.size());
        List<List<Endpoint>> members = new ArrayList<>(byLocality.size());
        byLocality.values().forEach(list -> {
            List<Seen> seen = horizon.of(list, endpoint -> takesMutualTls(endpoint, target, scene));
            groups.add(group(list.getFirst(), seen, scene));
            members.add(seen.stream().map(Seen::endpoint).toList());
        });
        LocalityPreference preference = LocalityPreference.of(
                target.policy().loadBalancer(),
                target.service().distribution(),
                scene.mesh().nearness());
        List<LocalityLbEndpoints> placed = new LocalityPriorities(
                        preference,
                        scene.node(),
                        target.policy().outlierDetection().isPresent())
                .apply(groups, members);
        return ClusterLoadAssignment.newBuilder()
                .setClusterName(target.clusterName())
                .addAllEndpoints(placed)
                .build();
    }

    private static boolean isElsewhere(Endpoint endpoint, Scene scene) {
        String own = scene.node().metadata().clusterId();
        return !own.isEmpty()
                && !endpoint.clusterId().isEmpty()
                && !endpoint.clusterId().equals(own);
    }

    /// For a gateway that passes connections on unopened. It cannot tell whether a client proved who it is, so that it
    /// may lead only to workloads that ask for it.
    static ClusterLoadAssignment unopened(Target target, List<Endpoint> endpoints, Scene scene) {
        List<Endpoint> mutual = endpoints.stream()
                .filter(endpoint -> takesMutualTls(endpoint, target, scene))
                .toList();
        return assignment(target, mutual, scene).toBuilder()
                .setClusterName(target.sni())
                .build();
    }

    private static boolean reachable(Endpoint endpoint, Scene scene) {
        String address = endpoint.address();
        if (address.startsWith("unix://") || address.isEmpty()) {
            return !address.isEmpty();
        }
        boolean v6 = address.indexOf(':') >= 0;
        return !v6 || scene.node().supportsIpv6();
    }

    private static LocalityLbEndpoints group(Endpoint first, List<Seen> list, Scene scene) {
        LocalityLbEndpoints.Builder group = LocalityLbEndpoints.newBuilder().setLocality(locality(first));
        if (list.isEmpty()) {
            return group.build();
        }
        long weight = 0;
        for (Seen seen : list) {
            group.addLbEndpoints(lbEndpoint(seen.endpoint(), seen.mutual(), scene));
            weight += Math.max(1, seen.endpoint().weight());
        }
        return group.setLoadBalancingWeight(Protos.uint((int) Math.min(weight, Integer.MAX_VALUE)))
                .build();
    }

    /// A rule or a policy may turn off what the workload could do.
    private static boolean takesMutualTls(Endpoint endpoint, Target target, Scene scene) {
        if (!endpoint.takesMutualTls()) {
            return false;
        }
        boolean refused = target.policy()
                .tls()
                .filter(t -> !t.mode().equals("ISTIO_MUTUAL"))
                .isPresent();
        return !refused
                && PeerPolicies.effective(
                                scene.snapshot().security().peerAuthentications(),
                                scene.mesh().identity().rootNamespace(),
                                endpoint.owner().namespace(),
                                endpoint.labels(),
                                endpoint.port())
                        != Mode.DISABLE;
    }

    static io.envoyproxy.envoy.config.core.v3.Locality locality(Endpoint endpoint) {
        Locality from = endpoint.locality();
        return io.envoyproxy.envoy.config.core.v3.Locality.newBuilder()
                .setRegion(from.region())
                .setZone(from.zone())
                .setSubZone(from.subZone())
                .build();
    }

    private static LbEndpoint lbEndpoint(Endpoint endpoint, boolean mutual, Scene scene) {
        return bare(endpoint)
                .setLoadBalancingWeight(Protos.uint(Math.max(1, endpoint.weight())))
                .setMetadata(metadata(endpoint, mutual, scene))
                .build();
    }

    /// Where it is and how it is, for those who send nothing there.
    static LbEndpoint.Builder bare(Endpoint endpoint) {
        LbEndpoint.Builder lb = LbEndpoint.newBuilder();
        lb.getEndpointBuilder().setAddress(Protos.address(endpoint.address(), endpoint.port()));
        switch (endpoint.health()) {
            case HEALTHY -> {}
            case UNHEALTHY -> lb.setHealthStatus(HealthStatus.UNHEALTHY);
            case DRAINING -> lb.setHealthStatus(HealthStatus.DRAINING);
        }
        return lb;
    }

    private static Metadata metadata(Endpoint endpoint, boolean mutual, Scene scene) {
        Metadata.Builder metadata = Metadata.newBuilder();
        if (endpoint.takesMutualTls() && mutual) {
            metadata.putFilterMetadata(
                    "envoy.transport_socket_match",
                    Struct.newBuilder()
                            .putFields("tlsMode", Protos.text(endpoint.tlsMode()))
                            .build());
        }
        metadata.putFilterMetadata(
                Provenance.ISTIO,
                Struct.newBuilder()
                        .putFields("workload", Protos.text(workload(endpoint)))
                        .build());
        if (scene.dataPlane() == DataPlane.LATEEN
                && !endpoint.owner().serviceAccount().isEmpty()) {
            metadata.putFilterMetadata(
                    Provenance.LATEEN,
                    Struct.newBuilder()
                            .putFields(
                                    "service_account",
                                    Protos.text(endpoint.owner().serviceAccount()))
                            .build());
        }
        return metadata.build();
    }

    /// Name, namespace, canonical service, canonical revision and cluster of a workload.
    private static String workload(Endpoint endpoint) {
        Map<String, String> labels = endpoint.labels();
        String name = CanonicalNames.service(labels, endpoint.owner().workload());
        String revision = CanonicalNames.revision(labels, "");
        return endpoint.owner().workload() + ";" + namespaceOf(endpoint) + ";" + name + ";" + revision + ";"
                + endpoint.clusterId();
    }

    private static String namespaceOf(Endpoint endpoint) {
        return endpoint.owner().namespace();
    }
}
