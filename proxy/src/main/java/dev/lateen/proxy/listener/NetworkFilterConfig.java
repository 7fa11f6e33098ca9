package dev.lateen.proxy.listener;

import dev.lateen.proxy.accesslog.AccessLogConfig;
import dev.lateen.proxy.authz.ConnectionAuthzConfig;
import dev.lateen.proxy.http.HttpConnectionManagerConfig;
import dev.lateen.proxy.ratelimit.NetworkLimitConfig;
import dev.lateen.proxy.rbac.NetworkRbacConfig;
import dev.lateen.proxy.tcp.TcpProxyConfig;
import dev.lateen.proxy.telemetry.MetricsConfig;
import java.time.Duration;
import java.util.List;

/// A decoded network filter. The last of a chain is terminal: HTTP or TCP.
///
/// Thread: any (immutable).
public sealed interface NetworkFilterConfig {
    /// Whether it ends a chain.
    default boolean terminal() {
        return switch (this) {
            case Http _, Tcp _ -> true;
            case Rbac _,
                    Authorization _,
                    RateLimit _,
                    ConnectionLimit _,
                    SniCluster _,
                    SniForward _,
                    IstioStats _,
                    PeerExchange _ -> false;
        };
    }

    /// Serves HTTP.
    record Http(HttpConnectionManagerConfig config, List<AccessLogConfig> accessLogs) implements NetworkFilterConfig {}

    /// Relays bytes to a cluster.
    record Tcp(TcpProxyConfig config) implements NetworkFilterConfig {}

    /// Lets connections through or closes them.
    record Rbac(NetworkRbacConfig config) implements NetworkFilterConfig {}

    /// Asks a server which connections may pass, and closes the others.
    record Authorization(ConnectionAuthzConfig config) implements NetworkFilterConfig {}

    /// Closes connections above a number, for this filter chain alone.
    ///
    /// @param delay before one is closed
    record ConnectionLimit(String statPrefix, long max, Duration delay) implements NetworkFilterConfig {}

    /// Closes connections above a rate.
    record RateLimit(NetworkLimitConfig config) implements NetworkFilterConfig {}

    /// Counts connections under Istio's names.
    record IstioStats(MetricsConfig config) implements NetworkFilterConfig {}

    /// Istio's exchange of workload names over TCP, which needs the ALPN `istio-peer-exchange` from the client. Ours is
    /// told by certificates and endpoint metadata, so there is nothing to do.
    ///
    /// Differs: a TCP client's workload is that of the endpoint with its address, in the namespace that its
    /// certificate proves; `unknown` at the server where there is none.
    enum PeerExchange implements NetworkFilterConfig {
        INSTANCE
    }

    /// Takes the destination from SNI, for clusters without hosts of their own; only before `Tcp`.
    record SniForward(int port) implements NetworkFilterConfig {}

    /// Takes the cluster's name from SNI; only before `Tcp`.
    enum SniCluster implements NetworkFilterConfig {
        INSTANCE
    }
}
