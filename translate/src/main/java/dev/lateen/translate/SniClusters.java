package dev.lateen.translate;

import com.google.protobuf.Struct;
import dev.lateen.model.mesh.Endpoint;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import java.util.List;
import java.util.Optional;

/// Clusters of a gateway between networks: as those for what the gateway itself would send, but named as clients of
/// the mesh ask for them in their TLS hello, and without a TLS of the gateway's own.
///
/// Thread: any.
final class SniClusters {
    private SniClusters() {}

    /// @return empty where no server takes mutual TLS that is known by name
    static Optional<Cluster> of(Cluster like, Endpoints.Target target, List<Endpoint> endpoints, Scene scene) {
        String name = target.sni();
        Cluster.Builder cluster = like.toBuilder()
                .setName(name)
                .setAltStatName(Names.stat(name))
                .clearTransportSocket()
                .clearTransportSocketMatches()
                .clearTypedExtensionProtocolOptions();
        if (like.hasEdsClusterConfig()) {
            cluster.getEdsClusterConfigBuilder().setServiceName(name);
        }
        if (like.hasLoadAssignment()) {
            ClusterLoadAssignment mutual = Endpoints.unopened(target, endpoints, scene);
            if (mutual.getEndpointsCount() == 0) {
                return Optional.empty();
            }
            cluster.setLoadAssignment(mutual);
        }
        return Optional.of(
                cluster.setMetadata(meshProtocols(like.getMetadata())).build());
    }

    /// What a rule says of TLS does not concern a cluster without.
    private static Metadata meshProtocols(Metadata metadata) {
        Struct istio = metadata.getFilterMetadataOrDefault(Provenance.ISTIO, Struct.getDefaultInstance());
        return metadata.toBuilder()
                .putFilterMetadata(
                        Provenance.ISTIO,
                        istio.toBuilder().removeFields("alpn_override").build())
                .build();
    }
}
