package dev.lateen.proxy.cluster;

import java.time.Duration;

/// When a host is taken out of rotation for its behaviour, and for how long.
///
/// Source: envoy.config.cluster.v3.OutlierDetection; percentages are 0 to 100.
///
/// @param forgivesCheckedHosts whether a good check brings an ejected host back
/// @param splitLocalErrors judge connect failures and timeouts apart from what the host answered
public record OutlierDetection(
        boolean enabled,
        Duration interval,
        Ejection ejection,
        Consecutive consecutive,
        SuccessRate successRate,
        FailurePercentage failurePercentage,
        boolean splitLocalErrors,
        boolean forgivesCheckedHosts) {

    public static final OutlierDetection OFF = new OutlierDetection(
            false,
            Duration.ofSeconds(10),
            new Ejection(Duration.ofSeconds(30), Duration.ofSeconds(300), Duration.ZERO, 10, false),
            new Consecutive(5, 100, 5, 0, 5, 100),
            new SuccessRate(5, 100, 1900, 100, 100),
            new FailurePercentage(85, 0, 0, 5, 50),
            false,
            true);

    /// @param baseTime times the number of ejections in a row is how long one lasts, up to `maxTime`
    /// @param maxJitter random time added to each ejection
    /// @param alwaysEjectOne lets the first host be ejected whatever `maxPercent` says
    public record Ejection(
            Duration baseTime, Duration maxTime, Duration maxJitter, int maxPercent, boolean alwaysEjectOne) {}

    /// Counts of failures in a row, each with the percentage of detections that are enforced.
    public record Consecutive(
            int serverErrors,
            int enforcingServerErrors,
            int gatewayErrors,
            int enforcingGatewayErrors,
            int localFailures,
            int enforcingLocalFailures) {}

    /// @param stdevFactor thousandths of a standard deviation below the mean
    public record SuccessRate(
            int minimumHosts, int requestVolume, int stdevFactor, int enforcing, int enforcingLocalOrigin) {}

    public record FailurePercentage(
            int threshold, int enforcing, int enforcingLocalOrigin, int minimumHosts, int requestVolume) {}
}
