package dev.lateen.proxy.accesslog;

import dev.lateen.proxy.cluster.Clusters;
import dev.lateen.proxy.collector.ReportCounters;
import dev.lateen.proxy.collector.ReportEncoder;
import dev.lateen.proxy.collector.Reporter;
import dev.lateen.proxy.expression.Surroundings;
import dev.lateen.proxy.stream.StreamInfo;
import dev.lateen.proxy.telemetry.Stats;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.netty.channel.EventLoop;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Whoever sends access logs to collectors in this process: one reporter for each collector on each event loop, which
/// all listeners share. Those of a collector that no configuration names any more stay, empty.
///
/// Thread: any.
public final class CollectedLogs {
    private final Node node;
    private final Clusters clusters;
    private final Iterable<EventLoop> workers;
    private final Stats stats;
    private final Map<LogCollector, Sink<?>> sinks = new ConcurrentHashMap<>();

    /// @param node whom collectors are told that entries are of
    /// @param workers the loops of all traffic
    public CollectedLogs(Node node, Clusters clusters, Iterable<EventLoop> workers, Stats stats) {
        this.node = node;
        this.clusters = clusters;
        this.workers = workers;
        this.stats = stats;
    }

    /// @param around what conditions may say of our node
    public AccessLogger open(AccessLogConfig.Collected config, Surroundings around) {
        Sink<?> sink = sinks.computeIfAbsent(config.collector(), this::sink);
        LogFilter filter = config.filter();
        return info -> {
            if (filter.accepts(info, around)) {
                sink.log(info);
            }
        };
    }

    private Sink<?> sink(LogCollector collector) {
        return switch (collector) {
            case LogCollector.OpenTelemetry otel -> {
                OtlpLogEncoder encoder = new OtlpLogEncoder(otel);
                yield new Sink<>(collector, encoder, encoder::entry, "access_logs.open_telemetry_access_log.");
            }
            case LogCollector.Requests requests -> {
                AlsEncoder.Requests encoder = new AlsEncoder.Requests(requests, node);
                yield new Sink<>(collector, encoder, encoder::entry, "access_logs.grpc_access_log.");
            }
            case LogCollector.Connections connections -> {
                AlsEncoder.Connections encoder = new AlsEncoder.Connections(connections, node);
                yield new Sink<>(collector, encoder, encoder::entry, "access_logs.grpc_access_log.");
            }
        };
    }

    /// One collector, with the reporters of all loops.
    private final class Sink<T> {
        private final LogCollector.Target target;
        private final ReportEncoder<T> encoder;
        private final Function<StreamInfo, T> entry;
        private final ReportCounters counters;
        private final ThreadLocal<@Nullable Reporter<T>> reporter = ThreadLocal.withInitial(this::ofThisThread);

        Sink(LogCollector collector, ReportEncoder<T> encoder, Function<StreamInfo, T> entry, String prefix) {
            this.target = collector.target();
            this.encoder = encoder;
            this.entry = entry;
            this.counters = new ReportCounters(
                    stats.counter(prefix + "logs_written"),
                    stats.counter(prefix + "logs_dropped"),
                    stats.counter(prefix + "batches_sent"),
                    stats.counter(prefix + "batches_dropped"));
        }

        void log(StreamInfo info) {
            Reporter<T> own = reporter.get();
            if (own == null) {
                counters.dropped().increment();
            } else if (own.hasRoom()) {
                own.report(entry.apply(info));
            }
        }

        /// Null on a thread that no traffic runs on.
        private @Nullable Reporter<T> ofThisThread() {
            for (EventLoop loop : workers) {
                if (loop.inEventLoop()) {
                    return new Reporter<>(target.cluster(), target.timeout(), encoder, counters, clusters, loop);
                }
            }
            return null;
        }
    }
}
