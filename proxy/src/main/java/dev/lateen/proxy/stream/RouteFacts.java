package dev.lateen.proxy.stream;

import java.util.Map;

/// Names of the route that was found for a request; made once for each route, so that a request only points at them.
///
/// Thread: any (immutable).
///
/// @param table name of the route configuration that was looked into
/// @param virtualHost empty where no route was found
/// @param name of the route; may be empty
/// @param metadata `filter_metadata` of the route: which resource it was made from
public record RouteFacts(String table, String virtualHost, String name, Map<String, Map<String, Object>> metadata) {
    /// Of a request for which that table has no route.
    public static RouteFacts none(String table) {
        return new RouteFacts(table, "", "", Map.of());
    }
}
