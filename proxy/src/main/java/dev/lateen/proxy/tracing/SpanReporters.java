package dev.lateen.proxy.tracing;

import dev.lateen.proxy.cluster.Clusters;
import dev.lateen.proxy.telemetry.Stats;
import dev.lateen.proxy.tracing.TracingConfig.Collector;
import io.netty.channel.EventLoop;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Whoever sends spans in this process: one reporter for each collector on each event loop, which all connection
/// managers share. Those of a collector that no configuration names any more stay, empty.
///
/// Thread: any.
public final class SpanReporters {
    private final String serviceCluster;
    private final Clusters clusters;
    private final Stats stats;
    private final Map<Key, SpanReporter> made = new ConcurrentHashMap<>();

    private record Key(Collector collector, EventLoop loop) {}

    /// @param serviceCluster of our node, which names our service where the configuration does not
    public SpanReporters(String serviceCluster, Clusters clusters, Stats stats) {
        this.serviceCluster = serviceCluster;
        this.clusters = clusters;
        this.stats = stats;
    }

    public SpanReporter on(EventLoop loop, Collector collector) {
        return made.computeIfAbsent(
                new Key(collector, loop), key -> new SpanReporter(collector, serviceCluster, clusters, loop, stats));
    }
}
