package dev.lateen.proxy.tracing;

import dev.lateen.net.http.Headers;
import dev.lateen.proxy.cluster.Cluster;
import dev.lateen.proxy.cluster.ClusterCall;
import dev.lateen.proxy.cluster.Clusters;
import dev.lateen.proxy.telemetry.Counter;
import dev.lateen.proxy.telemetry.Stats;
import dev.lateen.proxy.tracing.TracingConfig.Collector;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Sends the spans of one event loop to their collector: a batch of 100, or what there is after a second. While one
/// batch is on its way the next gathers. Requests never wait for it, and what a collector does not take is lost and
/// counted.
///
/// Limits: 1,024 spans wait. Thread: its event loop.
public final class SpanReporter {
    private static final int BATCH = 100;
    private static final int MAX_WAITING = 1_024;
    private static final int MAX_ANSWER = 64 << 10;
    private static final Duration ZIPKIN_TIMEOUT = Duration.ofSeconds(5);

    private final Collector collector;
    private final SpanEncoder encoder;
    private final Clusters clusters;
    private final EventLoop loop;
    private final Numbers numbers;
    private List<Span> waiting = new ArrayList<>();
    private boolean sending;
    private boolean timed;

    private record Numbers(Counter sent, Counter dropped, Counter reports, Counter failed) {
        static Numbers of(Stats stats, Collector collector) {
            String prefix = collector instanceof Collector.Zipkin ? "tracing.zipkin." : "tracing.opentelemetry.";
            return new Numbers(
                    stats.counter(prefix + "spans_sent"),
                    stats.counter(prefix + "spans_dropped"),
                    stats.counter(prefix + "reports_sent"),
                    stats.counter(prefix + "reports_dropped"));
        }
    }

    /// @param serviceCluster of our node, which names our service where the configuration does not
    public SpanReporter(Collector collector, String serviceCluster, Clusters clusters, EventLoop loop, Stats stats) {
        this.collector = collector;
        this.encoder = SpanEncoder.of(collector, serviceCluster);
        this.clusters = clusters;
        this.loop = loop;
        this.numbers = Numbers.of(stats, collector);
    }

    void report(Span span) {
        if (waiting.size() >= MAX_WAITING) {
            numbers.dropped.increment();
            return;
        }
        waiting.add(span);
        if (waiting.size() >= BATCH && !sending) {
            send();
        } else if (!timed) {
            timed = true;
            loop.schedule(this::onTime, 1, TimeUnit.SECONDS);
        }
    }

    private void onTime() {
        timed = false;
        if (!sending && !waiting.isEmpty()) {
            send();
        }
    }

    private void send() {
        List<Span> batch = waiting;
        waiting = new ArrayList<>();
        Cluster cluster = clusters.get(collector.cluster());
        if (cluster == null) {
            lost(batch.size());
            return;
        }
        sending = true;
        Duration timeout = collector instanceof Collector.OpenTelemetry otel ? otel.timeout() : ZIPKIN_TIMEOUT;
        ClusterCall.send(
                cluster.on(loop), encoder.head(), encoder.body(batch), timeout, MAX_ANSWER, new ClusterCall.Answer() {
                    @Override
                    public void onAnswer(int status, Headers headers, byte[] body) {
                        if (encoder.isTaken(status, headers, body)) {
                            numbers.reports.increment();
                            numbers.sent.add(batch.size());
                        } else {
                            lost(batch.size());
                        }
                        next();
                    }

                    @Override
                    public void onFailure(String reason, boolean timedOut) {
                        lost(batch.size());
                        next();
                    }
                });
    }

    private void lost(int spans) {
        numbers.failed.increment();
        numbers.dropped.add(spans);
    }

    private void next() {
        sending = false;
        if (waiting.size() >= BATCH) {
            // A call that fails at once must not call itself.
            loop.execute(this::onTime);
        } else if (!waiting.isEmpty() && !timed) {
            timed = true;
            loop.schedule(this::onTime, 1, TimeUnit.SECONDS);
        }
    }
}
