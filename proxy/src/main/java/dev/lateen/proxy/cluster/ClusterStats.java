package dev.lateen.proxy.cluster;

import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.StreamReset;
import dev.lateen.proxy.telemetry.Counter;
import dev.lateen.proxy.telemetry.RequestStats;
import dev.lateen.proxy.telemetry.ResponseStats;
import dev.lateen.proxy.telemetry.Stats;
import java.util.function.LongSupplier;

/// A cluster's numbers under Envoy's names, `cluster.<name>.…`. Pools and circuit breakers count for themselves; the
/// request path reports responses, retries and timeouts here.
///
/// Thread: any.
public final class ClusterStats {
    private final Stats stats;
    private final String prefix;
    public final RequestStats requests;
    /// Answers that another attempt took the place of.
    public final ResponseStats retriedResponses;

    public final Counter pendingTotal;
    public final Counter pendingOverflow;
    public final Counter pendingFailureEject;
    public final Counter cancelled;
    public final Counter perTryTimeouts;
    private final Counter resetsByUpstream;
    private final Counter resetsByUs;
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
        this.requests = new RequestStats(stats, prefix);
        this.retriedResponses = new ResponseStats(stats, prefix + "retry.");
        this.pendingTotal = counter("upstream_rq_pending_total");
        this.pendingOverflow = counter("upstream_rq_pending_overflow");
        this.pendingFailureEject = counter("upstream_rq_pending_failure_eject");
        this.cancelled = counter("upstream_rq_cancelled");
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

    /// A request's stream has been reset by either side. As in Envoy those of HTTP/1 count as their connections alone,
    /// and those that ended with their connection as what waited for one.
    public void onReset(HttpVersion version, StreamReset reason) {
        if (version == HttpVersion.HTTP_2) {
            switch (reason) {
                case REMOTE_RESET -> resetsByUpstream.increment();
                case CONNECTION_CLOSED -> pendingFailureEject.increment();
                case PROTOCOL_ERROR, LIMIT_EXCEEDED, LOCAL_CANCEL -> resetsByUs.increment();
                case REMOTE_REFUSED, LOCAL_REFUSED -> {}
            }
        }
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
}
