package dev.lateen.proxy.http;

import dev.lateen.proxy.stream.PeerInfo;
import java.net.SocketAddress;

/// What the listener knows of a connection when its HTTP begins.
///
/// @param remote the client, as PROXY protocol may tell
/// @param directRemote the peer of the socket
/// @param local where the client wanted to go (the original destination once that is known)
/// @param serverName SNI; empty for none
/// @param filterChain name of the filter chain; empty for none
/// @param peer the client's workload, where metadata exchange told it
public record DownstreamConnection(
        SocketAddress remote,
        SocketAddress directRemote,
        SocketAddress local,
        String serverName,
        String filterChain,
        PeerInfo peer) {}
