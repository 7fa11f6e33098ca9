package dev.lateen.proxy.cluster;

import dev.lateen.net.proxyprotocol.ProxyHeader;
import dev.lateen.proxy.stream.ClientSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a TCP connection needs of its upstream connection.
///
/// @param sni server name instead of the configured one, or null
/// @param alpn protocols instead of the configured ones; empty: the configured ones
/// @param client whose connection is relayed, for clusters that tell it in a PROXY header, or null
/// @param source that the host is to see, or null for our own
public record TcpOptions(
        @Nullable String sni,
        List<String> alpn,
        @Nullable ProxyHeader client,
        @Nullable ClientSource source) {
    public static final TcpOptions NONE = new TcpOptions(null, List.of(), null, null);
}
