package dev.lateen.proxy.health;

/// What checks have found of a host, as far as traffic is concerned.
///
/// Thread: any (immutable).
///
/// @param timedOut whether the last check did
public record CheckedHealth(boolean failed, boolean degraded, boolean timedOut) {
    /// Nothing against it; also of hosts that nobody checks.
    public static final CheckedHealth WELL = new CheckedHealth(false, false, false);

    /// Not found well yet.
    public static final CheckedHealth UNKNOWN = new CheckedHealth(true, false, false);
}
