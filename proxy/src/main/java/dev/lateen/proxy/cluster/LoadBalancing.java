package dev.lateen.proxy.cluster;

/// How load is spread over the hosts of a cluster.
///
/// @param panicThreshold percent of healthy hosts of a priority below which all of its hosts are used
/// @param failOnPanic answer "no healthy upstream" in panic instead
/// @param localityWeighted choose a locality by its weight first
/// @param hashByHostname consistent hashing places hosts by hostname, not by address
/// @param slowStart of new hosts, with policies that take turns or compare hosts
public record LoadBalancing(
        LbPolicy policy,
        double panicThreshold,
        boolean failOnPanic,
        boolean localityWeighted,
        boolean hashByHostname,
        SlowStart slowStart) {
    public static final double DEFAULT_PANIC_THRESHOLD = 50;

    /// Without slow start.
    public LoadBalancing(
            LbPolicy policy,
            double panicThreshold,
            boolean failOnPanic,
            boolean localityWeighted,
            boolean hashByHostname) {
        this(policy, panicThreshold, failOnPanic, localityWeighted, hashByHostname, SlowStart.NONE);
    }
}
