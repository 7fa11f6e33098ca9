package dev.lateen.proxy.http;

import dev.lateen.proxy.route.RouteTable;

/// The routes in force of one route configuration; requests that come after a change see the new ones.
///
/// Thread: any.
public final class LiveRoutes {
    private volatile RouteTable table;

    public LiveRoutes(RouteTable table) {
        this.table = table;
    }

    public RouteTable table() {
        return table;
    }

    public void set(RouteTable table) {
        this.table = table;
    }
}
