package dev.lateen.proxy.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.proxy.cluster.EndpointConfig.Health;
import dev.lateen.proxy.cluster.HostSnapshot.Member;
import dev.lateen.proxy.telemetry.Stats;
import io.netty.channel.DefaultEventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What each policy gives each host, by statistics over many picks.
final class LoadSpreadTest {
    private static final int PICKS = 50_000;
    private static final LbPolicy RING = new LbPolicy.RingHash(65_536, 8_388_608);
    private static final LbPolicy MAGLEV = new LbPolicy.Maglev(65_537);

    private final DefaultEventLoop loop = new DefaultEventLoop();
    private final Cluster cluster = new Cluster(TestClusters.cluster(), new ClusterEnvironment(loop, new Stats()));

    @AfterEach
    void stop() {
        loop.shutdownGracefully();
    }

    private static List<LbPolicy> policies() {
        return List.of(
                LbPolicy.RoundRobin.INSTANCE,
                new LbPolicy.LeastRequest(2, 1),
                new LbPolicy.LeastRequest(5, 1),
                LbPolicy.Random.INSTANCE,
                RING,
                MAGLEV);
    }

    private static List<LbPolicy> policiesThatWeigh() {
        return List.of(LbPolicy.RoundRobin.INSTANCE, new LbPolicy.LeastRequest(2, 1), RING, MAGLEV);
    }

    private static Stream<Arguments> hashing() {
        return Stream.of(new LbPolicy.RingHash(1024, 8_388_608), MAGLEV)
                .flatMap(policy -> Stream.of(2, 4, 5, 10, 32, 50).map(hosts -> Arguments.of(policy, hosts)));
    }

    private Member member(int port, int weight, Health health, String zone, int localityWeight, int priority) {
        Host host = new Host(cluster, TestClusters.endpoint(TestClusters.address(port), weight, health), priority);
        return new Member(host, new LocalityName("region", zone, ""), localityWeight, priority);
    }

    private List<Member> members(int... weights) {
        List<Member> members = new ArrayList<>();
        for (int index = 0; index < weights.length; index++) {
            members.add(member(index + 1, weights[index], Health.HEALTHY, "a", 1, 0));
        }
        return members;
    }

    private long[] count(LbPolicy policy, boolean localityWeighted, List<Member> members) {
        return count(
                new LoadBalancer(new LoadBalancing(policy, 0, false, localityWeighted, false), cluster.stats()),
                new HostSnapshot(members, 140, 0, localityWeighted),
                members);
    }

    /// Each pick has a key of its own, for those who hash.
    private static long[] count(LoadBalancer balancer, HostSnapshot snapshot, List<Member> members) {
        long[] counts = new long[members.size()];
        List<Host> hosts = members.stream().map(Member::host).toList();
        for (int pick = 0; pick < PICKS; pick++) {
            Host host = balancer.pick(snapshot, TestClusters.context(XxHash64.hash("key" + pick, 0)));
            counts[hosts.indexOf(host)]++;
        }
        return counts;
    }

    @ParameterizedTest
    @MethodSource("policies")
    void givesEqualHostsTheSame(LbPolicy policy) {
        ChiSquare.assertFollows(count(policy, false, members(1, 1, 1, 1, 1)), 1, 1, 1, 1, 1);
    }

    @ParameterizedTest
    @MethodSource("policies")
    void givesTheRestTheSameWhereHostsFail(LbPolicy policy) {
        List<Member> members = members(1, 1, 1, 1, 1, 1);
        members.set(1, member(2, 1, Health.UNHEALTHY, "a", 1, 0));
        members.get(4).host().monitor().eject(Long.MAX_VALUE);
        ChiSquare.assertFollows(count(policy, false, members), 1, 0, 1, 1, 0, 1);
    }

    @ParameterizedTest
    @MethodSource("policiesThatWeigh")
    void givesByWeight(LbPolicy policy) {
        ChiSquare.assertFollows(count(policy, false, members(1, 2, 3, 4)), 1, 2, 3, 4);
    }

    @ParameterizedTest
    @MethodSource("policiesThatWeigh")
    void givesTheRestByWeightWhereHostsFail(LbPolicy policy) {
        List<Member> members = members(1, 2, 3, 4);
        members.get(2).host().monitor().eject(Long.MAX_VALUE);
        ChiSquare.assertFollows(count(policy, false, members), 1, 2, 0, 4);
    }

    @ParameterizedTest
    @MethodSource("policies")
    void givesAHostThatReturnsItsShareAgain(LbPolicy policy) {
        List<Member> members = members(1, 1, 1, 1);
        Host failing = members.get(2).host();
        failing.monitor().eject(Long.MAX_VALUE);
        ChiSquare.assertFollows(count(policy, false, members), 1, 1, 0, 1);
        failing.monitor().restore();
        ChiSquare.assertFollows(count(policy, false, members), 1, 1, 1, 1);
    }

