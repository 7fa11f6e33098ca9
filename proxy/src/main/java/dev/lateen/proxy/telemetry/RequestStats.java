package dev.lateen.proxy.telemetry;

/// What becomes of requests, under Envoy's names `<prefix>upstream_rq_…`: of a cluster, or of the routes of a virtual
/// host
/// that have one `stat_prefix`.
///
/// Source: Envoy documentation, "Cluster manager statistics", "HTTP route statistics". Thread: any.
public final class RequestStats {
    /// The answers that clients got, also those of our own in place of the upstream's.
    public final ResponseStats responses;
    /// How long the upstream took for those that were passed on.
    public final Histogram time;
    /// Attempts that had a connection.
    public final Counter attempts;

    public final Counter retries;
    /// Answers to retries that were not to be tried again.
    public final Counter retrySuccesses;
    /// Retries that a circuit breaker has not let through.
    public final Counter retryOverflow;
    /// Requests that had no retry left.
    public final Counter retryLimitExceeded;
    /// Requests whose time was over.
    public final Counter timeouts;

    /// @param prefix such as `cluster.a.`
    public RequestStats(Stats stats, String prefix) {
        this.responses = new ResponseStats(stats, prefix);
        this.time = stats.histogram(prefix + "upstream_rq_time");
        this.attempts = stats.counter(prefix + "upstream_rq_total");
        this.retries = stats.counter(prefix + "upstream_rq_retry");
        this.retrySuccesses = stats.counter(prefix + "upstream_rq_retry_success");
        this.retryOverflow = stats.counter(prefix + "upstream_rq_retry_overflow");
        this.retryLimitExceeded = stats.counter(prefix + "upstream_rq_retry_limit_exceeded");
        this.timeouts = stats.counter(prefix + "upstream_rq_timeout");
    }
}
