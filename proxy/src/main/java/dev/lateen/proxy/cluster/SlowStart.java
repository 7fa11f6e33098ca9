package dev.lateen.proxy.cluster;

import java.time.Duration;

/// How a new host comes to its full share of the load: its weight grows over a window of time.
///
/// @param windowNanos zero where new hosts get their full share at once
/// @param aggression 1 grows evenly, more grows fast at first, less grows slowly at first
/// @param minimum share of its weight that a host has from the start, 0 to 1
public record SlowStart(long windowNanos, double aggression, double minimum) {
    static final double DEFAULT_MINIMUM = 0.1;
    /// A host without any weight would never have a turn.
    private static final double LEAST = 1e-4;

    /// New hosts are like others.
    public static final SlowStart NONE = new SlowStart(0, 1, 1);

    static SlowStart of(Duration window, double aggression, double minimum) {
        return new SlowStart(window.toNanos(), aggression, minimum);
    }

    boolean isOff() {
        return windowNanos == 0;
    }

    /// What a host's weight is multiplied by.
    ///
    /// Source: Envoy's documentation, "Slow start mode".
    double factor(long ageNanos) {
        if (ageNanos >= windowNanos) {
            return 1;
        }
        double passed = Math.max(ageNanos, 0) / (double) windowNanos;
        return Math.max(Math.max(minimum, LEAST), aggression == 1 ? passed : Math.pow(passed, 1 / aggression));
    }
}
