package dev.lateen.proxy.tracing;

import dev.lateen.proxy.cluster.Clusters;
import dev.lateen.proxy.collector.ReportCounters;
import dev.lateen.proxy.collector.Reporter;
import dev.lateen.proxy.telemetry.Stats;
import dev.lateen.proxy.tracing.TracingConfig.Collector;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Whoever sends spans in this process: one reporter for each collector on each event loop, which all connection
/// managers share. Those of a collector that no configuration names any more stay, empty.
///
/// Thread: any.
public final class SpanReporters {
    private static final Duration ZIPKIN_TIMEOUT = Duration.ofSeconds(5);

    private final String serviceCluster;
    private final Clusters clusters;
    private final Stats stats;
    private final Map<Key, Reporter<Span>> made = new ConcurrentHashMap<>();

    private record Key(Collector collector, EventLoop loop) {}

    /// @param serviceCluster of our node, which names our service where the configuration does not
    public SpanReporters(String serviceCluster, Clusters clusters, Stats stats) {
        this.serviceCluster = serviceCluster;
        this.clusters = clusters;
        this.stats = stats;
    }

    public Reporter<Span> on(EventLoop loop, Collector collector) {
        return made.computeIfAbsent(new Key(collector, loop), this::reporter);
    }

    private Reporter<Span> reporter(Key key) {
        Collector collector = key.collector();
        Duration timeout = collector instanceof Collector.OpenTelemetry otel ? otel.timeout() : ZIPKIN_TIMEOUT;
        return new Reporter<>(
                collector.cluster(),
                timeout,
                SpanEncoder.of(collector, serviceCluster),
                counters(collector),
                clusters,
                key.loop());
    }

    private ReportCounters counters(Collector collector) {
        String prefix = collector instanceof Collector.Zipkin ? "tracing.zipkin." : "tracing.opentelemetry.";
        return new ReportCounters(
                stats.counter(prefix + "spans_sent"),
                stats.counter(prefix + "spans_dropped"),
                stats.counter(prefix + "reports_sent"),
                stats.counter(prefix + "reports_dropped"));
    }
}
