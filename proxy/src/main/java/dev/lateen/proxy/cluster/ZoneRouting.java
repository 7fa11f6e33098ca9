package dev.lateen.proxy.cluster;

import dev.lateen.proxy.cluster.HostSnapshot.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Chooses a zone for each request to the first priority of a cluster.
///
/// Differs: where the zone that was chosen has no host for the request, every zone's are asked; Envoy has none then.
///
/// Thread: any (immutable).
final class ZoneRouting {
    private final int percent;
    private final boolean failOnPanic;
    private final boolean kindInPanic;
    private final ZoneStats stats;
    private final ZoneShares shares;
    private final List<HostGroup> healthy;
    private final List<HostGroup> degraded;

    private ZoneRouting(
            LoadBalancing balancing,
            boolean kindInPanic,
            ZoneStats stats,
            ZoneShares shares,
            List<HostGroup> healthy,
            List<HostGroup> degraded) {
        this.percent = balancing.zones().percent();
        this.failOnPanic = balancing.failOnPanic();
        this.kindInPanic = kindInPanic;
        this.stats = stats;
        this.shares = shares;
        this.healthy = healthy;
        this.degraded = degraded;
    }

    /// What a cluster needs to balance by zone.
    ///
    /// Thread: chores loop.
    record Maker(LoadBalancing balancing, LocalZone local, ZoneStats stats) {
        /// Null where zones do not count now.
        ///
        /// @param first the members of the first priority
        /// @param grouping makes a group of those members that a test lets pass
        @Nullable
        ZoneRouting of(List<Member> first, BiFunction<List<Member>, Predicate<Host>, HostGroup> grouping) {
            stats.recalculations.increment();
            ZoneCounts hosts = ZoneCounts.of(local.own(), first);
            ZoneCounts kind = ZoneCounts.of(local.own(), local.peers());
            ZoneShares shares = ZoneShares.of(hosts, kind, balancing.zones().minimum());
            if (shares instanceof ZoneShares.None none) {
                switch (none) {
                    case NOT_AMONG_OUR_KIND -> stats.localNotOk.increment();
                    case TOO_FEW_HOSTS -> stats.tooSmall.increment();
                    case FEWER_THAN_TWO_ZONES -> {}
                }
                return null;
            }
            List<HostGroup> healthy = new ArrayList<>();
            List<HostGroup> degraded = new ArrayList<>();
            for (LocalityName zone : hosts.zones()) {
                List<Member> there = first.stream()
                        .filter(member -> member.locality().equals(zone))
                        .toList();
                healthy.add(grouping.apply(there, HostSnapshot::healthy));
                degraded.add(grouping.apply(there, HostSnapshot::degraded));
            }
            return new ZoneRouting(balancing, inPanic(), stats, shares, List.copyOf(healthy), List.copyOf(degraded));
        }

        private boolean inPanic() {
            int healthy = 0;
            int degraded = 0;
            for (Member peer : local.peers()) {
                healthy += HostSnapshot.healthy(peer.host()) ? 1 : 0;
                degraded += HostSnapshot.degraded(peer.host()) ? 1 : 0;
            }
            return new PriorityLoad.Counts(local.peers().size(), healthy, degraded).below(balancing.panicThreshold());
        }
    }

    /// The hosts of the zone for one request; null where any zone's will do.
    @Nullable
    HostGroup choose(boolean wantsDegraded) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        if (percent < 100 && random.nextInt(100) >= percent) {
            return null;
        }
        if (kindInPanic) {
            stats.localNotOk.increment();
            return failOnPanic ? HostGroup.EMPTY : null;
        }
        HostGroup chosen = (wantsDegraded ? degraded : healthy).get(zone(random));
        return chosen.size() == 0 ? null : chosen;
    }

    private int zone(ThreadLocalRandom random) {
        return switch (shares) {
            case ZoneShares.Direct _ -> {
                stats.direct.increment();
                yield 0;
            }
            case ZoneShares.Split split -> {
                if (split.staysWith(random)) {
                    stats.sampled.increment();
                    yield 0;
                }
                stats.crossZone.increment();
                if (split.hasRoom()) {
                    yield split.other(random);
                }
                stats.noCapacity.increment();
                yield random.nextInt(healthy.size());
            }
            case ZoneShares.None _ -> throw new IllegalStateException("zones do not count");
        };
    }
}
