package dev.lateen.proxy.cluster;

import dev.lateen.net.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/// What a request needs of its upstream connection.
///
/// @param downstream the version in which the request came, for clusters that use the downstream's
/// @param forceHttp1 upgrades of HTTP/1 need HTTP/1 upstream
/// @param sni server name instead of the configured one, or null; connections are shared only within a name
public record StreamOptions(
        RoutePriority priority,
        HttpVersion downstream,
        boolean forceHttp1,
        @Nullable String sni) {
    public static final StreamOptions HTTP1 =
            new StreamOptions(RoutePriority.DEFAULT, HttpVersion.HTTP_1_1, false, null);
    public static final StreamOptions HTTP2 = new StreamOptions(RoutePriority.DEFAULT, HttpVersion.HTTP_2, false, null);
}
