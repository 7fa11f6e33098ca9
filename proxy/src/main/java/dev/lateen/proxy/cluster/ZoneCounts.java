package dev.lateen.proxy.cluster;

import dev.lateen.proxy.cluster.HostSnapshot.Member;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// How many hosts of a cluster run in which zone, this process's own zone first if any does. A zone is a whole
/// locality, as in Envoy: region, zone and sub-zone.
///
/// @param healthy of each zone
record ZoneCounts(LocalityName own, List<LocalityName> zones, List<Integer> healthy) {
    private static final Comparator<LocalityName> ORDER = Comparator.comparing(LocalityName::region)
            .thenComparing(LocalityName::zone)
            .thenComparing(LocalityName::subZone);

    static ZoneCounts of(LocalityName own, List<Member> members) {
        Map<LocalityName, Integer> counts = new TreeMap<>(ORDER);
        for (Member member : members) {
            counts.merge(member.locality(), HostSnapshot.healthy(member.host()) ? 1 : 0, Integer::sum);
        }
        List<LocalityName> zones = new ArrayList<>(counts.keySet());
        if (zones.remove(own)) {
            zones.addFirst(own);
        }
        return new ZoneCounts(
                own, List.copyOf(zones), zones.stream().map(counts::get).toList());
    }

    boolean hasOwn() {
        return !zones.isEmpty() && zones.getFirst().equals(own);
    }

    int total() {
        return healthy.stream().mapToInt(count -> count).sum();
    }

    /// Parts of 10,000 of all healthy hosts that run in each of these zones.
    int[] shares(List<LocalityName> wanted) {
        int total = total();
        int[] shares = new int[wanted.size()];
        Arrays.setAll(shares, index -> {
            int zone = zones.indexOf(wanted.get(index));
            return total == 0 || zone < 0 ? 0 : (int) (10_000L * healthy.get(zone) / total);
        });
        return shares;
    }
}
