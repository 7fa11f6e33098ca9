package dev.lateen.net.socket;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.Optional;

/// How to open a connection.
///
/// @param connectTimeout to the end of the TCP handshake
/// @param source the local address to bind first
/// @param transparentSource allow a `source` that is not an address of this machine (IP_TRANSPARENT; needs
///     CAP_NET_ADMIN and epoll)
public record ConnectOptions(
        Duration connectTimeout,
        Optional<KeepAlive> keepAlive,
        Optional<SocketAddress> source,
        boolean transparentSource) {

    /// Ten seconds, as Istio's default.
    public static final ConnectOptions DEFAULT = of(Duration.ofSeconds(10));

    public static ConnectOptions of(Duration connectTimeout) {
        return new ConnectOptions(connectTimeout, Optional.empty(), Optional.empty(), false);
    }

    public ConnectOptions withKeepAlive(KeepAlive keepAlive) {
        return new ConnectOptions(connectTimeout, Optional.of(keepAlive), source, transparentSource);
    }

    public ConnectOptions withSource(SocketAddress source) {
        return new ConnectOptions(connectTimeout, keepAlive, Optional.of(source), transparentSource);
    }
}
