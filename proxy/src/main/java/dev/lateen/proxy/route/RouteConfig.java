package dev.lateen.proxy.route;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

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

    /// The beginnings of the names of all numbers that its routes have.
    public Set<String> statPrefixes() {
        Set<String> prefixes = new HashSet<>();
        for (VirtualHostConfig host : virtualHosts) {
            for (Route route : host.routes()) {
                if (!route.statPrefix().isEmpty()) {
                    prefixes.add(host.statPrefix(route));
                }
            }
        }
        return prefixes;
    }
}
