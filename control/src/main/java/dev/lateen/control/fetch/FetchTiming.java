package dev.lateen.control.fetch;

import java.time.Duration;

/// When what stands elsewhere is fetched again.
///
/// @param refresh after it has come
/// @param firstRetry after a failure; each further one doubles it
/// @param lastRetry the longest time between two attempts that fail
public record FetchTiming(Duration refresh, Duration firstRetry, Duration lastRetry) {
    /// As Istio has it for the keys of issuers.
    public static final FetchTiming DEFAULT =
            new FetchTiming(Duration.ofMinutes(20), Duration.ofSeconds(1), Duration.ofMinutes(1));

    public FetchTiming withRefresh(Duration other) {
        return new FetchTiming(other, firstRetry, lastRetry);
    }

    /// @param failures in a row
    public Duration retry(int failures) {
        Duration pause = firstRetry.multipliedBy(1L << Math.min(failures - 1, 20));
        return pause.compareTo(lastRetry) < 0 ? pause : lastRetry;
    }
}
