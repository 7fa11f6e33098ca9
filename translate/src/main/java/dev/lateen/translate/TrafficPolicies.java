package dev.lateen.translate;

import com.google.protobuf.UInt64Value;
import dev.lateen.model.istio.TrafficPolicy.ConnectionPool;
import dev.lateen.model.istio.TrafficPolicy.ConsistentHash;
import dev.lateen.model.istio.TrafficPolicy.Keepalive;
import dev.lateen.model.istio.TrafficPolicy.LoadBalancer;
import dev.lateen.model.istio.TrafficPolicy.LocalityLb;
import dev.lateen.model.istio.TrafficPolicy.OutlierDetection;
import dev.lateen.model.istio.TrafficPolicy.RetryBudget;
import dev.lateen.model.istio.TrafficPolicy.Warmup;
import dev.lateen.model.istio.TrafficPolicy.ZoneAwareLb;
import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.CommonLbConfig;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.LbPolicy;
import io.envoyproxy.envoy.config.cluster.v3.UpstreamConnectionOptions;
import io.envoyproxy.envoy.config.core.v3.RuntimeDouble;
import io.envoyproxy.envoy.config.core.v3.TcpKeepalive;
import io.envoyproxy.envoy.type.v3.Percent;
import java.util.Optional;
import java.util.OptionalInt;

/// Puts connection limits, outlier detection and load balancing of a traffic policy into a cluster.
final class TrafficPolicies {
    /// Unsigned: no limit.
    private static final int UNLIMITED = -1;

    private TrafficPolicies() {}

    static CircuitBreakers.Thresholds unlimited() {
        return CircuitBreakers.Thresholds.newBuilder()
                .setMaxConnections(Protos.uint(UNLIMITED))
                .setMaxPendingRequests(Protos.uint(UNLIMITED))
                .setMaxRequests(Protos.uint(UNLIMITED))
                .setMaxRetries(Protos.uint(UNLIMITED))
                .build();
    }

    static void connectionPool(
            Cluster.Builder cluster, Optional<ConnectionPool> pool, Optional<Keepalive> meshKeepalive) {
        CircuitBreakers.Thresholds.Builder limits = unlimited().toBuilder();
        pool.flatMap(ConnectionPool::http).ifPresent(http -> {
            positive(http.http1MaxPendingRequests()).ifPresent(n -> limits.setMaxPendingRequests(Protos.uint(n)));
            positive(http.http2MaxRequests()).ifPresent(n -> limits.setMaxRequests(Protos.uint(n)));
            positive(http.maxRetries()).ifPresent(n -> limits.setMaxRetries(Protos.uint(n)));
        });
        Optional<ConnectionPool.Tcp> tcp = pool.flatMap(ConnectionPool::tcp);
        tcp.ifPresent(t -> {
            positive(t.maxConnections()).ifPresent(n -> limits.setMaxConnections(Protos.uint(n)));
            t.connectTimeout().ifPresent(d -> cluster.setConnectTimeout(Protos.duration(d)));
        });
        cluster.setCircuitBreakers(CircuitBreakers.newBuilder().addThresholds(limits));
        keepalive(cluster, tcp.flatMap(ConnectionPool.Tcp::keepalive), meshKeepalive);
    }

    /// The rule's word counts before the mesh's, attribute by attribute.
    private static void keepalive(Cluster.Builder cluster, Optional<Keepalive> rule, Optional<Keepalive> mesh) {
        if (rule.isEmpty() && mesh.isEmpty()) {
            return;
        }
        TcpKeepalive.Builder to = TcpKeepalive.newBuilder();
        mesh.ifPresent(from -> keepalive(from, to));
        rule.ifPresent(from -> keepalive(from, to));
        cluster.setUpstreamConnectionOptions(
                UpstreamConnectionOptions.newBuilder().setTcpKeepalive(to));
    }

