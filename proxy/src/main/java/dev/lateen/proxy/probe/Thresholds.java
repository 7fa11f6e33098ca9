package dev.lateen.proxy.probe;

import java.util.Optional;

/// When answers change what is thought of an application: each state knows the next one.
///
/// ```
/// unknown ── successes in a row ──▶ well ⇄ unwell ◀── failures in a row ── unknown
/// ```
///
/// Thread: any (immutable).
///
/// @param opinion that was told last
/// @param inRow answers that speak against it, without one between that does not
record Thresholds(int successes, int failures, Opinion opinion, int inRow) {
    enum Opinion {
        UNKNOWN,
        WELL,
        UNWELL
    }

    static Thresholds of(HealthCheckConfig config) {
        return new Thresholds(config.successThreshold(), config.failureThreshold(), Opinion.UNKNOWN, 0);
    }

    /// @param fault why the answer was a bad one; empty for a good one
    Thresholds after(Optional<String> fault) {
        boolean good = fault.isEmpty();
        if (opinion == (good ? Opinion.WELL : Opinion.UNWELL)) {
            return new Thresholds(successes, failures, opinion, 0);
        }
        // Nothing is known at first, so that answers of both kinds speak against it: the kind is the sign.
        int row = good ? Math.max(0, inRow) + 1 : Math.min(0, inRow) - 1;
        if (row >= successes) {
            return new Thresholds(successes, failures, Opinion.WELL, 0);
        }
        return -row >= failures
                ? new Thresholds(successes, failures, Opinion.UNWELL, 0)
                : new Thresholds(successes, failures, opinion, row);
    }
}
