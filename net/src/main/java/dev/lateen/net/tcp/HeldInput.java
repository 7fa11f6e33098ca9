package dev.lateen.net.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// Keeps what a connection sends, and its end, while there is nobody to take it: between accepting and the moment when
/// the other side of a relay is connected. Stopping to read is not enough, since a peer that finishes early makes the
/// channel read the rest at once. `TcpRelay.start` releases it.
///
/// Limits: reading stops after the first bytes; what is kept is bounded by the socket's receive buffer.
///
/// Thread: event loop of its channel.
public final class HeldInput extends ChannelInboundHandlerAdapter {
    private final ArrayDeque<ByteBuf> held = new ArrayDeque<>(2);
    private @Nullable ChannelHandlerContext context;
    private boolean ended;

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        held.add((ByteBuf) message);
        ctx.channel().config().setAutoRead(false);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        // Told again on release.
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            ended = true;
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    /// Passes everything on to the handlers behind this one and leaves the pipeline.
    void release() {
        ChannelHandlerContext ctx = context;
        if (ctx == null || ctx.isRemoved()) {
            return;
        }
        ByteBuf bytes = held.poll();
        while (bytes != null) {
            ctx.fireChannelRead(bytes);
            bytes = held.poll();
        }
        ctx.fireChannelReadComplete();
        if (ended) {
            ctx.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        }
        if (!ctx.isRemoved()) {
            ctx.pipeline().remove(this);
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        ByteBuf bytes = held.poll();
        while (bytes != null) {
            bytes.release();
            bytes = held.poll();
        }
    }
}
