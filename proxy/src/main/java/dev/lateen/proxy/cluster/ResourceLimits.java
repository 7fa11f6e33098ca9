package dev.lateen.proxy.cluster;

import dev.lateen.proxy.cluster.CircuitBreakers.Thresholds;
import java.util.concurrent.atomic.AtomicInteger;

/// Counts what a cluster has in use at one routing priority, over all event loops, and says no at the thresholds.
///
/// Thread: any.
final class ResourceLimits {
    private final Thresholds thresholds;
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger pending = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger retries = new AtomicInteger();

    ResourceLimits(Thresholds thresholds) {
        this.thresholds = thresholds;
    }

    boolean tryConnection() {
        return tryTake(connections, thresholds.maxConnections());
    }

    /// Beyond the threshold: a pool without any connection may always open one.
    void forceConnection() {
        connections.incrementAndGet();
    }

    void releaseConnection() {
        connections.decrementAndGet();
    }

    boolean tryPending() {
        return tryTake(pending, thresholds.maxPendingRequests());
    }

    void releasePending() {
        pending.decrementAndGet();
    }

    boolean tryRequest() {
        return tryTake(requests, thresholds.maxRequests());
    }

    void releaseRequest() {
        requests.decrementAndGet();
    }

    boolean tryRetry() {
        return tryTake(retries, maxRetries());
    }

    void releaseRetry() {
        retries.decrementAndGet();
    }

    private int maxRetries() {
        if (!thresholds.hasRetryBudget()) {
            return thresholds.maxRetries();
        }
        double budget = thresholds.retryBudgetPercent() / 100 * (requests.get() + pending.get());
        return Math.max(thresholds.minRetryConcurrency(), (int) budget);
    }

    private static boolean tryTake(AtomicInteger used, int limit) {
        if (used.incrementAndGet() > limit) {
            used.decrementAndGet();
            return false;
        }
        return true;
    }

    int connections() {
        return connections.get();
    }

    int pending() {
        return pending.get();
    }

    int requests() {
        return requests.get();
    }

    int retries() {
        return retries.get();
    }

    /// Publishes `circuit_breakers.<priority>.…`: 1 where a breaker is open, and what remains where that is wanted.
    void publish(ClusterStats stats, String priority) {
        String prefix = "circuit_breakers." + priority + ".";
        stats.computedGauge(prefix + "cx_open", () -> open(connections(), thresholds.maxConnections()));
        stats.computedGauge(prefix + "rq_pending_open", () -> open(pending(), thresholds.maxPendingRequests()));
        stats.computedGauge(prefix + "rq_open", () -> open(requests(), thresholds.maxRequests()));
        stats.computedGauge(prefix + "rq_retry_open", () -> open(retries(), maxRetries()));
        if (thresholds.trackRemaining()) {
            stats.computedGauge(prefix + "remaining_cx", () -> left(connections(), thresholds.maxConnections()));
            stats.computedGauge(prefix + "remaining_pending", () -> left(pending(), thresholds.maxPendingRequests()));
            stats.computedGauge(prefix + "remaining_rq", () -> left(requests(), thresholds.maxRequests()));
            stats.computedGauge(prefix + "remaining_retries", () -> left(retries(), maxRetries()));
        }
    }

    String describe() {
        return "connections " + connections() + " of " + thresholds.maxConnections() + ", pending requests "
                + pending() + " of " + thresholds.maxPendingRequests() + ", requests " + requests() + " of "
                + thresholds.maxRequests() + ", retries " + retries() + " of " + maxRetries();
    }

    private static long open(int used, int limit) {
        return used >= limit ? 1 : 0;
    }

    private static long left(int used, int limit) {
        return Math.max(0, limit - used);
    }
}
