package dev.lateen.net.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;

/// Joins a session to its channel.
///
/// Thread: event loop of its channel.
// A close that fails has nobody left to tell.
@SuppressWarnings("FutureReturnValueIgnored")
final class Http2Handler extends ChannelInboundHandlerAdapter {
    private final Http2Session session;

    Http2Handler(Http2Session session) {
        this.session = session;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        session.attach(ctx);
        if (ctx.channel().isActive()) {
            session.start();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        session.start();
        ctx.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof ByteBuf bytes) {
            session.read(bytes);
        } else {
            ctx.fireChannelRead(message);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        session.channelWritabilityChanged();
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        session.closed();
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        session.closed();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            ctx.close();
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException || cause instanceof DecoderException) {
            // A broken socket or TLS record; channelInactive tells the rest.
            session.closing("io_error");
            ctx.close();
        } else {
            session.connectionError(Http2Violation.ofConnection(ErrorCode.INTERNAL_ERROR, "a defect of ours"));
            // Told to the end of the pipeline, which logs it.
            ctx.fireExceptionCaught(cause);
        }
    }
}
