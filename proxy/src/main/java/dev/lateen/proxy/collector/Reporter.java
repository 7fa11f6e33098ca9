package dev.lateen.proxy.collector;

import dev.lateen.net.http.Headers;
import dev.lateen.proxy.cluster.Cluster;
import dev.lateen.proxy.cluster.ClusterCall;
import dev.lateen.proxy.cluster.Clusters;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Sends what one event loop has to report to its collector: a batch of 100, or what there is after a second. While one
/// batch is on its way the next gathers. Requests never wait for it, and what a collector does not take is lost and
/// counted.
///
/// Limits: 1,024 reports wait. Thread: its event loop.
///
/// @param <T> what is reported
public final class Reporter<T> {
    private static final int BATCH = 100;
    private static final int MAX_WAITING = 1_024;
    private static final int MAX_ANSWER = 64 << 10;

    private final String cluster;
    private final Duration timeout;
    private final ReportEncoder<T> encoder;
    private final ReportCounters counters;
    private final Clusters clusters;
    private final EventLoop loop;
    private List<T> waiting = new ArrayList<>();
    private boolean sending;
    private boolean timed;

    /// @param cluster of the collector
    /// @param timeout of one batch
    public Reporter(
            String cluster,
            Duration timeout,
            ReportEncoder<T> encoder,
            ReportCounters counters,
            Clusters clusters,
            EventLoop loop) {
        this.cluster = cluster;
        this.timeout = timeout;
        this.encoder = encoder;
        this.counters = counters;
        this.clusters = clusters;
        this.loop = loop;
    }

    /// Asked before a report is made, which may be costly: false where it would be lost, which is counted.
    public boolean hasRoom() {
        if (waiting.size() >= MAX_WAITING) {
            counters.dropped().increment();
            return false;
        }
        return true;
    }

    public void report(T report) {
        if (!hasRoom()) {
            return;
        }
        waiting.add(report);
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
        List<T> batch = waiting;
        waiting = new ArrayList<>();
        Cluster found = clusters.get(cluster);
        if (found == null) {
            lost(batch.size());
            return;
        }
        sending = true;
        ClusterCall.send(
                found.on(loop), encoder.head(), encoder.body(batch), timeout, MAX_ANSWER, new ClusterCall.Answer() {
                    @Override
                    public void onAnswer(int status, Headers headers, byte[] body) {
                        if (encoder.isTaken(status, headers, body)) {
                            counters.batches().increment();
                            counters.sent().add(batch.size());
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

    private void lost(int reports) {
        counters.failedBatches().increment();
        counters.dropped().add(reports);
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