    @ParameterizedTest
    @MethodSource("hashing")
    void movesNoMoreThanOneAndAHalfShareWhenAHostLeaves(LbPolicy policy, int hosts) {
        int[] weights = new int[hosts];
        java.util.Arrays.fill(weights, 1);
        List<Host> all = members(weights).stream().map(Member::host).toList();
        LoadBalancing balancing = new LoadBalancing(policy, 0, false, false, false);
        HashTable before = new HostGroup(1, all).table(balancing);
        HashTable after = new HostGroup(2, all.subList(0, hosts - 1)).table(balancing);
        int moved = 0;
        for (int key = 0; key < PICKS; key++) {
            long hash = XxHash64.hash("key" + key, 0);
            moved += before.find(hash) != after.find(hash) ? 1 : 0;
        }
        assertThat((double) moved / PICKS).isBetween(0.5 / hosts, 1.5 / hosts);
    }

    @ParameterizedTest
    @MethodSource("hashing")
    void findsTheSameHostsInWhicheverOrderTheyCome(LbPolicy policy, int hosts) {
        int[] weights = new int[hosts];
        java.util.Arrays.fill(weights, 1);
        List<Host> all = members(weights).stream().map(Member::host).toList();
        LoadBalancing balancing = new LoadBalancing(policy, 0, false, false, false);
        HashTable one = new HostGroup(1, all).table(balancing);
        HashTable other = new HostGroup(2, all.reversed()).table(balancing);
        for (int key = 0; key < 1000; key++) {
            long hash = XxHash64.hash("key" + key, 0);
            assertThat(one.find(hash)).isSameAs(other.find(hash));
        }
    }

    @Test
    void ringMovesOnlyTheKeysOfTheHostThatLeaves() {
        List<Host> all = members(1, 1, 1, 1, 1, 1).stream().map(Member::host).toList();
        LoadBalancing balancing = new LoadBalancing(new LbPolicy.RingHash(1024, 8_388_608), 0, false, false, false);
        HashTable before = new HostGroup(1, all).table(balancing);
        HashTable after = new HostGroup(2, all.subList(0, 5)).table(balancing);
        for (int key = 0; key < PICKS; key++) {
            long hash = XxHash64.hash("key" + key, 0);
            assertThat(before.find(hash)).isIn(after.find(hash), all.get(5));
        }
    }

    @ParameterizedTest
    @MethodSource("policies")
    void givesLocalitiesByWeightAndTheirHostsTheSame(LbPolicy policy) {
        List<Member> members = List.of(
                member(1, 1, Health.HEALTHY, "a", 80, 0),
                member(2, 1, Health.HEALTHY, "a", 80, 0),
                member(3, 1, Health.HEALTHY, "b", 20, 0));
        ChiSquare.assertFollows(count(policy, true, members), 40, 40, 20);
    }

    /// Half of a locality's hosts keep 70 % of its weight (1.4 × 1/2).
    @ParameterizedTest
    @MethodSource("policies")
    void givesALocalityLessWhereItsHostsFail(LbPolicy policy) {
        List<Member> members = List.of(
                member(1, 1, Health.HEALTHY, "a", 50, 0),
                member(2, 1, Health.UNHEALTHY, "a", 50, 0),
                member(3, 1, Health.HEALTHY, "b", 50, 0));
        ChiSquare.assertFollows(count(policy, true, members), 35, 0, 50);
    }

    @ParameterizedTest
    @MethodSource("policies")
    void failsOverToTheNextLocalityAndReturns(LbPolicy policy) {
        List<Member> members = List.of(
                member(1, 1, Health.HEALTHY, "near", 1, 0),
                member(2, 1, Health.HEALTHY, "near", 1, 0),
                member(3, 1, Health.HEALTHY, "far", 1, 1),
                member(4, 1, Health.HEALTHY, "far", 1, 1));
        Host one = members.get(0).host();
        Host two = members.get(1).host();

        ChiSquare.assertFollows(count(policy, false, members), 1, 1, 0, 0);
        one.monitor().eject(Long.MAX_VALUE);
        ChiSquare.assertFollows(count(policy, false, members), 0, 70, 15, 15);
        two.monitor().eject(Long.MAX_VALUE);
        ChiSquare.assertFollows(count(policy, false, members), 0, 0, 1, 1);
        one.monitor().restore();
        two.monitor().restore();
        ChiSquare.assertFollows(count(policy, false, members), 1, 1, 0, 0);
    }
}
