package dev.lateen.proxy.cluster;

import dev.lateen.proxy.cluster.HostSnapshot.LocalityShare;
import dev.lateen.proxy.cluster.HostSnapshot.PriorityHosts;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// Picks hosts on one event loop: priority, then locality, then host.
///
/// Thread: its event loop.
final class LoadBalancer {
    private final LoadBalancing config;
    private final ClusterStats stats;
    private HostSnapshot snapshot = HostSnapshot.EMPTY;
    private @Nullable Picker[] pickers = new Picker[1];

    LoadBalancer(LoadBalancing config, ClusterStats stats) {
        this.config = config;
        this.stats = stats;
    }

    @Nullable
    Host pick(HostSnapshot current, LbContext context) {
        if (current != snapshot) {
            snapshot = current;
            pickers = new Picker[current.groups()];
        }
        if (current.priorityCount() == 0) {
            return null;
        }
        Host host = pickOnce(context, 0);
        for (int again = 1; again <= context.maxHostAttempts() && host != null && context.wasTried(host); again++) {
            host = pickOnce(context, again);
        }
        return host;
    }

    /// @param again how many hosts would not do
    private @Nullable Host pickOnce(LbContext context, int again) {
        long hash =
                context.hasHash() ? context.hash() : ThreadLocalRandom.current().nextLong();
        HostGroup group =
                group(hash, context.avoidsPriorities() ? snapshot.load(context::avoidsPriority) : snapshot.load());
        if (group.size() == 0) {
            return null;
        }
        Picker picker = pickers[group.index()];
        if (picker == null) {
            picker = Picker.of(group, config);
            pickers[group.index()] = picker;
        }
        return again == 0 ? picker.pick(hash) : picker.pickAgain(hash, again);
    }

    private HostGroup group(long hash, PriorityLoad load) {
        int choice = load.choose(hash);
        boolean degraded = choice < 0;
        int priority = degraded ? -choice - 1 : choice;
        PriorityHosts hosts = snapshot.priority(priority);
        if (load.panic()[priority]) {
            stats.panicPicks.increment();
            return config.failOnPanic() ? HostGroup.EMPTY : hosts.all();
        }
        List<LocalityShare> localities = degraded ? hosts.degradedLocalities() : hosts.healthyLocalities();
        if (!localities.isEmpty()) {
            return locality(localities);
        }
        ZoneRouting zones = priority == 0 ? snapshot.zones() : null;
        HostGroup ofZone = zones == null ? null : zones.choose(degraded);
        if (ofZone != null) {
            return ofZone;
        }
        return degraded ? hosts.degraded() : hosts.healthy();
    }

    private static HostGroup locality(List<LocalityShare> localities) {
        double point =
                ThreadLocalRandom.current().nextDouble() * localities.getLast().end();
        for (int index = 0; index < localities.size(); index++) {
            if (point < localities.get(index).end()) {
                return localities.get(index).hosts();
            }
        }
        return localities.getLast().hosts();
    }
}
