package dev.lateen.proxy.health;

/// How one check of a host went.
public enum CheckResult {
    PASSED,
    /// It passed, and asks for less traffic.
    DEGRADED,
    /// The host itself says that it is not well: it is taken out at once.
    FAILED,
    /// The host says so with a status that counts towards the threshold.
    RETRIABLE,
    /// It could not be reached, or broke off.
    NETWORK,
    TIMED_OUT,
    /// Not a check: an answer to a request said so.
    PASSIVE;

    public boolean good() {
        return this == PASSED || this == DEGRADED;
    }

    /// Whether the failure takes as many of its kind as the threshold says.
    boolean counted() {
        return this == RETRIABLE || this == NETWORK || this == TIMED_OUT;
    }
}
