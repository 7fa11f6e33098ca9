package dev.lateen.proxy.cluster;

import dev.lateen.proxy.cluster.EndpointConfig.Health;
import java.util.Set;

/// How load is spread over the hosts of a cluster.
///
/// @param panicThreshold percent of healthy hosts of a priority below which all of its hosts are used
/// @param failOnPanic answer "no healthy upstream" in panic instead
/// @param localityWeighted choose a locality by its weight first
/// @param zones whether to prefer this process's own, with policies that do not hash
/// @param hashByHostname consistent hashing places hosts by hostname, not by address
/// @param sessionsWith what the control plane may say of a host that keeps its sessions
/// @param slowStart of new hosts, with policies that take turns or compare hosts
public record LoadBalancing(
        LbPolicy policy,
        double panicThreshold,
        boolean failOnPanic,
        boolean localityWeighted,
        ZoneAwareness zones,
        boolean hashByHostname,
        Set<Health> sessionsWith,
        SlowStart slowStart) {
    public static final double DEFAULT_PANIC_THRESHOLD = 50;
    static final Set<Health> USABLE = Set.of(Health.HEALTHY, Health.DEGRADED);

    public LoadBalancing {
        sessionsWith = Set.copyOf(sessionsWith);
    }

    LoadBalancing(
            LbPolicy policy,
            double panicThreshold,
            boolean failOnPanic,
            boolean localityWeighted,
            boolean hashByHostname,
            SlowStart slowStart) {
        this(
                policy,
                panicThreshold,
                failOnPanic,
                localityWeighted,
                ZoneAwareness.OFF,
                hashByHostname,
                USABLE,
                slowStart);
    }

    /// Without slow start and zones.
    public LoadBalancing(
            LbPolicy policy,
            double panicThreshold,
            boolean failOnPanic,
            boolean localityWeighted,
            boolean hashByHostname) {
        this(policy, panicThreshold, failOnPanic, localityWeighted, hashByHostname, SlowStart.NONE);
    }
}
