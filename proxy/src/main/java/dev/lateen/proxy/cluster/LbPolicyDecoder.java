package dev.lateen.proxy.cluster;

import com.google.protobuf.UInt32Value;
import com.google.protobuf.UInt64Value;
import dev.lateen.proxy.cluster.EndpointConfig.Health;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.TypedConfig;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.LoadBalancingPolicy;
import io.envoyproxy.envoy.extensions.load_balancing_policies.cluster_provided.v3.ClusterProvided;
import io.envoyproxy.envoy.extensions.load_balancing_policies.common.v3.LocalityLbConfig;
import io.envoyproxy.envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest;
import io.envoyproxy.envoy.extensions.load_balancing_policies.maglev.v3.Maglev;
import io.envoyproxy.envoy.extensions.load_balancing_policies.random.v3.Random;
import io.envoyproxy.envoy.extensions.load_balancing_policies.ring_hash.v3.RingHash;
import io.envoyproxy.envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin;
import io.envoyproxy.envoy.extensions.load_balancing_policies.wrr_locality.v3.WrrLocality;
import io.envoyproxy.envoy.type.v3.Percent;
import java.util.EnumSet;
import java.util.Set;

/// Decodes `lb_policy` with its `…_lb_config`, and `load_balancing_policy`, which goes before them.
final class LbPolicyDecoder {
    private static final int MIN_RING = 1024;
    private static final int MAX_RING = 8 * 1024 * 1024;
    private static final int MAGLEV_TABLE = 65_537;
    private static final int MAX_MAGLEV_TABLE = 5_000_011;

    private LbPolicyDecoder() {}

    static LoadBalancing decode(Cluster cluster, Place at) {
        Cluster.CommonLbConfig common = cluster.getCommonLbConfig();
        double panic = common.hasHealthyPanicThreshold()
                ? common.getHealthyPanicThreshold().getValue()
                : LoadBalancing.DEFAULT_PANIC_THRESHOLD;
        if (!(panic >= 0 && panic <= 100)) {
            throw at.field("common_lb_config.healthy_panic_threshold").refuse(panic, "0 to 100");
        }
        if (cluster.hasLoadBalancingPolicy()) {
            LoadBalancing chosen = extension(cluster.getLoadBalancingPolicy(), at.field("load_balancing_policy"));
            return new LoadBalancing(
                    chosen.policy(),
                    panic,
                    chosen.failOnPanic(),
                    chosen.localityWeighted(),
                    chosen.zones(),
                    chosen.hashByHostname(),
                    sessionsWith(common, at),
                    chosen.slowStart());
        }
        Cluster.CommonLbConfig.ZoneAwareLbConfig zones = common.getZoneAwareLbConfig();
        LbPolicy policy = policy(cluster, at);
        boolean asks = !common.hasLocalityWeightedLbConfig() && asksForZones(policy);
        return new LoadBalancing(
                policy,
                panic,
                asks && zones.getFailTrafficOnPanic(),
                common.hasLocalityWeightedLbConfig(),
                asks
                        ? zones(
                                zones.hasRoutingEnabled(),
                                zones.getRoutingEnabled(),
                                zones.hasMinClusterSize(),
                                zones.getMinClusterSize(),
                                at.field("common_lb_config.zone_aware_lb_config"))
                        : ZoneAwareness.OFF,
                common.getConsistentHashingLbConfig().getUseHostnameForHashing(),
                sessionsWith(common, at),
                slowStart(cluster, at));
    }

    private static boolean asksForZones(LbPolicy policy) {
        return switch (policy) {
            case LbPolicy.RoundRobin _, LbPolicy.LeastRequest _, LbPolicy.Random _ -> true;
            case LbPolicy.RingHash _, LbPolicy.Maglev _, LbPolicy.ClusterProvided _ -> false;
        };
    }

    private static ZoneAwareness zones(
            boolean hasPercent, Percent percent, boolean hasMinimum, UInt64Value minimum, Place at) {
        double share = hasPercent ? percent.getValue() : ZoneAwareness.DEFAULT.percent();
        if (!(share >= 0 && share <= 100)) {
            throw at.field("routing_enabled").refuse(share, "0 to 100");
        }
        long least = hasMinimum ? minimum.getValue() : ZoneAwareness.DEFAULT.minimum();
        return new ZoneAwareness((int) Math.round(share), least < 0 ? Long.MAX_VALUE : least);
    }

    private static Set<Health> sessionsWith(Cluster.CommonLbConfig common, Place at) {
        if (!common.hasOverrideHostStatus()) {
            return LoadBalancing.USABLE;
        }
        Set<Health> all = EnumSet.noneOf(Health.class);
        common.getOverrideHostStatus()
                .getStatusesList()
                .forEach(status ->
                        all.add(EndpointDecoder.health(status, at.field("common_lb_config.override_host_status"))));
        return all;
    }

