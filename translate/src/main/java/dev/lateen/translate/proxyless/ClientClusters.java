package dev.lateen.translate.proxyless;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.UInt64Value;
import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.DiscoveryType;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.EdsClusterConfig;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.LbPolicy;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.RingHashLbConfig;
import io.envoyproxy.envoy.config.cluster.v3.OutlierDetection;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import java.util.Optional;

/// Clusters as gRPC takes them. Without a word about TLS it is plain text: a client cannot see which endpoints take
/// the mesh's TLS, so that only a rule that demands it has an effect, as in Istio.
///
/// Differs: gRPC counts no consecutive errors. An endpoint is ejected when in one interval at least as many calls as
/// the rule says were made to it and all of them failed.
/// Differs: Maglev is a hash ring here; other policies than consistent hashing are round robin.
///
/// Thread: any.
///
/// Source: gRFC A27 (CDS), A29 (TLS), A32 (circuit breaking), A37 (DNS), A42 (hash ring), A50 (outlier detection).
public final class ClientClusters {
    private static final long LARGEST_RING = 8L << 20;
    private static final int ALL_BUT = 99;
    private static final int CERTAINLY = 100;
    private static final int ERRORS_BY_DEFAULT = 5;

    private ClientClusters() {}

    /// Empty for a cluster that gRPC cannot have: it leads where the connection was going before, or its TLS asks for
    /// files that only a proxy could read. It must not fall back to plain text.
    public static Optional<Cluster> of(Cluster from) {
        Cluster.Builder to = Cluster.newBuilder().setName(from.getName());
        if (!discover(from, to)) {
            return Optional.empty();
        }
        balance(from, to);
        if (from.hasCircuitBreakers()) {
            to.setCircuitBreakers(breakers(from.getCircuitBreakers()));
        }
        if (from.hasOutlierDetection()) {
            to.setOutlierDetection(outliers(from.getOutlierDetection()));
        }
        if (from.hasTransportSocket()) {
            Optional<TransportSocket> mutual = meshTls(from.getTransportSocket());
            if (mutual.isEmpty()) {
                return Optional.empty();
            }
            to.setTransportSocket(mutual.get());
        }
        return Optional.of(to.build());
    }

    private static boolean discover(Cluster from, Cluster.Builder to) {
        return switch (from.getType()) {
            case EDS -> {
                to.setType(DiscoveryType.EDS)
                        .setEdsClusterConfig(EdsClusterConfig.newBuilder()
                                .setEdsConfig(ClientListeners.ADS)
                                .setServiceName(from.getEdsClusterConfig().getServiceName()));
                yield true;
            }
            case STRICT_DNS, LOGICAL_DNS -> {
                ClusterLoadAssignment hosts = ClientEndpoints.of(from.getLoadAssignment());
                to.setType(DiscoveryType.LOGICAL_DNS).setLoadAssignment(hosts);
                yield hosts.getEndpointsCount() == 1 && hosts.getEndpoints(0).getLbEndpointsCount() == 1;
            }
            case STATIC, ORIGINAL_DST, UNRECOGNIZED -> false;
        };
    }

    private static void balance(Cluster from, Cluster.Builder to) {
        switch (from.getLbPolicy()) {
            case RING_HASH ->
                ring(to, from.getRingHashLbConfig().getMinimumRingSize().getValue());
            case MAGLEV -> ring(to, 0);
            case ROUND_ROBIN, LEAST_REQUEST, RANDOM, CLUSTER_PROVIDED, LOAD_BALANCING_POLICY_CONFIG, UNRECOGNIZED ->
                to.setLbPolicy(LbPolicy.ROUND_ROBIN);
        }
    }

    private static void ring(Cluster.Builder to, long minimum) {
        to.setLbPolicy(LbPolicy.RING_HASH);
        if (minimum > 0) {
            to.setRingHashLbConfig(
                    RingHashLbConfig.newBuilder().setMinimumRingSize(UInt64Value.of(Math.min(minimum, LARGEST_RING))));
        }
    }

    private static CircuitBreakers breakers(CircuitBreakers from) {
        CircuitBreakers.Builder to = CircuitBreakers.newBuilder();
        for (CircuitBreakers.Thresholds thresholds : from.getThresholdsList()) {
            // Some readers take the unsigned "no limit" for a negative number.
            int most = thresholds.getMaxRequests().getValue();
            to.addThresholds(CircuitBreakers.Thresholds.newBuilder()
                    .setPriority(thresholds.getPriority())
                    .setMaxRequests(UInt32Value.of(most < 0 ? Integer.MAX_VALUE : most)));
        }
        return to.build();
    }

    private static OutlierDetection outliers(OutlierDetection from) {
        OutlierDetection.Builder to = OutlierDetection.newBuilder()
                .setEnforcingSuccessRate(UInt32Value.of(0))
                .setEnforcingFailurePercentage(UInt32Value.of(CERTAINLY))
                .setFailurePercentageThreshold(UInt32Value.of(ALL_BUT))
                .setFailurePercentageMinimumHosts(UInt32Value.of(1))
                .setFailurePercentageRequestVolume(UInt32Value.of(errors(from)));
        if (from.hasInterval()) {
            to.setInterval(from.getInterval());
        }
        if (from.hasBaseEjectionTime()) {
            to.setBaseEjectionTime(from.getBaseEjectionTime());
        }
        if (from.hasMaxEjectionPercent()) {
            to.setMaxEjectionPercent(from.getMaxEjectionPercent());
        }
        return to.build();
    }

    /// The smallest of the numbers that are in force.
    private static int errors(OutlierDetection from) {
        int found = 0;
        for (UInt32Value each : new UInt32Value[] {
            from.getConsecutive5Xx(), from.getConsecutiveGatewayFailure(), from.getConsecutiveLocalOriginFailure()
        }) {
            if (each.getValue() > 0 && (found == 0 || each.getValue() < found)) {
                found = each.getValue();
            }
        }
        return found == 0 ? ERRORS_BY_DEFAULT : found;
    }

    /// Mutual TLS of the mesh, told by the workload's own certificate.
    @SuppressWarnings("deprecation") // gRPC reads no other field
    private static Optional<TransportSocket> meshTls(TransportSocket socket) {
        if (!socket.getTypedConfig().is(UpstreamTlsContext.class)) {
            return Optional.empty();
        }
        CommonTlsContext common;
        try {
            common = socket.getTypedConfig().unpack(UpstreamTlsContext.class).getCommonTlsContext();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a cluster of our own making", e);
        }
        boolean own = common.getTlsCertificateSdsSecretConfigsList().stream()
                .anyMatch(secret -> secret.getName().equals("default"));
        return own
                ? Optional.of(ProviderTls.upstream(common.getCombinedValidationContext()
                        .getDefaultValidationContext()
                        .getMatchSubjectAltNamesList()))
                : Optional.empty();
    }
}
