package dev.lateen.proxy.cluster;

import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.proxyprotocol.ProxyHeader;
import dev.lateen.proxy.stream.ClientSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a request needs of its upstream connection. Connections are shared only among requests with the same needs.
///
/// @param downstream the version in which the request came, for clusters that use the downstream's
/// @param forceHttp1 upgrades of HTTP/1 need HTTP/1 upstream
/// @param sni server name instead of the configured one, or null (see `HttpOptions.autoSni`)
/// @param client whose requests they are, where the host wants to be told in a PROXY header, or null
/// @param source that the host is to see, or null for our own
/// @param alpn protocols to offer instead of the configured ones; empty: the configured ones
public record StreamOptions(
        RoutePriority priority,
        HttpVersion downstream,
        boolean forceHttp1,
        @Nullable String sni,
        List<String> alpn,
        @Nullable ProxyHeader client,
        @Nullable ClientSource source) {
    public static final StreamOptions HTTP1 =
            new StreamOptions(RoutePriority.DEFAULT, HttpVersion.HTTP_1_1, false, null);
    public static final StreamOptions HTTP2 = new StreamOptions(RoutePriority.DEFAULT, HttpVersion.HTTP_2, false, null);

    public StreamOptions(RoutePriority priority, HttpVersion downstream, boolean forceHttp1, @Nullable String sni) {
        this(priority, downstream, forceHttp1, sni, List.of(), null, null);
    }

    /// For hosts that want a PROXY header: such connections serve one client only.
    public StreamOptions from(@Nullable ProxyHeader relayed) {
        return new StreamOptions(priority, downstream, forceHttp1, sni, alpn, relayed, source);
    }

    /// For hosts that are to see the client's address: such connections serve that address only.
    public StreamOptions seenAs(@Nullable ClientSource address) {
        return new StreamOptions(priority, downstream, forceHttp1, sni, alpn, client, address);
    }
}