    private static SlowStart slowStart(Cluster cluster, Place at) {
        return switch (cluster.getLbPolicy()) {
            case ROUND_ROBIN ->
                SlowStartDecoder.decode(
                        cluster.getRoundRobinLbConfig().getSlowStartConfig(), at.field("round_robin_lb_config"));
            case LEAST_REQUEST ->
                SlowStartDecoder.decode(
                        cluster.getLeastRequestLbConfig().getSlowStartConfig(), at.field("least_request_lb_config"));
            case RANDOM, RING_HASH, MAGLEV, CLUSTER_PROVIDED, LOAD_BALANCING_POLICY_CONFIG, UNRECOGNIZED ->
                SlowStart.NONE;
        };
    }

    private static LbPolicy policy(Cluster cluster, Place at) {
        return switch (cluster.getLbPolicy()) {
            case ROUND_ROBIN -> LbPolicy.RoundRobin.INSTANCE;
            case LEAST_REQUEST -> {
                Cluster.LeastRequestLbConfig config = cluster.getLeastRequestLbConfig();
                yield leastRequest(
                        config.hasChoiceCount(),
                        config.getChoiceCount(),
                        config.hasActiveRequestBias(),
                        config.getActiveRequestBias().getDefaultValue(),
                        at.field("least_request_lb_config"));
            }
            case RANDOM -> LbPolicy.Random.INSTANCE;
            case RING_HASH -> {
                Cluster.RingHashLbConfig config = cluster.getRingHashLbConfig();
                Place place = at.field("ring_hash_lb_config");
                if (config.getHashFunction() != Cluster.RingHashLbConfig.HashFunction.XX_HASH) {
                    throw place.field("hash_function").refuse(config.getHashFunction(), "XX_HASH");
                }
                yield ringHash(
                        config.hasMinimumRingSize(),
                        config.getMinimumRingSize(),
                        config.hasMaximumRingSize(),
                        config.getMaximumRingSize(),
                        place);
            }
            case MAGLEV -> {
                Cluster.MaglevLbConfig config = cluster.getMaglevLbConfig();
                yield maglev(config.hasTableSize(), config.getTableSize(), at.field("maglev_lb_config"));
            }
            case CLUSTER_PROVIDED -> LbPolicy.ClusterProvided.INSTANCE;
            case LOAD_BALANCING_POLICY_CONFIG ->
                throw at.field("lb_policy").refuse("LOAD_BALANCING_POLICY_CONFIG needs load_balancing_policy");
            case UNRECOGNIZED -> throw at.field("lb_policy").refuse(cluster.getLbPolicyValue(), "a known policy");
        };
    }

    /// The first policy of the list that is known, as Envoy takes it.
    private static LoadBalancing extension(LoadBalancingPolicy list, Place at) {
        String first = "none";
        for (int index = 0; index < list.getPoliciesCount(); index++) {
            Place place = at.field("policies").index(index).field("typed_extension_config.typed_config");
            TypedConfig config = TypedConfig.of(
                    list.getPolicies(index).getTypedExtensionConfig().getTypedConfig(), place);
            String type = config.type();
            first = index == 0 ? type : first;
            String shortType = type.substring(type.lastIndexOf('.') + 1);
            if (!type.startsWith("envoy.extensions.load_balancing_policies.")) {
                continue;
            }
            switch (shortType) {
                case "RoundRobin" -> {
                    RoundRobin policy = config.unpack(RoundRobin.parser(), ClusterFields.CLUSTERS, place);
                    return near(
                            LbPolicy.RoundRobin.INSTANCE,
                            policy.getLocalityLbConfig(),
                            SlowStartDecoder.decode(policy.getSlowStartConfig(), place),
                            place);
                }
                case "LeastRequest" -> {
                    LeastRequest policy = config.unpack(LeastRequest.parser(), ClusterFields.CLUSTERS, place);
                    return near(
                            leastRequest(
                                    policy.hasChoiceCount(),
                                    policy.getChoiceCount(),
                                    policy.hasActiveRequestBias(),
                                    policy.getActiveRequestBias().getDefaultValue(),
                                    place),
                            policy.getLocalityLbConfig(),
                            SlowStartDecoder.decode(policy.getSlowStartConfig(), place),
                            place);
                }
                case "Random" -> {
                    Random policy = config.unpack(Random.parser(), ClusterFields.CLUSTERS, place);
                    return near(LbPolicy.Random.INSTANCE, policy.getLocalityLbConfig(), SlowStart.NONE, place);
                }
                case "RingHash" -> {
                    return ringHash(config.unpack(RingHash.parser(), ClusterFields.CLUSTERS, place), place);
                }
                case "Maglev" -> {
                    Maglev policy = config.unpack(Maglev.parser(), ClusterFields.CLUSTERS, place);
                    return of(
                            maglev(policy.hasTableSize(), policy.getTableSize(), place),
                            policy.hasLocalityWeightedLbConfig(),
                            policy.getConsistentHashingLbConfig().getUseHostnameForHashing());
                }
                case "ClusterProvided" -> {
                    config.unpack(ClusterProvided.parser(), ClusterFields.CLUSTERS, place);
                    return of(LbPolicy.ClusterProvided.INSTANCE, false, false);
                }
                case "WrrLocality" -> {
                    WrrLocality policy = config.unpack(WrrLocality.parser(), ClusterFields.CLUSTERS, place);
                    LoadBalancing inner =
                            extension(policy.getEndpointPickingPolicy(), place.field("endpoint_picking_policy"));
                    return new LoadBalancing(
                            inner.policy(),
                            inner.panicThreshold(),
                            false,
                            true,
                            inner.hashByHostname(),
                            inner.slowStart());
                }
                default -> {
                    // Not known: the next of the list may be.
                }
            }
        }
        throw at.refuse("no policy of the list is supported (first: " + first
                + "; expected: round_robin, least_request, random, ring_hash, maglev, cluster_provided, wrr_locality)");
    }