    /// Takes the place of a fixed number of retries at a time. What it does not say is Envoy's default: 20 %, 3.
    static void retryBudget(Cluster.Builder cluster, RetryBudget from) {
        CircuitBreakers.Thresholds.RetryBudget.Builder to = CircuitBreakers.Thresholds.RetryBudget.newBuilder();
        from.percent()
                .ifPresent(share -> to.setBudgetPercent(Percent.newBuilder().setValue(share)));
        from.minRetryConcurrency().ifPresent(least -> to.setMinRetryConcurrency(Protos.uint(least)));
        cluster.getCircuitBreakersBuilder().getThresholdsBuilder(0).setRetryBudget(to);
    }

    private static Optional<Integer> positive(OptionalInt number) {
        return number.isPresent() && number.getAsInt() > 0 ? Optional.of(number.getAsInt()) : Optional.empty();
    }

    private static void keepalive(Keepalive from, TcpKeepalive.Builder to) {
        positive(from.probes()).ifPresent(n -> to.setKeepaliveProbes(Protos.uint(n)));
        from.time().ifPresent(t -> to.setKeepaliveTime(Protos.uint((int) t.toSeconds())));
        from.interval().ifPresent(t -> to.setKeepaliveInterval(Protos.uint((int) t.toSeconds())));
    }

    static void outlierDetection(Cluster.Builder cluster, OutlierDetection from) {
        var to = io.envoyproxy.envoy.config.cluster.v3.OutlierDetection.newBuilder();
        to.setEnforcingSuccessRate(Protos.uint(0));
        from.consecutive5xxErrors().ifPresent(n -> {
            to.setConsecutive5Xx(Protos.uint(n));
            to.setEnforcingConsecutive5Xx(Protos.uint(n > 0 ? 100 : 0));
        });
        from.consecutiveGatewayErrors().ifPresent(n -> {
            to.setConsecutiveGatewayFailure(Protos.uint(n));
            to.setEnforcingConsecutiveGatewayFailure(Protos.uint(n > 0 ? 100 : 0));
        });
        if (from.splitExternalLocalOriginErrors().orElse(false)) {
            to.setSplitExternalLocalOriginErrors(true);
            positive(from.consecutiveLocalOriginFailures()).ifPresent(n -> {
                to.setConsecutiveLocalOriginFailure(Protos.uint(n));
                to.setEnforcingConsecutiveLocalOriginFailure(Protos.uint(100));
            });
            to.setEnforcingLocalOriginSuccessRate(Protos.uint(0));
        }
        from.interval().ifPresent(d -> to.setInterval(Protos.duration(d)));
        from.baseEjectionTime().ifPresent(d -> to.setBaseEjectionTime(Protos.duration(d)));
        positive(from.maxEjectionPercent()).ifPresent(n -> to.setMaxEjectionPercent(Protos.uint(n)));
        cluster.setOutlierDetection(to);
        cluster.getCommonLbConfigBuilder()
                .setHealthyPanicThreshold(
                        Percent.newBuilder().setValue(from.minHealthPercent().orElse(0)));
    }

