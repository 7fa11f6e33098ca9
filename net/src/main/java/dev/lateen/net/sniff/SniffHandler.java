package dev.lateen.net.sniff;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Holds a connection's first bytes until they tell what it speaks, then takes itself out of the pipeline and passes
/// them on untouched. A server-first protocol says nothing: it is `UNKNOWN` when the time is up.
///
/// Limits: 64 KiB are looked at; beyond, the answer is `UNKNOWN`.
///
/// Thread: event loop of the channel.
public final class SniffHandler extends ChannelInboundHandlerAdapter {
    private static final int MAX_BYTES = 64 * 1024;

    private final Duration timeout;
    private final SniffListener listener;
    private @Nullable ByteBuf seen;
    private @Nullable Future<?> timer;
    private boolean inputEnded;
    private boolean decided;

    /// @param timeout zero means to wait for as long as it takes
    public SniffHandler(Duration timeout, SniffListener listener) {
        this.timeout = timeout;
        this.listener = listener;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        if (timeout.isPositive()) {
            timer = ctx.executor()
                    .schedule(
                            () -> decide(ctx, Sniffed.Plain.UNKNOWN, true), timeout.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = gather(ctx, (ByteBuf) message);
        Sniffed result = ProtocolSniffer.sniff(bytes);
        if (result != Sniffed.Plain.NEED_MORE) {
            decide(ctx, result, false);
        } else if (bytes.readableBytes() > MAX_BYTES) {
            decide(ctx, Sniffed.Plain.UNKNOWN, false);
        }
    }

    private ByteBuf gather(ChannelHandlerContext ctx, ByteBuf more) {
        ByteBuf before = seen;
        if (before == null) {
            seen = more;
            return more;
        }
        ByteBuf both = ctx.alloc().buffer(before.readableBytes() + more.readableBytes());
        both.writeBytes(before).writeBytes(more);
        before.release();
        more.release();
        seen = both;
        return both;
    }

    private void decide(ChannelHandlerContext ctx, Sniffed result, boolean timedOut) {
        if (decided || !ctx.channel().isActive()) {
            return;
        }
        decided = true;
        stopTimer();
        listener.onSniffed(ctx.pipeline(), result, timedOut);
        ByteBuf bytes = seen;
        seen = null;
        if (bytes != null) {
            ctx.fireChannelRead(bytes);
            ctx.fireChannelReadComplete();
        }
        if (inputEnded) {
            ctx.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        }
        if (!ctx.isRemoved()) {
            ctx.pipeline().remove(this);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent && !decided) {
            // Nothing more will come: what is there has to do.
            inputEnded = true;
            decide(ctx, Sniffed.Plain.UNKNOWN, false);
            return;
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        stopTimer();
        ByteBuf bytes = seen;
        if (bytes != null) {
            seen = null;
            bytes.release();
        }
    }

    private void stopTimer() {
        Future<?> running = timer;
        if (running != null) {
            running.cancel(false);
            timer = null;
        }
    }
}
