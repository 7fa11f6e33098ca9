package dev.lateen.proxy.rbac;

import dev.lateen.proxy.authz.ConnectionQuestion;
import dev.lateen.proxy.cluster.ClusterCall;
import dev.lateen.proxy.downstream.ChainHandler;
import dev.lateen.proxy.downstream.DownstreamConnection;
import dev.lateen.proxy.downstream.HeldReads;
import dev.lateen.proxy.stream.StreamInfo;
import dev.lateen.proxy.telemetry.Stats;
import io.netty.channel.Channel;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A filter chain that connections reach only where policies, and servers that policies have asked, let them; to what
/// serves it the others do not exist.
///
/// Differs: Envoy decides when the client's first byte comes, and has connected to the upstream by then, whose first
/// words even a refused client gets. Here nothing happens before the verdict, which falls as soon as TLS is
/// established and the servers have answered.
///
/// Thread: `serve` the event loop of the connection.
public final class GuardedChain implements ChainHandler {
    private static final String NAMESPACE = "envoy.filters.network.rbac";

    /// Decides about connections; several do one after the other.
    public sealed interface Guard {}

    /// @param delay before a refused connection is closed
    record Rules(RbacGate gate, Duration delay) implements Guard {}

    public record Asked(ConnectionQuestion question) implements Guard {}

    private final List<Guard> guards;
    private final ChainHandler inner;
    private final InstantSource clock;

    /// @param guards in the order of the chain
    public GuardedChain(List<Guard> guards, ChainHandler inner, InstantSource clock) {
        this.guards = List.copyOf(guards);
        this.inner = inner;
        this.clock = clock;
    }

    public static Guard rules(NetworkRbacConfig config, Stats stats) {
        return new Rules(new RbacGate(config.rules(), stats, config.statPrefix(), NAMESPACE), config.delayDeny());
    }

    @Override
    public void serve(DownstreamConnection connection) {
        StreamInfo info = new StreamInfo();
        info.startEpochMillis = clock.millis();
        info.startNanos = System.nanoTime();
        connection.describe(info);
        new Admission(connection, info).proceed();
    }

    /// One connection on its way past the guards.
    private final class Admission {
        private final DownstreamConnection connection;
        private final StreamInfo info;
        private int next;
        private @Nullable HeldReads held;
        private @Nullable Asked asked;
        private @Nullable ClusterCall call;

        Admission(DownstreamConnection connection, StreamInfo info) {
            this.connection = connection;
            this.info = info;
        }

        void proceed() {
            while (next < guards.size()) {
                switch (guards.get(next++)) {
                    case Rules(RbacGate gate, Duration delay) -> {
                        String refusal = gate.refusal(info);
                        if (refusal != null) {
                            info.connectionTerminationDetails = refusal;
                            refuse(delay);
                            return;
                        }
                    }
                    case Asked server -> {
                        if (server.question().applies(info)) {
                            ask(server);
                            return;
                        }
                    }
                }
            }
            HeldReads kept = held;
            if (kept == null) {
                inner.serve(connection);
            } else {
                kept.release(() -> inner.serve(connection));
            }
        }

        private void ask(Asked server) {
            if (held == null) {
                held = HeldReads.of(connection, this::gone);
            }
            asked = server;
            call = server.question().ask(connection.channel().eventLoop(), info, this::onAnswer);
            if (asked == null) {
                call = null;
            }
        }

        private void onAnswer(boolean mayPass) {
            asked = null;
            call = null;
            HeldReads kept = held;
            if (kept == null || kept.ended()) {
                return;
            }
            if (mayPass) {
                proceed();
            } else {
                refuse(Duration.ZERO);
            }
        }

        private void gone() {
            Asked waiting = asked;
            ClusterCall open = call;
            asked = null;
            if (waiting != null && open != null) {
                call = null;
                waiting.question().cancel(open);
            }
        }

        private void refuse(Duration delay) {
            inner.refused(connection, info);
            end(connection.channel(), delay);
        }
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
