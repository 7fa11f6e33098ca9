package dev.lateen.proxy.route;

import dev.lateen.proxy.telemetry.Counter;
import dev.lateen.proxy.telemetry.Histogram;
import dev.lateen.proxy.telemetry.ResponseStats;
import dev.lateen.proxy.telemetry.Stats;

/// The numbers of routes that have a `stat_prefix`, under Envoy's names `vhost.<virtual host>.route.<stat_prefix>.…`.
/// Routes
/// of one virtual host with the same prefix count together.
///
/// Source: envoy.config.route.v3.Route, `stat_prefix`. Thread: any.
public final class RouteStats {
    /// Also those of our own in place of the upstream's.
    public final ResponseStats responses;
    /// How long the upstream took.
    public final Histogram time;
    /// Attempts that reached a connection.
    public final Counter requests;

    public final Counter retries;
    public final Counter retrySuccesses;
    public final Counter retryOverflow;
    public final Counter retryLimitExceeded;
    public final Counter timeouts;

    /// @param prefix `vhost.<host>.route.<name>.`
    RouteStats(Stats stats, String prefix, String host, String name) {
        stats.tag(prefix, "vhost.route", "envoy_virtual_host", host, "envoy_route", name);
        this.responses = new ResponseStats(stats, prefix);
        this.time = stats.histogram(prefix + "upstream_rq_time");
        this.requests = stats.counter(prefix + "upstream_rq_total");
        this.retries = stats.counter(prefix + "upstream_rq_retry");
        this.retrySuccesses = stats.counter(prefix + "upstream_rq_retry_success");
        this.retryOverflow = stats.counter(prefix + "upstream_rq_retry_overflow");
        this.retryLimitExceeded = stats.counter(prefix + "upstream_rq_retry_limit_exceeded");
        this.timeouts = stats.counter(prefix + "upstream_rq_timeout");
    }
}
