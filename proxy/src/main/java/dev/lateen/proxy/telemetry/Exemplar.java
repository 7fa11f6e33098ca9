package dev.lateen.proxy.telemetry;

/// One recorded value and the trace that it belongs to.
///
/// @param value in the histogram's unit
record Exemplar(String traceId, double value, long epochMillis) {
    /// OpenMetrics allows no more in the labels of one; ours has `trace_id`.
    private static final int MAX_LENGTH = 100;

    boolean isNewerThan(Exemplar other) {
        return epochMillis > other.epochMillis;
    }

    /// Clients choose ids of traces; one that is no number in hexadecimal digits leads nowhere.
    static boolean isFine(String traceId) {
        if (traceId.isEmpty() || traceId.length() > MAX_LENGTH) {
            return false;
        }
        for (int index = 0; index < traceId.length(); index++) {
            if (Character.digit(traceId.charAt(index), 16) < 0) {
                return false;
            }
        }
        return true;
    }
}
