package dev.lateen.proxy.cluster;

/// Limits of a cluster by routing priority, over all event loops.
public record CircuitBreakers(Thresholds standard, Thresholds high) {
    public static final CircuitBreakers DEFAULT = new CircuitBreakers(Thresholds.DEFAULT, Thresholds.DEFAULT);

    /// @param maxPendingRequests requests that wait for a connection
    /// @param maxRequests requests in flight
    /// @param maxRetries retries in flight; unused where a retry budget is set
    /// @param retryBudgetPercent of active and pending requests that may be retries; negative: no budget
    /// @param minRetryConcurrency retries that a budget always allows
    /// @param trackRemaining publish how much is left as gauges
    public record Thresholds(
            int maxConnections,
            int maxPendingRequests,
            int maxRequests,
            int maxRetries,
            double retryBudgetPercent,
            int minRetryConcurrency,
            boolean trackRemaining) {
        private static final int DEFAULT_LIMIT = 1024;
        private static final int DEFAULT_RETRIES = 3;
        public static final Thresholds DEFAULT =
                new Thresholds(DEFAULT_LIMIT, DEFAULT_LIMIT, DEFAULT_LIMIT, DEFAULT_RETRIES, -1, 0, false);

        boolean hasRetryBudget() {
            return retryBudgetPercent >= 0;
        }
    }
}
