package dev.lateen.proxy.listener;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Tells HTTP/2 with prior knowledge from HTTP/1 by the first bytes, where no ALPN told.
///
/// A connection that does not tell is closed after the idle timeout. Source: RFC 9113 §3.4. Thread: event loop of its
/// channel.
final class PrefaceSniffer extends ChannelInboundHandlerAdapter {
    /// Adds the codec's handler to the end of the pipeline.
    interface Choice {
        void install(boolean http2);
    }

    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n".getBytes(StandardCharsets.US_ASCII);

    private final long idleNanos;
    private final Choice choice;
    private @Nullable ByteBuf held;
    private @Nullable ScheduledFuture<?> deadline;

    /// @param idleNanos 0: wait for ever
    PrefaceSniffer(long idleNanos, Choice choice) {
        this.idleNanos = idleNanos;
        this.choice = choice;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        if (idleNanos > 0) {
            deadline = ctx.executor().schedule(() -> ctx.close(), idleNanos, TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (held != null) {
            ByteBuf all = ctx.alloc().buffer(held.readableBytes() + bytes.readableBytes());
            all.writeBytes(held).writeBytes(bytes);
            held.release();
            bytes.release();
            held = null;
            bytes = all;
        }
        int count = Math.min(bytes.readableBytes(), PREFACE.length);
        int same = 0;
        while (same < count && bytes.getByte(bytes.readerIndex() + same) == PREFACE[same]) {
            same++;
        }
        if (same == count && count < PREFACE.length) {
            held = bytes;
            return;
        }
        choice.install(same == PREFACE.length);
        ctx.fireChannelRead(bytes);
        ctx.pipeline().remove(this);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
        if (held != null) {
            held.release();
            held = null;
        }
    }
}
