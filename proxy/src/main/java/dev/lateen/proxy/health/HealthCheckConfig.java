package dev.lateen.proxy.health;

import java.time.Duration;
import java.util.List;

/// How a cluster's hosts are checked.
///
/// Source: envoy.config.core.v3.HealthCheck. Thread: any (immutable).
///
/// @param timeout for all of one check
/// @param unhealthyThreshold failures in a row that take a host out
/// @param healthyThreshold successes in a row that bring it back
/// @param reuseConnection between checks
/// @param alpn protocols that a TLS connection offers; empty: the cluster's
public record HealthCheckConfig(
        CheckKind kind,
        Duration timeout,
        CheckPace pace,
        int unhealthyThreshold,
        int healthyThreshold,
        boolean reuseConnection,
        List<String> alpn) {
    public HealthCheckConfig {
        alpn = List.copyOf(alpn);
    }
}
