package dev.lateen.proxy.overload;

import dev.lateen.proxy.downstream.ChainHandler;
import dev.lateen.proxy.downstream.DownstreamConnection;
import dev.lateen.proxy.stream.StreamInfo;
import dev.lateen.proxy.telemetry.Counter;
import dev.lateen.proxy.telemetry.Stats;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// A filter chain that serves so many connections at a time and closes the others.
///
/// Source: envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit.
///
/// Thread: `serve` the event loop of the connection.
public final class LimitedChain implements ChainHandler {
    private final long max;
    private final Duration delay;
    private final ChainHandler inner;
    private final AtomicLong open = new AtomicLong();
    private final Counter active;
    private final Counter limited;

    /// @param delay before a connection too many is closed
    public LimitedChain(String statPrefix, long max, Duration delay, ChainHandler inner, Stats stats) {
        this.max = max;
        this.delay = delay;
        this.inner = inner;
        this.active = stats.gauge("connection_limit." + statPrefix + ".active_connections");
        this.limited = stats.counter("connection_limit." + statPrefix + ".limited_connections");
    }

    @Override
    public void serve(DownstreamConnection connection) {
        Channel channel = connection.channel();
        if (open.incrementAndGet() > max) {
            open.decrementAndGet();
            limited.increment();
            channel.config().setAutoRead(false);
            channel.eventLoop().schedule(() -> channel.close(), delay.toNanos(), TimeUnit.NANOSECONDS);
            return;
        }
        active.add(1);
        channel.closeFuture().addListener(_ -> {
            open.decrementAndGet();
            active.add(-1);
        });
        inner.serve(connection);
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
