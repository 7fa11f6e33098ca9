package dev.lateen.bench.cluster;

import tools.jackson.databind.JsonNode;

/// Reads fortio's results.
final class Fortio {
    private Fortio() {}

    /// Of the calls' durations, in milliseconds.
    static double percentile(JsonNode result, int percent) {
        for (JsonNode entry : result.path("DurationHistogram").path("Percentiles")) {
            if (entry.path("Percentile").asInt() == percent) {
                return entry.path("Value").asDouble() * 1000;
            }
        }
        throw new IllegalStateException("no percentile " + percent + " among the results");
    }
}
