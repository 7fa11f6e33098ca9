package dev.lateen.proxy.route;

import java.util.List;

/// A decoded route configuration.
///
/// Source: envoy.config.route.v3.RouteConfiguration. Thread: any (immutable).
///
/// @param internalOnlyHeaders removed from requests of external clients; lower case
/// @param ignorePort domains are compared without the port of the request's authority
/// @param specificWins header changes of the route come last, so that they win over those of the virtual host
public record RouteConfig(
        String name,
        List<VirtualHostConfig> virtualHosts,
        HeaderChanges headers,
        FilterOverrides overrides,
        List<String> internalOnlyHeaders,
        boolean ignorePort,
        boolean specificWins) {
    public static final RouteConfig EMPTY =
            new RouteConfig("", List.of(), HeaderChanges.NONE, FilterOverrides.NONE, List.of(), false, false);
}
