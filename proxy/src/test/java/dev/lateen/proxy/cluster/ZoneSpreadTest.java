package dev.lateen.proxy.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.proxy.cluster.EndpointConfig.Health;
import dev.lateen.proxy.cluster.EndpointsConfig.Locality;
import dev.lateen.proxy.config.Metadata;
import dev.lateen.proxy.telemetry.Stats;
import io.netty.channel.DefaultEventLoop;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What each host gets where zones count, by statistics over many picks. The proxy runs in zone a.
final class ZoneSpreadTest {
    private static final int PICKS = 50_000;

    private final DefaultEventLoop loop = new DefaultEventLoop();
    private final Stats stats = new Stats();
    private final Clusters clusters =
            new Clusters(new ClusterEnvironment(loop, stats, new LocalZone("local", zone("a"))));
    private final List<InetSocketAddress> addresses = new ArrayList<>();

    @AfterEach
    void stop() {
        loop.shutdownGracefully();
    }

    private static Stream<LbPolicy> policies() {
        return Stream.of(LbPolicy.RoundRobin.INSTANCE, new LbPolicy.LeastRequest(2, 1), LbPolicy.Random.INSTANCE);
    }

    private static LocalityName zone(String zone) {
        return new LocalityName("region", zone, "");
    }

    private Locality hosts(String zone, int priority, Health... states) {
        List<EndpointConfig> endpoints = new ArrayList<>();
        for (Health health : states) {
            InetSocketAddress address = TestClusters.address(addresses.size() + 1);
            addresses.add(address);
            endpoints.add(TestClusters.endpoint(address, 1, health));
        }
        return new Locality(zone(zone), priority, 0, endpoints);
    }

    private static Health[] healthy(int count) {
        Health[] states = new Health[count];
        java.util.Arrays.fill(states, Health.HEALTHY);
        return states;
    }

    /// The proxy's own kind: so many in zones a, b …
    private void kind(int... counts) {
        List<Locality> localities = new ArrayList<>();
        for (int index = 0; index < counts.length; index++) {
            List<EndpointConfig> endpoints = new ArrayList<>();
            for (int host = 0; host < counts[index]; host++) {
                endpoints.add(TestClusters.endpoint(new InetSocketAddress("127.1." + index + "." + host, 1)));
            }
            localities.add(new Locality(zone(Character.toString('a' + index)), 0, 0, endpoints));
        }
        put("local", LbPolicy.RoundRobin.INSTANCE, ZoneAwareness.DEFAULT, false, localities);
    }

    private Cluster shop(LbPolicy policy, ZoneAwareness zones, Locality... localities) {
        return put("shop", policy, zones, false, List.of(localities));
    }

    private Cluster put(
            String name, LbPolicy policy, ZoneAwareness zones, boolean failOnPanic, List<Locality> localities) {
        ClusterConfig like = TestClusters.cluster();
        return clusters.put(new ClusterConfig(
                name,
                name,
                new Discovery.Static(new EndpointsConfig(name, 140, localities)),
                like.connections(),
                new LoadBalancing(policy, 50, failOnPanic, false, zones, false, LoadBalancing.USABLE, SlowStart.NONE),
                like.breakers(),
                like.outlier(),
                like.http(),
                like.transport(),
                Metadata.EMPTY));
    }

    private long[] count(Cluster cluster) {
        LoadBalancer balancer = new LoadBalancer(cluster.config().loadBalancing(), cluster.stats());
        long[] counts = new long[addresses.size()];
        for (int pick = 0; pick < PICKS; pick++) {
            Host host = balancer.pick(cluster.snapshot(), TestClusters.context(null));
            assertThat(host).isNotNull();
            counts[addresses.indexOf(host.address())]++;
        }
        return counts;
    }

    private long counted(String name) {
        return stats.counter("cluster.shop." + name).value();
    }

    @ParameterizedTest
    @MethodSource("policies")
    void staysInItsZoneWhereThereIsRoom(LbPolicy policy) {
        kind(1, 1);
        Cluster shop = shop(policy, ZoneAwareness.DEFAULT, hosts("a", 0, healthy(3)), hosts("b", 0, healthy(3)));
        ChiSquare.assertFollows(count(shop), 1, 1, 1, 0, 0, 0);
        assertThat(counted("lb_zone_routing_all_directly")).isEqualTo(PICKS);
    }

    /// 40, 40 and 20 % of the proxies, 25, 50 and 25 % of the hosts: 62.5 % stays, the rest is shared 2 : 1.
    @ParameterizedTest
    @MethodSource("policies")
    void sharesTheRestAmongZonesWithRoom(LbPolicy policy) {
        kind(2, 2, 1);
        Cluster shop = shop(
                policy,
                ZoneAwareness.DEFAULT,
                hosts("a", 0, healthy(2)),
                hosts("b", 0, healthy(4)),
                hosts("c", 0, healthy(2)));
        ChiSquare.assertFollows(count(shop), 31.25, 31.25, 6.25, 6.25, 6.25, 6.25, 6.25, 6.25);
        assertThat(counted("lb_zone_routing_sampled") + counted("lb_zone_routing_cross_zone"))
                .isEqualTo(PICKS);
        assertThat(counted("lb_zone_routing_cross_zone")).isBetween(PICKS * 36L / 100, PICKS * 39L / 100);
    }

