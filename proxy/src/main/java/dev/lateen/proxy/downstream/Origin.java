package dev.lateen.proxy.downstream;

import dev.lateen.proxy.stream.ClientSource;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/// Where a connection came from and where it wanted to go, and through which listener and filter chain it came.
///
/// @param local where the client wanted to go: the original destination behind a redirection
/// @param directRemote the peer of the socket, whatever PROXY protocol says
/// @param redirected whether `local` was restored from a redirection
/// @param serverName SNI, lower case; empty if none
/// @param chain name of the filter chain; may be empty
/// @param source which upstreams are to see; null for our own
public record Origin(
        SocketAddress local,
        SocketAddress remote,
        SocketAddress directRemote,
        boolean redirected,
        String serverName,
        String listener,
        String chain,
        Direction direction,
        @Nullable ClientSource source) {}