    /// @param knowsPeers whether the proxy knows where those of its own kind run: it would heed zones unasked then
    static void loadBalancer(
            Cluster.Builder cluster, Optional<LoadBalancer> from, LocalityPreference preference, boolean knowsPeers) {
        near(cluster.getCommonLbConfigBuilder(), from, preference, knowsPeers);
        if (cluster.getType() == Cluster.DiscoveryType.ORIGINAL_DST) {
            cluster.setLbPolicy(LbPolicy.CLUSTER_PROVIDED);
            return;
        }
        Optional<ConsistentHash> hash = from.flatMap(LoadBalancer::consistentHash);
        if (hash.isPresent()) {
            consistentHash(cluster, hash.get());
            return;
        }
        Optional<Cluster.SlowStartConfig> slow =
                from.flatMap(LoadBalancer::warmup).map(TrafficPolicies::slowStart);
        switch (from.map(LoadBalancer::simple).orElse("")) {
            case "ROUND_ROBIN" -> {
                cluster.setLbPolicy(LbPolicy.ROUND_ROBIN);
                slow.ifPresent(s -> cluster.setRoundRobinLbConfig(
                        Cluster.RoundRobinLbConfig.newBuilder().setSlowStartConfig(s)));
            }
            case "RANDOM" -> cluster.setLbPolicy(LbPolicy.RANDOM);
            case "PASSTHROUGH" -> {
                cluster.setLbPolicy(LbPolicy.CLUSTER_PROVIDED);
                cluster.setType(Cluster.DiscoveryType.ORIGINAL_DST);
                cluster.clearEdsClusterConfig().clearLoadAssignment();
            }
            default -> {
                cluster.setLbPolicy(LbPolicy.LEAST_REQUEST);
                slow.ifPresent(s -> cluster.setLeastRequestLbConfig(
                        Cluster.LeastRequestLbConfig.newBuilder().setSlowStartConfig(s)));
            }
        }
    }

    private static Cluster.SlowStartConfig slowStart(Warmup warmup) {
        Cluster.SlowStartConfig.Builder slow =
                Cluster.SlowStartConfig.newBuilder().setSlowStartWindow(Protos.duration(warmup.duration()));
        warmup.aggression()
                .ifPresent(a -> slow.setAggression(RuntimeDouble.newBuilder().setDefaultValue(a)));
        warmup.minimumPercent()
                .ifPresent(m -> slow.setMinWeightPercent(Percent.newBuilder().setValue(m)));
        return slow.build();
    }

    private static void consistentHash(Cluster.Builder cluster, ConsistentHash hash) {
        if (hash.maglevTableSize().isPresent()) {
            cluster.setLbPolicy(LbPolicy.MAGLEV);
            hash.maglevTableSize()
                    .get()
                    .ifPresent(size -> cluster.setMaglevLbConfig(
                            Cluster.MaglevLbConfig.newBuilder().setTableSize(UInt64Value.of(size))));
            return;
        }
        long minimum = hash.minimumRingSize().orElse(1024);
        cluster.setLbPolicy(LbPolicy.RING_HASH);
        cluster.setRingHashLbConfig(Cluster.RingHashLbConfig.newBuilder().setMinimumRingSize(UInt64Value.of(minimum)));
    }

    private static void near(
            CommonLbConfig.Builder common,
            Optional<LoadBalancer> from,
            LocalityPreference preference,
            boolean knowsPeers) {
        switch (preference) {
            case LocalityPreference.ByDistribution _ ->
                common.setLocalityWeightedLbConfig(CommonLbConfig.LocalityWeightedLbConfig.getDefaultInstance());
            case LocalityPreference.ByZone(ZoneAwareLb setting) -> {
                CommonLbConfig.ZoneAwareLbConfig.Builder zones = common.getZoneAwareLbConfigBuilder();
                setting.minClusterSize().ifPresent(size -> zones.setMinClusterSize(UInt64Value.of(size)));
            }
            case LocalityPreference.ByLocality(LocalityLb setting) -> {
                if (!setting.distribute().isEmpty()
                        || !setting.failover().isEmpty()
                        || !setting.failoverPriority().isEmpty()
                        || from.flatMap(LoadBalancer::locality).isPresent()) {
                    common.setLocalityWeightedLbConfig(CommonLbConfig.LocalityWeightedLbConfig.getDefaultInstance());
                }
            }
            case LocalityPreference.Off _ -> {}
        }
        if (knowsPeers
                && common.getLocalityConfigSpecifierCase()
                        == CommonLbConfig.LocalityConfigSpecifierCase.LOCALITYCONFIGSPECIFIER_NOT_SET) {
            common.getZoneAwareLbConfigBuilder().setRoutingEnabled(Percent.getDefaultInstance());
        }
    }
}
