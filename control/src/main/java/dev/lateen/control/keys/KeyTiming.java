package dev.lateen.control.keys;

import java.time.Duration;

/// When keys are fetched again.
///
/// @param refresh after keys have come
/// @param firstRetry after a failure; each further one doubles it
/// @param lastRetry the longest time between two attempts that fail
public record KeyTiming(Duration refresh, Duration firstRetry, Duration lastRetry) {
    /// As Istio has it.
    public static final KeyTiming DEFAULT =
            new KeyTiming(Duration.ofMinutes(20), Duration.ofSeconds(1), Duration.ofMinutes(1));

    public KeyTiming withRefresh(Duration other) {
        return new KeyTiming(other, firstRetry, lastRetry);
    }

    /// @param failures in a row
    public Duration retry(int failures) {
        Duration pause = firstRetry.multipliedBy(1L << Math.min(failures - 1, 20));
        return pause.compareTo(lastRetry) < 0 ? pause : lastRetry;
    }
}
