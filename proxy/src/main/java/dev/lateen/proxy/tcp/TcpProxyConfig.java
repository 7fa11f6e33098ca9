package dev.lateen.proxy.tcp;

import dev.lateen.proxy.accesslog.AccessLogConfig;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Where a TCP connection goes.
///
/// Source: envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy. Thread: any (immutable).
///
/// @param clusters one, or several by weight
/// @param idleTimeout without bytes either way; zero means none
/// @param maxConnectAttempts hosts tried before giving up
/// @param maxDuration of a connection; empty means no limit
/// @param hashesSource whether consistent hashing goes by the client's address
/// @param tunnel what the upstream is asked for; empty where it is the destination
public record TcpProxyConfig(
        String statPrefix,
        List<WeightedCluster> clusters,
        Duration idleTimeout,
        int maxConnectAttempts,
        Optional<Duration> maxDuration,
        boolean hashesSource,
        Optional<TunnelConfig> tunnel,
        List<AccessLogConfig> accessLogs) {
    public static final Duration DEFAULT_IDLE_TIMEOUT = Duration.ofHours(1);

    public TcpProxyConfig {
        clusters = List.copyOf(clusters);
        accessLogs = List.copyOf(accessLogs);
    }

    public record WeightedCluster(String name, int weight) {}

    public int totalWeight() {
        int total = 0;
        for (WeightedCluster cluster : clusters) {
            total += cluster.weight();
        }
        return total;
    }
}
