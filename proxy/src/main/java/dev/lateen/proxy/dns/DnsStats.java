package dev.lateen.proxy.dns;

import dev.lateen.proxy.telemetry.Counter;
import dev.lateen.proxy.telemetry.Histogram;
import dev.lateen.proxy.telemetry.Stats;

/// What the name server counts, under the names of Istio's agent. Thread: any.
record DnsStats(Counter requests, Counter upstreamRequests, Counter upstreamFailures, Histogram upstreamDuration) {
    static DnsStats of(Stats stats) {
        return new DnsStats(
                stats.counter("istio_agent.dns_requests_total"),
                stats.counter("istio_agent.dns_upstream_requests_total"),
                stats.counter("istio_agent.dns_upstream_failures_total"),
                stats.histogram("istio_agent.dns_upstream_request_duration_seconds"));
    }
}
