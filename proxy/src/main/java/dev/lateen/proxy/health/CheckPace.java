package dev.lateen.proxy.health;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// When a host is checked next.
///
/// Source: envoy.config.core.v3.HealthCheck. Thread: any (immutable).
///
/// @param interval of hosts that are well
/// @param noTraffic while the cluster has never had a connection
/// @param noTrafficHealthy the same, of hosts that are well
/// @param unhealthyEdge the first one after a host was found unwell
/// @param healthyEdge the first one after it was found well
/// @param initialJitter most by which the first check is put off
/// @param jitter most that is added to each interval
/// @param jitterPercent most of an interval that is added to it besides
public record CheckPace(
        Duration interval,
        Duration noTraffic,
        Duration noTrafficHealthy,
        Duration unhealthy,
        Duration unhealthyEdge,
        Duration healthyEdge,
        Duration initialJitter,
        Duration jitter,
        int jitterPercent) {

    public long firstNanos(RandomGenerator random) {
        return below(initialJitter.toNanos(), random);
    }

    /// @param failed whether the host counts as unwell now
    /// @param changed whether the last check made it so
    /// @param traffic whether the cluster has ever had a connection
    public long nextNanos(boolean failed, boolean changed, boolean traffic, RandomGenerator random) {
        Duration base;
        if (!traffic) {
            base = failed ? noTraffic : noTrafficHealthy;
        } else if (failed) {
            base = changed ? unhealthyEdge : unhealthy;
        } else {
            base = changed ? healthyEdge : interval;
        }
        long nanos = base.toNanos();
        return nanos + below(nanos / 100 * jitterPercent, random) + below(jitter.toNanos(), random);
    }

    private static long below(long most, RandomGenerator random) {
        return most <= 0 ? 0 : random.nextLong(most);
    }
}
