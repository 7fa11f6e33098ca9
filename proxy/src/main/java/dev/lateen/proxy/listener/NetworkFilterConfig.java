package dev.lateen.proxy.listener;

import dev.lateen.proxy.http.HttpConnectionManagerConfig;
import dev.lateen.proxy.tcp.TcpProxyConfig;

/// A decoded network filter. The last of a chain is terminal: HTTP or TCP.
///
/// Thread: any (immutable).
public sealed interface NetworkFilterConfig {
    /// Whether it ends a chain.
    default boolean terminal() {
        return switch (this) {
            case Http _, Tcp _ -> true;
            case SniCluster _ -> false;
        };
    }

    /// Serves HTTP.
    record Http(HttpConnectionManagerConfig config) implements NetworkFilterConfig {}

    /// Relays bytes to a cluster.
    record Tcp(TcpProxyConfig config) implements NetworkFilterConfig {}

    /// Takes the cluster's name from SNI; only before `Tcp`.
    enum SniCluster implements NetworkFilterConfig {
        INSTANCE
    }
}
