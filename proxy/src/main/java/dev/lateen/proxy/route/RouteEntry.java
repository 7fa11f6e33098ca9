package dev.lateen.proxy.route;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.config.Fraction;
import dev.lateen.proxy.config.Metadata;
import dev.lateen.proxy.route.HeaderChanges.Change;
import dev.lateen.proxy.stream.RouteFacts;
import dev.lateen.proxy.stream.StreamInfo;
import dev.lateen.proxy.telemetry.RequestStats;
import dev.lateen.proxy.telemetry.Stats;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A route in its surroundings: with its virtual host and route configuration, whose header changes and filter
/// overrides it inherits.
///
/// Thread: any (immutable).
public final class RouteEntry {
    private final Route route;
    private final VirtualHostConfig virtualHost;
    private final RouteConfig config;
    private final Change[] requestChanges;
    private final Change[] responseChanges;
    private final RouteFacts facts;
    private final @Nullable RequestStats stats;

    /// @param stats where it counts; null: nowhere
    RouteEntry(Route route, VirtualHostConfig virtualHost, RouteConfig config, @Nullable Stats stats) {
        this.route = route;
        this.virtualHost = virtualHost;
        this.config = config;
        this.facts = new RouteFacts(
                config.name(),
                virtualHost.name(),
                route.name(),
                route.metadata().namespaces());
        this.stats = stats == null || route.statPrefix().isEmpty() ? null : numbers(stats, virtualHost, route);
        List<HeaderChanges> levels = new ArrayList<>(List.of(route.headers(), virtualHost.headers(), config.headers()));
        if (config.specificWins()) {
            levels = levels.reversed();
        }
        requestChanges = levels.stream()
                .map(HeaderChanges::request)
                .filter(change -> !change.isEmpty())
                .toArray(Change[]::new);
        responseChanges = levels.stream()
                .map(HeaderChanges::response)
                .filter(change -> !change.isEmpty())
                .toArray(Change[]::new);
    }

    private static RequestStats numbers(Stats stats, VirtualHostConfig host, Route route) {
        String prefix = host.statPrefix(route);
        stats.tag(prefix, "vhost.route", "envoy_virtual_host", host.name(), "envoy_route", route.statPrefix());
        return new RequestStats(stats, prefix);
    }

    /// Sends clients to the same place by `https`.
    static RouteEntry toTls(String hostName, String configName) {
        RouteMatch everything = new RouteMatch(
                new PathMatcher.Prefix("/", false), List.of(), List.of(), List.of(), false, Fraction.ALL);
        Route redirect = new Route(
                "",
                everything,
                new RouteAction.Redirect(301, "https", "", 0, PathRewrite.NONE, false),
                HeaderChanges.NONE,
                FilterOverrides.NONE,
                "",
                "",
                false,
                -1,
                Metadata.EMPTY);
        VirtualHostConfig host = new VirtualHostConfig(
                hostName,
                List.of(),
                List.of(redirect),
                HeaderChanges.NONE,
                FilterOverrides.NONE,
                VirtualHostConfig.TlsRequirement.NONE,
                VirtualHostConfig.AttemptCount.NONE,
                List.of());
        return new RouteEntry(
                redirect,
                host,
                new RouteConfig(
                        configName, List.of(host), HeaderChanges.NONE, FilterOverrides.NONE, List.of(), false, false),
                null);
    }

    /// Its own numbers; null where it has none.
    public @Nullable RequestStats stats() {
        return stats;
    }

    public Route route() {
        return route;
    }

    public VirtualHostConfig virtualHost() {
        return virtualHost;
    }

    public RouteConfig config() {
        return config;
    }

    /// What access logs and explanations say of it.
    public RouteFacts facts() {
        return facts;
    }

    /// The most specific override of a filter, or null.
    public @Nullable Object override(String filter) {
        Object own = route.overrides().get(filter);
        if (own != null) {
            return own;
        }
        Object host = virtualHost.overrides().get(filter);
        return host != null ? host : config.overrides().get(filter);
    }

    public void changeRequest(RequestHead head, StreamInfo info) {
        for (Change change : requestChanges) {
            change.applyTo(head, info);
        }
    }

    public void changeResponse(Headers headers, StreamInfo info) {
        for (Change change : responseChanges) {
            change.applyTo(headers, info);
        }
    }
}
