package dev.lateen.proxy.ratelimit;

import dev.lateen.proxy.cluster.Clusters;
import dev.lateen.proxy.downstream.ChainHandler;
import dev.lateen.proxy.downstream.DownstreamConnection;
import dev.lateen.proxy.downstream.HeldReads;
import dev.lateen.proxy.stream.ResponseFlag;
import dev.lateen.proxy.stream.StreamInfo;
import dev.lateen.proxy.telemetry.Counter;
import dev.lateen.proxy.telemetry.Stats;
import io.netty.channel.EventLoop;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// A filter chain that connections reach only within a rate; others are closed. While a service is asked, nothing
/// is read of the connection, and nothing else waits.
///
/// Source: Envoy's network filters for rate limits. Thread: `serve` the event loop of the connection.
public final class RateLimitedChain implements ChainHandler {
    private final ChainHandler inner;
    private final Clusters clusters;
    private final Stats stats;
    private final InstantSource clock;
    private final Gate gate;

    /// Lets a connection through, now or later.
    private interface Gate {
        void pass(DownstreamConnection connection, StreamInfo info);
    }

    public RateLimitedChain(
            NetworkLimitConfig config, ChainHandler inner, Clusters clusters, Stats stats, InstantSource clock) {
        this.inner = inner;
        this.clusters = clusters;
        this.stats = stats;
        this.clock = clock;
        this.gate = switch (config) {
            case NetworkLimitConfig.Asked asked -> new AskedGate(asked);
            case NetworkLimitConfig.Local local -> new LocalGate(local);
        };
    }

    @Override
    public void serve(DownstreamConnection connection) {
        StreamInfo info = new StreamInfo();
        info.startEpochMillis = clock.millis();
        info.startNanos = System.nanoTime();
        connection.describe(info);
        gate.pass(connection, info);
    }

    private void close(DownstreamConnection connection, StreamInfo info) {
        inner.refused(connection, info);
        connection.channel().close();
    }

    private final class LocalGate implements Gate {
        private final NetworkLimitConfig.Local config;
        private final TokenBucket bucket;
        private final Counter limited;

        LocalGate(NetworkLimitConfig.Local config) {
            this.config = config;
            this.bucket = new TokenBucket(config.size(), System.nanoTime());
            this.limited = stats.counter("local_rate_limit." + config.statPrefix() + ".rate_limited");
        }

        @Override
        public void pass(DownstreamConnection connection, StreamInfo info) {
            if (!config.enabled() || bucket.tryTake(1, info.startNanos)) {
                inner.serve(connection);
                return;
            }
            limited.increment();
            info.flag(ResponseFlag.RATE_LIMITED);
            info.connectionTerminationDetails = "local_ratelimit_close";
            close(connection, info);
        }
    }

    private final class AskedGate implements Gate {
        private final NetworkLimitConfig.Asked config;
        private final Map<EventLoop, LimitClient> clients = new ConcurrentHashMap<>();
        private final Counter total;
        private final Counter ok;
        private final Counter over;
        private final Counter error;
        private final Counter closed;
        private final Counter allowed;
        private final Counter active;

        AskedGate(NetworkLimitConfig.Asked config) {
            this.config = config;
            String prefix = "ratelimit." + config.statPrefix() + ".";
            this.total = stats.counter(prefix + "total");
            this.ok = stats.counter(prefix + "ok");
            this.over = stats.counter(prefix + "over_limit");
            this.error = stats.counter(prefix + "error");
            this.closed = stats.counter(prefix + "cx_closed");
            this.allowed = stats.counter(prefix + "failure_mode_allowed");
            this.active = stats.gauge(prefix + "active");
        }

        @Override
        public void pass(DownstreamConnection connection, StreamInfo info) {
            LimitClient client = clients.computeIfAbsent(
                    connection.channel().eventLoop(), loop -> new LimitClient(config.service(), clusters, loop, stats));
            total.increment();
            active.increment();
            HeldReads held = HeldReads.of(connection, () -> {});
            var _ = client.ask("", descriptors(info), answer -> {
                active.add(-1);
                if (!held.ended()) {
                    decide(connection, info, answer, held);
                }
            });
        }

        private List<Descriptor> descriptors(StreamInfo info) {
            List<Descriptor> descriptors = new ArrayList<>(config.descriptors().size());
            for (NetworkLimitConfig.Described described : config.descriptors()) {
                List<Descriptor.Entry> entries =
                        new ArrayList<>(described.keys().size());
                for (int index = 0; index < described.keys().size(); index++) {
                    entries.add(new Descriptor.Entry(
                            described.keys().get(index),
                            described.values().get(index).render(info)));
                }
                descriptors.add(new Descriptor(entries, null, -1));
            }
            return descriptors;
        }

        private void decide(DownstreamConnection connection, StreamInfo info, LimitAnswer answer, HeldReads held) {
            switch (answer) {
                case LimitAnswer.Counted counted
                when counted.over() -> {
                    over.increment();
                    refuse(connection, info, ResponseFlag.RATE_LIMITED, "ratelimit_close");
                }
                case LimitAnswer.Counted _ -> {
                    ok.increment();
                    held.release(() -> inner.serve(connection));
                }
                case LimitAnswer.Failed _ -> {
                    error.increment();
                    if (config.denies()) {
                        refuse(connection, info, ResponseFlag.RATE_LIMIT_SERVICE_ERROR, "ratelimit_error_close");
                    } else {
                        allowed.increment();
                        held.release(() -> inner.serve(connection));
                    }
                }
            }
        }

        private void refuse(DownstreamConnection connection, StreamInfo info, ResponseFlag flag, String details) {
            closed.increment();
            info.flag(flag);
            info.connectionTerminationDetails = details;
            close(connection, info);
        }
    }

    @Override
    public void refused(DownstreamConnection connection, StreamInfo info) {
        inner.refused(connection, info);
    }

    @Override
    public void close() {
        inner.close();
    }
}
