package dev.lateen.bench.sidebyside;

/// What one proxy did in one scenario.
///
/// @param cpuMicros of the proxy's process for each request, in the closed loop
/// @param p50Millis at the fixed rate
/// @param readyMillis from `exec` to the first answer
record Measurement(
        Scenario scenario,
        Peer peer,
        double cpuMicros,
        double requestsPerSecond,
        double p50Millis,
        double p99Millis,
        double idleMiB,
        double loadedMiB,
        double readyMillis,
        long failed) {}
