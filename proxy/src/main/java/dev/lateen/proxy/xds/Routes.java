package dev.lateen.proxy.xds;

import dev.lateen.proxy.http.LiveRoutes;
import dev.lateen.proxy.route.RouteConfig;
import dev.lateen.proxy.route.RouteTable;
import dev.lateen.proxy.telemetry.Stats;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The discovered route configurations in force, by name, shared by all connection managers that use them.
///
/// Thread: changes on the chores loop; reading any.
public final class Routes {
    private final Map<String, LiveRoutes> byName = new ConcurrentHashMap<>();
    private final Stats stats;

    /// @param stats where routes count
    public Routes(Stats stats) {
        this.stats = stats;
    }

    /// The routes of this name; empty ones until they arrive.
    public LiveRoutes named(String name) {
        return byName.computeIfAbsent(name, _ -> new LiveRoutes(RouteTable.EMPTY));
    }

    void put(RouteConfig config) {
        LiveRoutes live = named(config.name());
        if (!live.table().config().equals(config)) {
            RouteConfig before = live.table().config();
            live.set(new RouteTable(config, stats));
            forgetNumbers(before.statPrefixes());
        }
    }

    void retain(Set<String> names) {
        for (String name : Set.copyOf(byName.keySet())) {
            LiveRoutes gone = names.contains(name) ? null : byName.remove(name);
            if (gone != null) {
                forgetNumbers(gone.table().config().statPrefixes());
            }
        }
    }

    /// Of those that no route in force counts by any more.
    private void forgetNumbers(Set<String> prefixes) {
        if (prefixes.isEmpty()) {
            return;
        }
        Set<String> gone = new HashSet<>(prefixes);
        byName.values().forEach(live -> gone.removeAll(live.table().config().statPrefixes()));
        gone.forEach(stats::removeAll);
    }

    /// All in force, for the admin API.
    public Map<String, LiveRoutes> all() {
        return Map.copyOf(byName);
    }
}
