package dev.lateen.proxy.xds;

import dev.lateen.proxy.http.LiveRoutes;
import dev.lateen.proxy.route.RouteConfig;
import dev.lateen.proxy.route.RouteTable;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The discovered route configurations in force, by name, shared by all connection managers that use them.
///
/// Thread: changes on the chores loop; reading any.
public final class Routes {
    private final Map<String, LiveRoutes> byName = new ConcurrentHashMap<>();

    /// The routes of this name; empty ones until they arrive.
    public LiveRoutes named(String name) {
        return byName.computeIfAbsent(name, _ -> new LiveRoutes(RouteTable.EMPTY));
    }

    void put(RouteConfig config) {
        LiveRoutes live = named(config.name());
        if (!live.table().config().equals(config)) {
            live.set(new RouteTable(config));
        }
    }

    void retain(Set<String> names) {
        byName.keySet().retainAll(names);
    }

    /// All in force, for the admin API.
    public Map<String, LiveRoutes> all() {
        return Map.copyOf(byName);
    }
}
