package dev.lateen.proxy.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The hosts of a cluster at one moment, grouped for picking. Event loops take a new snapshot when it is there, without
/// locks.
///
/// Thread: any (immutable).
final class HostSnapshot {
    static final HostSnapshot EMPTY = new HostSnapshot(
            List.of(), EndpointsConfig.DEFAULT_OVERPROVISIONING, LoadBalancing.DEFAULT_PANIC_THRESHOLD, false);

    private final List<Member> members;
    private final List<PriorityHosts> priorities = new ArrayList<>();
    private final PriorityLoad.Counts[] counts;
    private final int overprovisioning;
    private final PriorityLoad load;
    private final @Nullable ZoneRouting zones;
    private int groups = 1;

    /// A host with where it stands in the assignment.
    record Member(Host host, LocalityName locality, int localityWeight, int priority) {}

    /// The groups of one priority.
    ///
    /// @param healthyLocalities weighted; empty where localities are not weighted
    record PriorityHosts(
            HostGroup all,
            HostGroup healthy,
            HostGroup degraded,
            List<LocalityShare> healthyLocalities,
            List<LocalityShare> degradedLocalities) {}

    /// @param end of its slice of the sum of all weights
    record LocalityShare(HostGroup hosts, double end) {}

    /// Of clusters that do not ask for zones.
    HostSnapshot(List<Member> members, int overprovisioning, double panicThreshold, boolean localityWeighted) {
        this(members, overprovisioning, panicThreshold, localityWeighted, null);
    }

    /// @param zoned of clusters that balance by zone
    HostSnapshot(
            List<Member> members,
            int overprovisioning,
            double panicThreshold,
            boolean localityWeighted,
            ZoneRouting.@Nullable Maker zoned) {
        this.members = List.copyOf(members);
        Map<Integer, List<Member>> byPriority = new TreeMap<>();
        for (Member member : members) {
            byPriority.computeIfAbsent(member.priority, _ -> new ArrayList<>()).add(member);
        }
        int count = byPriority.keySet().stream()
                .mapToInt(priority -> priority + 1)
                .max()
                .orElse(0);
        this.counts = new PriorityLoad.Counts[count];
        this.overprovisioning = overprovisioning;
        for (int priority = 0; priority < count; priority++) {
            List<Member> own = byPriority.getOrDefault(priority, List.of());
            PriorityHosts hosts = priority(own, overprovisioning, localityWeighted);
            priorities.add(hosts);
            counts[priority] = new PriorityLoad.Counts(hosts.all.size(), hosts.healthy.size(), hosts.degraded.size());
        }
        this.load = PriorityLoad.of(counts, overprovisioning, panicThreshold);
        this.zones = zoned == null || count == 0 ? null : zoned.of(byPriority.getOrDefault(0, List.of()), this::group);
    }

    private PriorityHosts priority(List<Member> members, int overprovisioning, boolean localityWeighted) {
        return new PriorityHosts(
                group(members, _ -> true),
                group(members, HostSnapshot::healthy),
                group(members, HostSnapshot::degraded),
                localityWeighted ? shares(members, HostSnapshot::healthy, overprovisioning) : List.of(),
                localityWeighted ? shares(members, HostSnapshot::degraded, overprovisioning) : List.of());
    }

    private HostGroup group(List<Member> members, Predicate<Host> filter) {
        return new HostGroup(
                groups++, members.stream().map(Member::host).filter(filter).toList());
    }

    /// A locality gets traffic by its weight, less where too few of its hosts are available.
    private List<LocalityShare> shares(List<Member> members, Predicate<Host> filter, int overprovisioning) {
        Map<String, List<Member>> byLocality = new TreeMap<>();
        for (Member member : members) {
            byLocality
                    .computeIfAbsent(member.locality.toString(), _ -> new ArrayList<>())
                    .add(member);
        }
        List<LocalityShare> shares = new ArrayList<>();
        double end = 0;
        for (List<Member> locality : byLocality.values()) {
            HostGroup hosts = group(locality, filter);
            int weight = locality.getFirst().localityWeight;
            if (hosts.size() == 0 || weight == 0) {
                continue;
            }
            double available = overprovisioning / 100.0 * hosts.size() / locality.size();
            end += weight * Math.min(1, available);
            shares.add(new LocalityShare(hosts, end));
        }
        return List.copyOf(shares);
    }

    static boolean healthy(Host host) {
        return !host.ejected()
                && !host.checked().failed()
                && !host.checked().degraded()
                && host.config().health() == EndpointConfig.Health.HEALTHY;
    }

    static boolean degraded(Host host) {
        EndpointConfig.Health said = host.config().health();
        return !host.ejected()
                && !host.checked().failed()
                && (said == EndpointConfig.Health.DEGRADED
                        || (host.checked().degraded() && said == EndpointConfig.Health.HEALTHY));
    }

    List<Member> members() {
        return members;
    }

    int priorityCount() {
        return priorities.size();
    }

    PriorityHosts priority(int index) {
        return priorities.get(index);
    }

    /// How the first priority's hosts are chosen by zone; null where they are not.
    @Nullable
    ZoneRouting zones() {
        return zones;
    }

    PriorityLoad load() {
        return load;
    }

    /// The load where some priorities are avoided; the usual one where nobody else has a host for it.
    PriorityLoad load(IntPredicate avoided) {
        PriorityLoad.Counts[] others = counts.clone();
        boolean any = false;
        for (int priority = 0; priority < others.length; priority++) {
            if (avoided.test(priority)) {
                others[priority] = PriorityLoad.Counts.NONE;
            }
            any |= others[priority].available();
        }
        return any ? PriorityLoad.of(others, overprovisioning, 0) : load;
    }

    /// One more than the greatest index of a group.
    int groups() {
        return groups;
    }
}
