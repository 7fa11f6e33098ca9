package dev.lateen.proxy.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What stays in a zone and what leaves it, by how many proxies and hosts there are in each.
final class ZoneSharesTest {
    private static final LocalityName OWN = zone(0);

    private static LocalityName zone(int index) {
        return new LocalityName("region", "zone-" + index, "");
    }

    /// Zones 0, 1 … with so many healthy hosts; none is told of where the number is negative.
    private static ZoneCounts counts(LocalityName own, int... healthy) {
        List<LocalityName> zones = new ArrayList<>();
        List<Integer> counts = new ArrayList<>();
        for (int index = 0; index < healthy.length; index++) {
            if (healthy[index] >= 0) {
                int at = zone(index).equals(own) ? 0 : zones.size();
                zones.add(at, zone(index));
                counts.add(at, healthy[index]);
            }
        }
        return new ZoneCounts(own, zones, counts);
    }

    private static ZoneShares shares(ZoneCounts hosts, ZoneCounts kind) {
        return ZoneShares.of(hosts, kind, 1);
    }

    @Test
    void keepsAllWhereTheZoneHasAtLeastAsLargeAShareOfHosts() {
        assertThat(shares(counts(OWN, 2, 2), counts(OWN, 1, 1))).isEqualTo(ZoneShares.Direct.INSTANCE);
        assertThat(shares(counts(OWN, 3, 1, 1), counts(OWN, 5, 5))).isEqualTo(ZoneShares.Direct.INSTANCE);
    }

    /// 40, 40 and 20 % of the proxies, 25, 50 and 25 % of the hosts.
    @Test
    void sendsTheRestWhereThereAreMoreHostsThanProxies() {
        ZoneShares.Split split = (ZoneShares.Split) shares(counts(OWN, 1, 2, 1), counts(OWN, 2, 2, 1));
        assertThat(split.local()).isEqualTo(6250);
        assertThat(split.ends()).containsExactly(0, 1000, 1500);
    }

    @Test
    void sendsAllAwayFromAZoneWithoutHosts() {
        ZoneShares.Split split = (ZoneShares.Split) shares(counts(OWN, -1, 1, 3), counts(OWN, 2, 2));
        assertThat(split.local()).isZero();
        assertThat(split.ends()).containsExactly(0, 7500);
    }

    @Test
    void countsHostsThatFailAsRoomThatIsGone() {
        ZoneShares.Split split = (ZoneShares.Split) shares(counts(OWN, 0, 2), counts(OWN, 1, 1));
        assertThat(split.local()).isZero();
        assertThat(split.ends()).containsExactly(0, 5000);
    }

    @Test
    void doesNotAskForZonesWhereThereAreTooFew() {
        assertThat(shares(counts(OWN, 4), counts(OWN, 1, 1))).isEqualTo(ZoneShares.None.FEWER_THAN_TWO_ZONES);
        assertThat(shares(counts(OWN, 2, 2), counts(OWN, 1))).isEqualTo(ZoneShares.None.FEWER_THAN_TWO_ZONES);
    }

    @Test
    void doesNotAskForZonesWhereItIsNotAmongItsKind() {
        assertThat(shares(counts(OWN, 2, 2), counts(OWN, -1, 1, 1))).isEqualTo(ZoneShares.None.NOT_AMONG_OUR_KIND);
        assertThat(shares(counts(OWN, 2, 2), counts(OWN, 0, 1, 1))).isEqualTo(ZoneShares.None.NOT_AMONG_OUR_KIND);
    }

    @Test
    void doesNotAskForZonesOfSmallClusters() {
        ZoneCounts kind = counts(OWN, 1, 1);
        assertThat(ZoneShares.of(counts(OWN, 3, 2), kind, 6)).isEqualTo(ZoneShares.None.TOO_FEW_HOSTS);
        assertThat(ZoneShares.of(counts(OWN, 3, 3), kind, 6)).isEqualTo(ZoneShares.Direct.INSTANCE);
        assertThat(ZoneShares.of(counts(OWN, 0, 0), kind, 0)).isEqualTo(ZoneShares.None.TOO_FEW_HOSTS);
    }

    /// The promise of balancing by zone: whatever the zones look like, all proxies together give every host the same.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void givesEveryHostTheSameFromAllProxiesTogether(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 500; round++) {
            int zones = random.nextInt(2, 6);
            int[] hosts =
                    IntStream.range(0, zones).map(_ -> random.nextInt(0, 12)).toArray();
            int[] proxies =
                    IntStream.range(0, zones).map(_ -> random.nextInt(1, 12)).toArray();
            int all = IntStream.of(hosts).sum();
            int senders = IntStream.of(proxies).sum();
            if (all == 0) {
                continue;
            }
            double[] load = new double[zones];
            for (int own = 0; own < zones; own++) {
                add(load, own, (double) proxies[own] / senders, hosts, proxies);
            }
            for (int zone = 0; zone < zones; zone++) {
                assertThat(load[zone])
                        .as("seed %d, round %d, zone %d", seed, round, zone)
                        .isCloseTo((double) hosts[zone] / all, within(0.002));
            }
        }
    }

    /// Adds what the proxies of a zone send where.
    private static void add(double[] load, int own, double part, int[] hosts, int[] proxies) {
        ZoneCounts upstream = counts(zone(own), hosts);
        switch (shares(upstream, counts(zone(own), proxies))) {
            case ZoneShares.Direct _ -> load[own] += part;
            case ZoneShares.Split split -> {
                double stays = split.local() / 10_000.0;
                load[own] += part * stays;
                int before = 0;
                for (int index = 0; index < split.ends().length; index++) {
                    int where =
                            Integer.parseInt(upstream.zones().get(index).zone().substring("zone-".length()));
                    int slice = split.ends()[index] - before;
                    before = split.ends()[index];
                    load[where] += part * (1 - stays) * slice / split.ends()[split.ends().length - 1];
                }
            }
            case ZoneShares.None none -> throw new AssertionError(none);
        }
    }
}
