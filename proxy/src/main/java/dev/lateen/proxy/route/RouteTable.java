package dev.lateen.proxy.route;

import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.stream.RouteFacts;
import dev.lateen.proxy.stream.StreamInfo;
import dev.lateen.proxy.telemetry.Stats;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Finds the route of a request: first the virtual host (exact domain, then the longest suffix wildcard, the longest
/// prefix wildcard, then `*`), then the first route in it that matches. A virtual host without a matching route ends
/// the search.
///
/// Source: Envoy's route matching. Thread: any (immutable).
public final class RouteTable {
    public static final RouteTable EMPTY = new RouteTable(RouteConfig.EMPTY);

    private final RouteConfig config;
    private final Map<String, HostRoutes> exact = new HashMap<>();
    private final List<Wildcard> suffixes = new ArrayList<>();
    private final List<Wildcard> prefixes = new ArrayList<>();
    private final RouteFacts none;
    private @Nullable HostRoutes any;

    private record Wildcard(String part, HostRoutes routes) {}

    /// Of which requests are only asked about: nothing is counted.
    public RouteTable(RouteConfig config) {
        this(config, null);
    }

    /// @param stats where routes count that have a `stat_prefix`
    public RouteTable(RouteConfig config, @Nullable Stats stats) {
        this.config = config;
        this.none = RouteFacts.none(config.name());
        for (VirtualHostConfig host : config.virtualHosts()) {
            HostRoutes routes = new HostRoutes(host, config, stats);
            for (String domain : host.domains()) {
                add(domain, routes);
            }
        }
        suffixes.sort(Comparator.comparingInt((Wildcard w) -> w.part().length()).reversed());
        prefixes.sort(Comparator.comparingInt((Wildcard w) -> w.part().length()).reversed());
    }

    private void add(String domain, HostRoutes routes) {
        if (domain.equals("*")) {
            any = routes;
        } else if (domain.startsWith("*")) {
            suffixes.add(new Wildcard(domain.substring(1), routes));
        } else if (domain.endsWith("*")) {
            prefixes.add(new Wildcard(domain.substring(0, domain.length() - 1), routes));
        } else {
            exact.put(domain, routes);
        }
    }

    public RouteConfig config() {
        return config;
    }

    /// Of a request that has no route here.
    public RouteFacts none() {
        return none;
    }

    /// The route of a request, or null where none matches. Where the virtual host wants TLS and the request came
    /// without, a route that redirects and has nothing of the host's settings.
    ///
    /// @param random decides for shares; the same for one request
    /// @param info what filters have found out so far
    public @Nullable RouteEntry find(RequestHead head, long random, StreamInfo info) {
        HostRoutes routes = host(head.authority());
        return routes == null ? null : routes.find(head, random, info);
    }

    /// The routes that are tried for a host; empty where there are none.
    Optional<List<RouteEntry>> entriesFor(String authority) {
        return Optional.ofNullable(host(authority)).map(HostRoutes::entries);
    }

    /// Those of the virtual host of this name.
    Optional<List<RouteEntry>> entriesOf(String virtualHost) {
        return config.virtualHosts().stream()
                .filter(host -> host.name().equals(virtualHost))
                .findFirst()
                .map(host -> new HostRoutes(host, config, null).entries());
    }

    private @Nullable HostRoutes host(String authority) {
        if (exact.isEmpty() && suffixes.isEmpty() && prefixes.isEmpty()) {
            return any;
        }
        String host = lowerCase(config.ignorePort() ? Authority.withoutPort(authority) : authority);
        HostRoutes found = exact.get(host);
        if (found != null) {
            return found;
        }
        for (int index = 0; index < suffixes.size(); index++) {
            Wildcard suffix = suffixes.get(index);
            if (host.length() > suffix.part().length() && host.endsWith(suffix.part())) {
                return suffix.routes();
            }
        }
        for (int index = 0; index < prefixes.size(); index++) {
            Wildcard prefix = prefixes.get(index);
            if (host.length() > prefix.part().length() && host.startsWith(prefix.part())) {
                return prefix.routes();
            }
        }
        return any;
    }

    private static String lowerCase(String host) {
        for (int index = 0; index < host.length(); index++) {
            char c = host.charAt(index);
            if ((c >= 'A' && c <= 'Z') || c > 127) {
                return host.toLowerCase(Locale.ROOT);
            }
        }
        return host;
    }
}