    @Test
    void looksAgainWhenItsOwnKindMoves() {
        Cluster shop = shop(
                LbPolicy.Random.INSTANCE, ZoneAwareness.DEFAULT, hosts("a", 0, healthy(3)), hosts("b", 0, healthy(3)));
        ChiSquare.assertFollows(count(shop), 1, 1, 1, 1, 1, 1);

        kind(3, 1);
        ChiSquare.assertFollows(count(shop), 2, 2, 2, 1, 1, 1);

        kind(1, 1);
        ChiSquare.assertFollows(count(shop), 1, 1, 1, 0, 0, 0);
        assertThat(counted("lb_recalculate_zone_structures")).isGreaterThanOrEqualTo(3);
    }

    @Test
    void doesNotAskForZonesOfSmallClustersNorWhereItIsAlone() {
        kind(1, 1);
        Cluster small = shop(
                LbPolicy.Random.INSTANCE, ZoneAwareness.DEFAULT, hosts("a", 0, healthy(2)), hosts("b", 0, healthy(3)));
        ChiSquare.assertFollows(count(small), 1, 1, 1, 1, 1);
        assertThat(counted("lb_zone_cluster_too_small")).isPositive();

        kind(0, 1, 1);
        shop(LbPolicy.Random.INSTANCE, new ZoneAwareness(100, 1));
        assertThat(counted("lb_local_cluster_not_ok")).isPositive();
    }

    @Test
    void asksForZonesForAPartOfTheRequestsOnly() {
        kind(1, 1);
        Cluster shop = shop(
                LbPolicy.Random.INSTANCE,
                new ZoneAwareness(50, 1),
                hosts("a", 0, healthy(1)),
                hosts("b", 0, healthy(1)));
        ChiSquare.assertFollows(count(shop), 75, 25);
    }

    @Test
    void asksForNoZonesWhereItHashes() {
        kind(1, 1);
        Cluster shop = shop(
                new LbPolicy.Maglev(65_537), ZoneAwareness.OFF, hosts("a", 0, healthy(3)), hosts("b", 0, healthy(3)));
        assertThat(shop.snapshot().zones()).isNull();
    }

    @Test
    void usesAllHostsInPanic() {
        kind(1, 1);
        Cluster shop = shop(
                LbPolicy.Random.INSTANCE,
                new ZoneAwareness(100, 1),
                hosts("a", 0, Health.HEALTHY, Health.UNHEALTHY, Health.UNHEALTHY),
                hosts("b", 0, Health.HEALTHY, Health.UNHEALTHY, Health.UNHEALTHY));
        ChiSquare.assertFollows(count(shop), 1, 1, 1, 1, 1, 1);
        assertThat(counted("lb_healthy_panic")).isEqualTo(PICKS);
    }

    @Test
    void asksForNoZonesWhileItsOwnKindIsInPanic() {
        Locality well =
                new Locality(zone("a"), 0, 0, List.of(TestClusters.endpoint(new InetSocketAddress("127.1.0.1", 1))));
        List<EndpointConfig> ill = new ArrayList<>();
        for (int host = 1; host < 4; host++) {
            ill.add(TestClusters.endpoint(new InetSocketAddress("127.1.1." + host, 1), 1, Health.UNHEALTHY));
        }
        put(
                "local",
                LbPolicy.RoundRobin.INSTANCE,
                ZoneAwareness.DEFAULT,
                false,
                List.of(well, new Locality(zone("b"), 0, 0, ill)));
        Locality here = hosts("a", 0, healthy(1));
        Locality there = hosts("b", 0, healthy(1));
        Cluster shop = shop(LbPolicy.Random.INSTANCE, new ZoneAwareness(100, 1), here, there);
        ChiSquare.assertFollows(count(shop), 1, 1);
        assertThat(counted("lb_local_cluster_not_ok")).isEqualTo(PICKS);

        Cluster strict = put("strict", LbPolicy.Random.INSTANCE, new ZoneAwareness(100, 1), true, List.of(here, there));
        LoadBalancer balancer = new LoadBalancer(strict.config().loadBalancing(), strict.stats());
        assertThat(balancer.pick(strict.snapshot(), TestClusters.context(null))).isNull();
    }

    @Test
    void countsZonesOfTheFirstPriorityAlone() {
        kind(1, 1);
        Cluster shop = shop(
                LbPolicy.Random.INSTANCE,
                new ZoneAwareness(100, 1),
                hosts("a", 0, Health.UNHEALTHY),
                hosts("b", 0, Health.UNHEALTHY),
                hosts("a", 1, healthy(1)),
                hosts("b", 1, healthy(1)));
        ChiSquare.assertFollows(count(shop), 0, 0, 1, 1);
    }
}
