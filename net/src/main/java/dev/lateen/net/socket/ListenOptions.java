package dev.lateen.net.socket;

import java.util.Optional;

/// How to listen.
///
/// @param backlog connections that the kernel may hold before they are accepted
/// @param maxConnections above it accepting pauses until one closes; 0 means no limit
/// @param transparent accept connections to addresses that are not this machine's (TPROXY; needs CAP_NET_ADMIN)
/// @param keepAlive TCP keepalive of accepted connections
public record ListenOptions(int backlog, int maxConnections, boolean transparent, Optional<KeepAlive> keepAlive) {
    public static final ListenOptions DEFAULT = new ListenOptions(1024, 0, false, Optional.empty());

    public ListenOptions withMaxConnections(int limit) {
        return new ListenOptions(backlog, limit, transparent, keepAlive);
    }

    public ListenOptions withTransparent(boolean enabled) {
        return new ListenOptions(backlog, maxConnections, enabled, keepAlive);
    }
}
