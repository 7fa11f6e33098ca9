package dev.lateen.proxy.health;

/// What is known of a host from its checks so far. A new host is not used until its first good check, which is enough.
///
/// Source: Envoy documentation, "Health checking". Thread: one.
public final class HealthState {
    private final int unhealthyThreshold;
    private final int healthyThreshold;
    private CheckedHealth health;
    private boolean first = true;
    private int successes;
    private int failures;

    /// @param health from where it starts
    public HealthState(HealthCheckConfig config, CheckedHealth health) {
        this.unhealthyThreshold = config.unhealthyThreshold();
        this.healthyThreshold = config.healthyThreshold();
        this.health = health;
    }

    public CheckedHealth health() {
        return health;
    }

    /// Whether there was no result so far.
    public boolean first() {
        return first;
    }

    /// Takes a result; true where the host came or went by it.
    public boolean take(CheckResult result) {
        boolean before = health.failed();
        if (result.good()) {
            succeed(result == CheckResult.DEGRADED);
        } else {
            fail(result);
        }
        if (result != CheckResult.PASSIVE) {
            first = false;
        }
        return before != health.failed();
    }

    private void succeed(boolean degraded) {
        failures = 0;
        boolean still = health.failed() && !first && ++successes < healthyThreshold;
        health = new CheckedHealth(still, degraded, false);
    }

    private void fail(CheckResult result) {
        successes = 0;
        boolean failed = health.failed() || !result.counted() || ++failures >= unhealthyThreshold;
        health = new CheckedHealth(failed, health.degraded(), result == CheckResult.TIMED_OUT);
    }
}
