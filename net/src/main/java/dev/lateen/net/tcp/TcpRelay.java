package dev.lateen.net.tcp;

import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Copies bytes both ways between two connections on the same loop. An end that has finished sending is told to the
/// other one (half close); a slow reader stops its sender; when both have finished, both are closed.
///
/// Behind TLS there is no half close: when one side has finished, what it sent is delivered and both are closed.
///
/// Limits: what waits for a slow reader is bounded by its channel's high watermark plus one read.
///
/// Thread: event loop of both channels.
@SuppressWarnings("FutureReturnValueIgnored") // A close that fails has nobody left to tell.
public final class TcpRelay {
    private final RelaySide downstream;
    private final RelaySide upstream;
    private final long idleNanos;
    private final TcpRelayListener listener;
    private @Nullable Future<?> idleTimer;
    private long lastActivity = System.nanoTime();
    private boolean ended;

    private TcpRelay(Channel downstream, Channel upstream, Duration idleTimeout, TcpRelayListener listener) {
        this.downstream = new RelaySide(this, upstream);
        this.upstream = new RelaySide(this, downstream);
        this.idleNanos = idleTimeout.toNanos();
        this.listener = listener;
    }

    /// Starts to copy. Both pipelines must be free of other handlers that would take the bytes (TLS may be there). What
    /// a `HeldInput` in the downstream pipeline has kept goes first.
    ///
    /// @param idleTimeout after which a relay without a byte in either direction is closed; zero means never
    public static TcpRelay start(
            Channel downstream, Channel upstream, Duration idleTimeout, TcpRelayListener listener) {
        if (!downstream.eventLoop().equals(upstream.eventLoop())) {
            throw new IllegalArgumentException("the two ends of a relay must live on one event loop");
        }
        TcpRelay relay = new TcpRelay(downstream, upstream, idleTimeout, listener);
        upstream.pipeline().addLast(relay.upstream);
        downstream.pipeline().addLast(relay.downstream);
        if (!downstream.isActive()) {
            relay.sideClosed(relay.downstream);
        } else if (!upstream.isActive()) {
            relay.sideClosed(relay.upstream);
        } else {
            relay.scheduleIdleCheck(relay.idleNanos);
            HeldInput held = downstream.pipeline().get(HeldInput.class);
            if (held != null) {
                held.release();
            }
        }
        return relay;
    }

    /// Bytes received from downstream so far.
    public long bytesFromDownstream() {
        return downstream.bytesRead();
    }

    /// Bytes received from upstream so far.
    public long bytesFromUpstream() {
        return upstream.bytesRead();
    }

    public boolean hasEnded() {
        return ended;
    }

    /// Closes both connections now.
    public void close() {
        end(TcpRelayEnd.LOCAL_CLOSE);
    }

    void active() {
        if (idleNanos > 0) {
            lastActivity = System.nanoTime();
        }
    }

    /// The input of `side` has ended in order; its bytes are on their way to the other channel.
    void sideFinished(RelaySide side) {
        RelaySide other = side == downstream ? upstream : downstream;
        if (other.isFinished() || !side.passOnEnd()) {
            end(TcpRelayEnd.FINISHED);
        }
    }

    void sideClosed(RelaySide side) {
        RelaySide other = side == downstream ? upstream : downstream;
        if (side.isFinished() && other.isFinished()) {
            end(TcpRelayEnd.FINISHED);
        } else {
            end(side == downstream ? TcpRelayEnd.DOWNSTREAM_CLOSED : TcpRelayEnd.UPSTREAM_CLOSED);
        }
    }

    private void end(TcpRelayEnd reason) {
        if (ended) {
            return;
        }
        ended = true;
        Future<?> timer = idleTimer;
        if (timer != null) {
            timer.cancel(false);
        }
        downstream.closeTarget();
        upstream.closeTarget();
        listener.onEnded(this, reason);
    }

    private void scheduleIdleCheck(long nanos) {
        if (idleNanos > 0) {
            idleTimer = downstream.target().eventLoop().schedule(this::checkIdle, nanos, TimeUnit.NANOSECONDS);
        }
    }

    private void checkIdle() {
        long idle = System.nanoTime() - lastActivity;
        if (idle >= idleNanos) {
            end(TcpRelayEnd.IDLE_TIMEOUT);
        } else if (!ended) {
            scheduleIdleCheck(idleNanos - idle);
        }
    }
}
