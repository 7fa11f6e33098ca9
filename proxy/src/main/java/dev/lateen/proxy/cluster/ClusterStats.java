package dev.lateen.proxy.cluster;

import dev.lateen.proxy.telemetry.Counter;
import dev.lateen.proxy.telemetry.Histogram;
import dev.lateen.proxy.telemetry.Stats;
import java.util.function.LongSupplier;

/// A cluster's numbers under Envoy's names, `cluster.<name>.…`. Pools and circuit breakers count for themselves; the
/// request path reports responses, retries and timeouts here.
///
/// Thread: any.
public final class ClusterStats {
    private static final int CLASSES = 6;

    private final Stats stats;
    private final String prefix;
    private final Counter completed;
    private final Counter[] byClass = new Counter[CLASSES];
    private final Histogram time;

    public final Counter requests;
    public final Counter pendingTotal;
    public final Counter pendingOverflow;
    public final Counter pendingFailureEject;
    public final Counter cancelled;
    public final Counter retries;
    public final Counter retrySuccesses;
    public final Counter retryOverflow;
    public final Counter retryLimitExceeded;
    public final Counter timeouts;
    public final Counter perTryTimeouts;
    public final Counter resetsByUpstream;
    public final Counter resetsByUs;
    public final Counter connections;
    public final Counter connectionsHttp1;
    public final Counter connectionsHttp2;
    public final Counter connectFailures;
    public final Counter connectTimeouts;
    public final Counter connectionOverflow;
    public final Counter connectionsDestroyed;
    public final Counter connectionIdleTimeouts;
    public final Counter connectionMaxRequests;
    public final Counter noneHealthy;
    public final Counter panicPicks;

    ClusterStats(Stats stats, String statName) {
        this.stats = stats;
        this.prefix = "cluster." + statName.replace(':', '_') + ".";
        stats.tag(prefix, "cluster", "envoy_cluster_name", statName);
        this.completed = counter("upstream_rq_completed");
        for (int index = 1; index < CLASSES; index++) {
            byClass[index] = counter("upstream_rq_" + index + "xx");
        }
        this.time = stats.histogram(prefix + "upstream_rq_time");
        this.requests = counter("upstream_rq_total");
        this.pendingTotal = counter("upstream_rq_pending_total");
        this.pendingOverflow = counter("upstream_rq_pending_overflow");
        this.pendingFailureEject = counter("upstream_rq_pending_failure_eject");
        this.cancelled = counter("upstream_rq_cancelled");
        this.retries = counter("upstream_rq_retry");
        this.retrySuccesses = counter("upstream_rq_retry_success");
        this.retryOverflow = counter("upstream_rq_retry_overflow");
        this.retryLimitExceeded = counter("upstream_rq_retry_limit_exceeded");
        this.timeouts = counter("upstream_rq_timeout");
        this.perTryTimeouts = counter("upstream_rq_per_try_timeout");
        this.resetsByUpstream = counter("upstream_rq_rx_reset");
        this.resetsByUs = counter("upstream_rq_tx_reset");
        this.connections = counter("upstream_cx_total");
        this.connectionsHttp1 = counter("upstream_cx_http1_total");
        this.connectionsHttp2 = counter("upstream_cx_http2_total");
        this.connectFailures = counter("upstream_cx_connect_fail");
        this.connectTimeouts = counter("upstream_cx_connect_timeout");
        this.connectionOverflow = counter("upstream_cx_overflow");
        this.connectionsDestroyed = counter("upstream_cx_destroy");
        this.connectionIdleTimeouts = counter("upstream_cx_idle_timeout");
        this.connectionMaxRequests = counter("upstream_cx_max_requests");
        this.noneHealthy = counter("upstream_cx_none_healthy");
        this.panicPicks = counter("lb_healthy_panic");
    }

    /// `cluster.<name>.`
    public String prefix() {
        return prefix;
    }

    Counter counter(String name) {
        return stats.counter(prefix + name);
    }

    Counter gauge(String name) {
        return stats.gauge(prefix + name);
    }

    void computedGauge(String name, LongSupplier value) {
        stats.computedGauge(prefix + name, value);
    }

    /// Any other counter of the cluster, such as `retry_or_shadow_abandoned`.
    public Counter named(String name) {
        return counter(name);
    }

    /// The final response of an attempt.
    ///
    /// @param nanos from the request's first byte sent to the response's last received
    public void onResponse(int status, long nanos) {
        completed.increment();
        int statusClass = status / 100;
        if (statusClass > 0 && statusClass < CLASSES) {
            byClass[statusClass].increment();
        }
        time.recordNanos(nanos);
    }
}
