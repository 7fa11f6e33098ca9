package dev.lateen.proxy.route;

import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.stream.StreamInfo;
import dev.lateen.proxy.telemetry.Stats;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The routes of a virtual host, of which a request takes the first that matches.
///
/// Thread: any (immutable).
final class HostRoutes {
    private final RouteEntry[] entries;
    private final @Nullable RouteIndex index;
    private final VirtualHostConfig.TlsRequirement tls;
    private final RouteEntry toTls;

    /// @param stats where routes count; null: nowhere
    HostRoutes(VirtualHostConfig host, RouteConfig config, @Nullable Stats stats) {
        this.entries = host.routes().stream()
                .map(route -> new RouteEntry(route, host, config, stats))
                .toArray(RouteEntry[]::new);
        this.index = RouteIndex.of(host.routes());
        this.tls = host.tls();
        this.toTls = RouteEntry.toTls(host.name(), config.name());
    }

    List<RouteEntry> entries() {
        return List.of(entries);
    }

    /// Null where none matches. Where the host wants TLS and the request came without, one that redirects and has
    /// nothing
    /// of the host's settings.
    @Nullable
    RouteEntry find(RequestHead head, long random, StreamInfo info) {
        if (tls.refuses(head.headers())) {
            return toTls;
        }
        String path = head.pathOnly();
        if (index == null) {
            for (RouteEntry entry : entries) {
                if (entry.route().match().matches(head, path, random, info)) {
                    return entry;
                }
            }
            return null;
        }
        int place = index.place(path);
        for (int at = index.next(place, 0); at != RouteIndex.NONE; at = index.next(place, at + 1)) {
            if (entries[at].route().match().matches(head, path, random, info)) {
                return entries[at];
            }
        }
        return null;
    }
}
