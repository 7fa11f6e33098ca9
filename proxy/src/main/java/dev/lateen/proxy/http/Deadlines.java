package dev.lateen.proxy.http;

import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.http.HttpConnectionManagerConfig.Times;
import dev.lateen.proxy.overload.Overload;
import dev.lateen.proxy.overload.OverloadConfig.Timer;
import dev.lateen.proxy.route.RouteAction.Forward;
import dev.lateen.proxy.route.RouteEntry;
import dev.lateen.proxy.route.Timeouts;
import org.jspecify.annotations.Nullable;

/// All time limits of one request behind one place in the timer wheel. Activity only notes the time: the wheel
/// finds out when it looks.
///
/// Thread: event loop of the request.
final class Deadlines implements TimerWheel.Expiry {
    private static final long NEVER = Long.MAX_VALUE;

    private final RequestPath path;
    private final TimerWheel wheel;
    private final Overload overload;
    private final TimerWheel.Deadline deadline = new TimerWheel.Deadline(this);
    private final long startNanos;
    private long activeNanos;
    private long idleNanos;
    private long requestAt = NEVER;
    private long streamAt = NEVER;
    private long responseAt = NEVER;
    private long perTryAt = NEVER;
    private long backOffAt = NEVER;
    private boolean stopped;

    Deadlines(RequestPath path, HttpWorker worker, long startNanos) {
        this.path = path;
        this.wheel = worker.wheel;
        this.overload = worker.overload;
        this.startNanos = startNanos;
        this.activeNanos = startNanos;
    }

    /// What may run out.
    enum Kind {
        STREAM_IDLE,
        REQUEST,
        STREAM_DURATION,
        RESPONSE,
        PER_TRY,
        BACK_OFF
    }

    void start(Times times, boolean requestEnded) {
        idleNanos = times.streamIdleNanos();
        if (times.requestNanos() > 0 && !requestEnded) {
            requestAt = startNanos + times.requestNanos();
        }
    }

    /// Takes the limits that the route sets; called again when the route is decided again.
    void onRoute(@Nullable RouteEntry entry, RequestHead head, boolean grpc, Times times) {
        long stream = times.streamNanos();
        idleNanos = times.streamIdleNanos();
        if (entry != null && entry.route().action() instanceof Forward forward) {
            Timeouts timeouts = forward.timeouts();
            if (timeouts.idleNanos() != Timeouts.UNSET) {
                idleNanos = timeouts.idleNanos();
            }
            if (timeouts.streamNanos() != Timeouts.UNSET) {
                stream = timeouts.streamNanos();
            }
            if (grpc && timeouts.grpcHeaderMaxNanos() != Timeouts.UNSET) {
                stream = grpcLimit(timeouts, head, stream);
                if (stream > 0) {
                    head.headers().set("grpc-timeout", ResponseHeaders.number(stream / 1_000_000) + "m");
                }
            }
        }
        streamAt = stream > 0 ? startNanos + stream : NEVER;
        arm();
    }

    private static long grpcLimit(Timeouts timeouts, RequestHead head, long otherwise) {
        long asked = GrpcTimeout.nanos(head.headers().get("grpc-timeout"));
        if (asked < 0) {
            return otherwise;
        }
        long max = timeouts.grpcHeaderMaxNanos();
        long limit = max > 0 && asked > max ? max : asked;
        long offset = timeouts.grpcHeaderOffsetNanos();
        return offset > 0 && offset < limit ? limit - offset : limit;
    }

    void touch() {
        activeNanos = System.nanoTime();
    }

    void onRequestEnded(long nowNanos) {
        requestAt = NEVER;
        activeNanos = nowNanos;
    }

    /// @param nanos from now; 0 for no limit
    void response(long nanos) {
        responseAt = after(nanos);
        arm();
    }

    void perTry(long nanos) {
        perTryAt = after(nanos);
        arm();
    }

    void endPerTry() {
        perTryAt = NEVER;
    }

    void backOff(long nanos) {
        backOffAt = System.nanoTime() + nanos;
        arm();
    }

    private static long after(long nanos) {
        return nanos > 0 ? System.nanoTime() + nanos : NEVER;
    }

    void stop() {
        stopped = true;
        wheel.clear(deadline);
    }

    private void arm() {
        if (stopped) {
            return;
        }
        long at = Math.min(Math.min(requestAt, streamAt), Math.min(responseAt, Math.min(perTryAt, backOffAt)));
        if (idleNanos > 0) {
            at = Math.min(at, overload.lookAt(Timer.STREAM_IDLE, activeNanos, idleNanos));
        }
        if (at == NEVER) {
            wheel.clear(deadline);
        } else if (!deadline.isSet() || at < wheel.timeOf(deadline)) {
            wheel.set(deadline, at);
        }
    }

    @Override
    public void onDeadline(long nowNanos) {
        if (backOffAt <= nowNanos) {
            backOffAt = NEVER;
            path.onTimeout(Kind.BACK_OFF);
        }
        if (!stopped && responseAt <= nowNanos) {
            responseAt = NEVER;
            path.onTimeout(Kind.RESPONSE);
        }
        if (!stopped && perTryAt <= nowNanos) {
            perTryAt = NEVER;
            path.onTimeout(Kind.PER_TRY);
        }
        if (!stopped && streamAt <= nowNanos) {
            streamAt = NEVER;
            path.onTimeout(Kind.STREAM_DURATION);
        }
        if (!stopped && requestAt <= nowNanos) {
            requestAt = NEVER;
            path.onTimeout(Kind.REQUEST);
        }
        if (!stopped && idleNanos > 0 && nowNanos - activeNanos >= overload.shortened(Timer.STREAM_IDLE, idleNanos)) {
            path.onTimeout(Kind.STREAM_IDLE);
        }
        arm();
    }
}