    private static LoadBalancing of(LbPolicy policy, boolean localityWeighted, boolean byHostname) {
        return new LoadBalancing(policy, LoadBalancing.DEFAULT_PANIC_THRESHOLD, false, localityWeighted, byHostname);
    }

    private static LoadBalancing near(LbPolicy policy, LocalityLbConfig config, SlowStart slowStart, Place at) {
        LocalityLbConfig.ZoneAwareLbConfig zones = config.getZoneAwareLbConfig();
        boolean weighted = config.hasLocalityWeightedLbConfig();
        return new LoadBalancing(
                policy,
                LoadBalancing.DEFAULT_PANIC_THRESHOLD,
                zones.getFailTrafficOnPanic(),
                weighted,
                weighted
                        ? ZoneAwareness.OFF
                        : zones(
                                zones.hasRoutingEnabled(),
                                zones.getRoutingEnabled(),
                                zones.hasMinClusterSize(),
                                zones.getMinClusterSize(),
                                at.field("locality_lb_config.zone_aware_lb_config")),
                false,
                LoadBalancing.USABLE,
                slowStart);
    }

    @SuppressWarnings("deprecation") // The older place of use_hostname_for_hashing.
    private static LoadBalancing ringHash(RingHash policy, Place at) {
        switch (policy.getHashFunction()) {
            case DEFAULT_HASH, XX_HASH -> {}
            case MURMUR_HASH_2, UNRECOGNIZED ->
                throw at.field("hash_function").refuse(policy.getHashFunction(), "XX_HASH");
        }
        return of(
                ringHash(
                        policy.hasMinimumRingSize(),
                        policy.getMinimumRingSize(),
                        policy.hasMaximumRingSize(),
                        policy.getMaximumRingSize(),
                        at),
                policy.hasLocalityWeightedLbConfig(),
                policy.getUseHostnameForHashing()
                        || policy.getConsistentHashingLbConfig().getUseHostnameForHashing());
    }

    private static LbPolicy leastRequest(
            boolean hasChoices, UInt32Value choices, boolean hasBias, double bias, Place at) {
        int count = hasChoices ? choices.getValue() : 2;
        if (count < 2) {
            throw at.field("choice_count").refuse(count, "at least 2");
        }
        if (hasBias && !(bias >= 0)) {
            throw at.field("active_request_bias").refuse(bias, "at least 0");
        }
        return new LbPolicy.LeastRequest(count, hasBias ? bias : 1);
    }

    private static LbPolicy ringHash(boolean hasMin, UInt64Value min, boolean hasMax, UInt64Value max, Place at) {
        long from = hasMin ? min.getValue() : MIN_RING;
        long to = hasMax ? max.getValue() : MAX_RING;
        if (from < 1 || from > MAX_RING) {
            throw at.field("minimum_ring_size").refuse(Long.toUnsignedString(from), "1 to " + MAX_RING);
        }
        if (to < from || to > MAX_RING) {
            throw at.field("maximum_ring_size")
                    .refuse(Long.toUnsignedString(to), "at least minimum_ring_size, at most " + MAX_RING);
        }
        return new LbPolicy.RingHash((int) from, (int) to);
    }

    private static LbPolicy maglev(boolean hasSize, UInt64Value size, Place at) {
        long entries = hasSize ? size.getValue() : MAGLEV_TABLE;
        if (entries < 2 || entries > MAX_MAGLEV_TABLE || !isPrime(entries)) {
            throw at.field("table_size")
                    .refuse(Long.toUnsignedString(entries), "a prime of at most " + MAX_MAGLEV_TABLE);
        }
        return new LbPolicy.Maglev((int) entries);
    }

    private static boolean isPrime(long number) {
        for (long divisor = 2; divisor * divisor <= number; divisor++) {
            if (number % divisor == 0) {
                return false;
            }
        }
        return number > 1;
    }
}
