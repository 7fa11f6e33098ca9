package dev.lateen.proxy.telemetry;

import dev.lateen.proxy.stream.StreamInfo;
import io.netty.channel.EventLoop;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The gRPC calls of one event loop that have begun and not ended, so that their messages are counted meanwhile. One
/// timer serves all of them and runs only while there are some; entries are used again, so that a call costs a few
/// field writes.
///
/// Thread: its event loop.
final class OpenCalls {
    private static final int FIRST_SIZE = 16;

    private final EventLoop loop;
    private final long everyNanos;
    private final Consumer<Call> counter;
    private Call[] calls = {};
    private int size;
    private boolean timed;

    /// One call, and what was counted of it. Valid until the next begins.
    static final class Call {
        private @Nullable StreamInfo info;
        private IstioMetrics.@Nullable ServiceFinder services;
        /// Where it counts; null before it first did.
        IstioSeries.@Nullable Messages series;
        long requests;
        long responses;

        @Nullable
        StreamInfo info() {
            return info;
        }

        IstioMetrics.@Nullable ServiceFinder services() {
            return services;
        }
    }

    /// @param counter told of each open call every so often
    OpenCalls(EventLoop loop, long everyNanos, Consumer<Call> counter) {
        this.loop = loop;
        this.everyNanos = everyNanos;
        this.counter = counter;
    }

    /// A call that another filter watches already is left to that.
    void begin(StreamInfo info, IstioMetrics.ServiceFinder services) {
        if (info.openCall >= 0) {
            return;
        }
        if (size == calls.length) {
            grow();
        }
        Call call = calls[size];
        call.info = info;
        call.services = services;
        call.series = null;
        call.requests = 0;
        call.responses = 0;
        info.openCall = size++;
        if (!timed) {
            timed = true;
            loop.schedule(this::count, everyNanos, TimeUnit.NANOSECONDS);
        }
    }

    private void grow() {
        int before = calls.length;
        calls = Arrays.copyOf(calls, Math.max(FIRST_SIZE, 2 * before));
        for (int index = before; index < calls.length; index++) {
            calls[index] = new Call();
        }
    }

    /// Null for a call that is not watched here.
    @SuppressWarnings("ReferenceEquality") // the very same request
    @Nullable
    Call end(StreamInfo info) {
        int at = info.openCall;
        if (at < 0 || at >= size || calls[at].info != info) {
            return null;
        }
        Call ended = calls[at];
        Call last = calls[--size];
        calls[at] = last;
        calls[size] = ended;
        if (last.info != null) {
            last.info.openCall = at;
        }
        info.openCall = -1;
        ended.info = null;
        ended.services = null;
        return ended;
    }

    private void count() {
        try {
            for (int index = 0; index < size; index++) {
                counter.accept(calls[index]);
            }
        } finally {
            timed = size > 0;
            if (timed) {
                loop.schedule(this::count, everyNanos, TimeUnit.NANOSECONDS);
            }
        }
    }
}
