package dev.lateen.proxy.rbac;

import dev.lateen.proxy.downstream.ChainHandler;
import dev.lateen.proxy.downstream.DownstreamConnection;
import dev.lateen.proxy.stream.StreamInfo;
import dev.lateen.proxy.telemetry.Stats;
import io.netty.channel.Channel;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A filter chain that connections reach only where RBAC lets them; to what serves it the others do not exist.
///
/// Differs: Envoy decides when the client's first byte comes, and has connected to the upstream by then, whose first
/// words even a refused client gets. Here nothing happens before the verdict, which falls as soon as TLS is
/// established.
///
/// Thread: `serve` the event loop of the connection.
public final class GuardedChain implements ChainHandler {
    private static final String NAMESPACE = "envoy.filters.network.rbac";

    private record Guard(RbacGate gate, Duration delay) {}

    private final List<Guard> guards;
    private final ChainHandler inner;
    private final InstantSource clock;

    /// @param filters in the order of the chain
    public GuardedChain(List<NetworkRbacConfig> filters, ChainHandler inner, Stats stats, InstantSource clock) {
        this.guards = filters.stream()
                .map(config -> new Guard(
                        new RbacGate(config.rules(), stats, config.statPrefix(), NAMESPACE), config.delayDeny()))
                .toList();
        this.inner = inner;
        this.clock = clock;
    }

    @Override
    public void serve(DownstreamConnection connection) {
        StreamInfo info = new StreamInfo();
        info.startEpochMillis = clock.millis();
        info.startNanos = System.nanoTime();
        connection.describe(info);
        for (Guard guard : guards) {
            String refusal = guard.gate().refusal(info);
            if (refusal != null) {
                info.connectionTerminationDetails = refusal;
                inner.refused(connection, info);
                end(connection.channel(), guard.delay());
                return;
            }
        }
        inner.serve(connection);
    }

    private static void end(Channel channel, Duration delay) {
        channel.config().setAutoRead(false);
        if (delay.isZero()) {
            channel.close();
        } else {
            channel.eventLoop().schedule(() -> channel.close(), delay.toNanos(), TimeUnit.NANOSECONDS);
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
