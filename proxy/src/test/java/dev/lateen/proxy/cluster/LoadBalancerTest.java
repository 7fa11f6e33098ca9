package dev.lateen.proxy.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lateen.proxy.cluster.EndpointConfig.Health;
import dev.lateen.proxy.cluster.HostSnapshot.Member;
import dev.lateen.proxy.telemetry.Stats;
import io.netty.channel.DefaultEventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class LoadBalancerTest {
    private static final int PICKS = 20_000;

    private final DefaultEventLoop loop = new DefaultEventLoop();
    private final Stats stats = new Stats();
    private final Cluster cluster = new Cluster(TestClusters.cluster(), new ClusterEnvironment(loop, stats));

    @AfterEach
    void stop() {
        loop.shutdownGracefully();
    }

    private static LoadBalancing balancing(LbPolicy policy) {
        return new LoadBalancing(policy, 50, false, false, false);
    }

    private Host host(int port, int weight, Health health) {
        return new Host(cluster, TestClusters.endpoint(TestClusters.address(port), weight, health), 0);
    }

    private List<Host> hosts(int... weights) {
        List<Host> hosts = new ArrayList<>();
        for (int index = 0; index < weights.length; index++) {
            hosts.add(host(index + 1, weights[index], Health.HEALTHY));
        }
        return hosts;
    }

    private static HostSnapshot snapshot(List<Host> hosts, double panic) {
        List<Member> members = hosts.stream()
                .map(host -> new Member(host, LocalityName.NONE, 0, 0))
                .toList();
        return new HostSnapshot(members, 140, panic, false);
    }

    private Map<Integer, Integer> pick(LbPolicy policy, HostSnapshot snapshot, int picks) {
        LoadBalancer balancer = new LoadBalancer(balancing(policy), cluster.stats());
        Map<Integer, Integer> counts = new HashMap<>();
        for (int pick = 0; pick < picks; pick++) {
            Host host = balancer.pick(snapshot, TestClusters.context(null));
            counts.merge(host == null ? -1 : host.config().address().hashCode(), 1, Integer::sum);
        }
        return counts;
    }

    private static int count(Map<Integer, Integer> counts, Host host) {
        return counts.getOrDefault(host.config().address().hashCode(), 0);
    }

    @Test
    void takesTurnsWhereWeightsAreEqual() {
        List<Host> hosts = hosts(1, 1, 1);
        Map<Integer, Integer> counts = pick(LbPolicy.RoundRobin.INSTANCE, snapshot(hosts, 50), 300);
        assertThat(hosts).allSatisfy(host -> assertThat(count(counts, host)).isEqualTo(100));
    }

    @ParameterizedTest
    @MethodSource("policiesThatWarm")
    void givesNewHostsLessUntilTheyAreWarm(LbPolicy policy) {
        long now = System.nanoTime();
        LoadBalancing balancing =
                new LoadBalancing(policy, 50, false, false, false, SlowStart.of(Duration.ofHours(1), 1, 0.25));
        Host warm = new Host(
                cluster,
                TestClusters.endpoint(TestClusters.address(1), 1, Health.HEALTHY),
                0,
                now - Duration.ofHours(2).toNanos());
        Host young = new Host(cluster, TestClusters.endpoint(TestClusters.address(2), 1, Health.HEALTHY), 0, now);
        Host half = new Host(
                cluster,
                TestClusters.endpoint(TestClusters.address(2), 1, Health.HEALTHY),
                0,
                now - Duration.ofMinutes(30).toNanos());

        assertThat(share(balancing, warm, young)).isCloseTo(0.25 / 1.25, within(0.01));
        assertThat(share(balancing, warm, half)).isCloseTo(0.5 / 1.5, within(0.01));
        assertThat(share(balancing, warm, warm)).isEqualTo(1);
    }

    private static List<LbPolicy> policiesThatWarm() {
        return List.of(LbPolicy.RoundRobin.INSTANCE, new LbPolicy.LeastRequest(2, 1));
    }

    /// Of the second host.
    private double share(LoadBalancing balancing, Host first, Host second) {
        LoadBalancer balancer = new LoadBalancer(balancing, cluster.stats());
        HostSnapshot snapshot = snapshot(List.of(first, second), 50);
        int count = 0;
        for (int pick = 0; pick < PICKS; pick++) {
            count += balancer.pick(snapshot, TestClusters.context(null)) == second ? 1 : 0;
        }
        return (double) count / PICKS;
    }

    @ParameterizedTest
    @CsvSource({"1, 30, 0.5", "2, 15, 0.5", "0.5, 30, 0.25", "1, 0, 0.1", "1, 60, 1", "1, 90, 1"})
    void growsByItsAggression(double aggression, int minutes, double factor) {
        SlowStart slow = SlowStart.of(Duration.ofHours(1), aggression, 0.1);
        assertThat(slow.factor(Duration.ofMinutes(minutes).toNanos())).isCloseTo(factor, within(1e-9));
    }

    @Test
    void followsWeightsExactlyInTheLongRun() {
        List<Host> hosts = hosts(1, 3, 6);
        Map<Integer, Integer> counts = pick(LbPolicy.RoundRobin.INSTANCE, snapshot(hosts, 50), 10_000);
        assertThat(count(counts, hosts.get(0))).isCloseTo(1000, within(2));
        assertThat(count(counts, hosts.get(1))).isCloseTo(3000, within(2));
        assertThat(count(counts, hosts.get(2))).isCloseTo(6000, within(2));
    }

    @Test
    void avoidsTheBusierOfTwo() {
        List<Host> hosts = hosts(1, 1);
        hosts.getFirst().requestStarted();
        Map<Integer, Integer> counts = pick(new LbPolicy.LeastRequest(2, 1), snapshot(hosts, 50), PICKS);
        // Only where both draws hit it: one in four.
        assertThat(count(counts, hosts.getFirst())).isCloseTo(PICKS / 4, within(PICKS / 20));
    }

    @Test
    void sendsNothingToUnhealthyHostsWithoutPanic() {
        List<Host> hosts = List.of(host(1, 1, Health.HEALTHY), host(2, 1, Health.UNHEALTHY));
        Map<Integer, Integer> counts = pick(LbPolicy.Random.INSTANCE, snapshot(hosts, 0), 1000);
        assertThat(count(counts, hosts.getFirst())).isEqualTo(1000);
    }

    @Test
    void findsNoHostWhereNoneIsHealthyAndPanicIsOff() {
        HostSnapshot snapshot = snapshot(List.of(host(1, 1, Health.UNHEALTHY)), 0);
        assertThat(pick(LbPolicy.RoundRobin.INSTANCE, snapshot, 1)).containsKey(-1);
    }

    @Test
    void keepsEqualHashesOnOneHost() {
        HostSnapshot snapshot = snapshot(hosts(1, 1, 1, 1), 50);
        for (LbPolicy policy : List.of(new LbPolicy.RingHash(1024, 8192), new LbPolicy.Maglev(65_537))) {
            LoadBalancer one = new LoadBalancer(balancing(policy), cluster.stats());
            LoadBalancer other = new LoadBalancer(balancing(policy), cluster.stats());
            for (long hash = 0; hash < 100; hash++) {
                LbContext context = TestClusters.context(hash * 0x9E3779B97F4A7C15L);
                assertThat(one.pick(snapshot, context)).isSameAs(other.pick(snapshot, context));
            }
        }
    }

    /// Both tables look five times more at most.
    @Test
    void findsAnotherHostForARetryThatHashes() {
        HostSnapshot snapshot = snapshot(hosts(1, 1, 1, 1), 50);
        for (LbPolicy policy : List.of(new LbPolicy.RingHash(1024, 8192), new LbPolicy.Maglev(65_537))) {
            LoadBalancer balancer = new LoadBalancer(balancing(policy), cluster.stats());
            int moved = 0;
            for (long draw = 0; draw < 1000; draw++) {
                long hash = XxHash64.hash("key" + draw, 0);
                Host first = balancer.pick(snapshot, TestClusters.context(hash));
                Host other = balancer.pick(snapshot, TestClusters.retry(hash, first));
                assertThat(balancer.pick(snapshot, TestClusters.retry(hash, first)))
                        .isSameAs(other);
                moved += first == other ? 0 : 1;
            }
            assertThat(moved).isGreaterThan(980);
        }
    }

    @Test
    void movesFewHashesWhenAHostLeaves() {
        List<Host> hosts = hosts(1, 1, 1, 1, 1, 1, 1, 1, 1, 1);
        for (LbPolicy policy : List.of(new LbPolicy.RingHash(1024, 8192), new LbPolicy.Maglev(65_537))) {
            HostGroup all = new HostGroup(1, hosts);
            HostGroup less = new HostGroup(1, hosts.subList(0, 9));
            int moved = 0;
            for (long draw = 0; draw < 1000; draw++) {
                long hash = XxHash64.hash("key" + draw, 0);
                Host before = all.table(balancing(policy)).find(hash);
                Host after = less.table(balancing(policy)).find(hash);
                moved += before != after ? 1 : 0;
            }
            assertThat(moved).isBetween(30, 200);
        }
    }

    @Test
    void spreadsHashesByWeight() {
        List<Host> hosts = hosts(1, 3);
        for (LbPolicy policy : List.of(new LbPolicy.RingHash(8192, 16_384), new LbPolicy.Maglev(65_537))) {
            HashTable table = new HostGroup(1, hosts).table(balancing(policy));
            int heavy = 0;
            for (long draw = 0; draw < PICKS; draw++) {
                heavy += table.find(XxHash64.hash("key" + draw, 0)) == hosts.get(1) ? 1 : 0;
            }
            assertThat(heavy).isCloseTo(PICKS * 3 / 4, within(PICKS / 20));
        }
    }

    @Test
    void hashesAsXxHash64Does() {
        assertThat(XxHash64.hash("", 0)).isEqualTo(0xEF46DB3751D8E999L);
        assertThat(XxHash64.hash("abc", 0)).isEqualTo(0x44BC2CF5AD770999L);
        assertThat(XxHash64.hash("foobar", 0)).isEqualTo(0xA2AA05ED9085AAF9L);
    }
}
