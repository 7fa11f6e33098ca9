package dev.lateen.proxy.tcp;

import dev.lateen.net.StraightSocket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// One side of a relay. What it reads goes to the other side; it stops reading while the other side cannot take more.
/// The end of one direction (FIN) is passed on, the other direction goes on.
///
/// Thread: event loop of both channels.
final class RelayHandler extends ChannelInboundHandlerAdapter {
    /// Who owns the relay.
    interface Owner {
        void onBytes(boolean fromDownstream, int count);

        /// The channel of this side is gone.
        void onClosed(boolean downstreamSide);
    }

    private final Channel channel;
    private final Owner owner;
    private final boolean downstreamSide;
    private final Queue<ByteBuf> early = new ArrayDeque<>(1);
    private @Nullable RelayHandler other;
    private @Nullable StraightSocket socket;
    private boolean inputEnded;
    private boolean outputEnded;
    private boolean unflushed;

    RelayHandler(Channel channel, Owner owner, boolean downstreamSide) {
        this.channel = channel;
        this.owner = owner;
        this.downstreamSide = downstreamSide;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        socket = StraightSocket.of(ctx);
    }

    /// What this side had sent before the relay began.
    void began(ByteBuf bytes) {
        early.add(bytes);
    }

    /// Starts the flow from this side to `target`, with what came before.
    void connect(RelayHandler target) {
        other = target;
        ByteBuf bytes;
        while ((bytes = early.poll()) != null) {
            forward(target, bytes);
        }
        target.channel.flush();
        if (inputEnded) {
            target.endOutput();
        } else {
            channel.config().setAutoRead(target.channel.isWritable());
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        RelayHandler target = other;
        if (target == null) {
            early.add(bytes);
        } else {
            forward(target, bytes);
        }
    }

    private void forward(RelayHandler target, ByteBuf bytes) {
        owner.onBytes(downstreamSide, bytes.readableBytes());
        StraightSocket straight = target.socket;
        if (straight != null && straight.send(bytes)) {
            bytes.release();
            return;
        }
        target.channel.write(bytes, target.channel.voidPromise());
        unflushed = true;
        if (!target.channel.isWritable()) {
            channel.config().setAutoRead(false);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        RelayHandler target = other;
        if (target != null && unflushed) {
            unflushed = false;
            target.channel.flush();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        RelayHandler source = other;
        if (source != null && channel.isWritable() && !source.inputEnded) {
            source.channel.config().setAutoRead(true);
        }
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE || event instanceof SslCloseCompletionEvent) {
            inputEnded = true;
            RelayHandler target = other;
            if (target != null) {
                target.endOutput();
            }
        }
    }

    /// Passes the end of the other side's input on, after all bytes before it.
    private void endOutput() {
        if (outputEnded) {
            return;
        }
        outputEnded = true;
        boolean halfClose =
                channel instanceof DuplexChannel && channel.pipeline().get(SslHandler.class) == null;
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> {
            if (inputEnded || !halfClose) {
                channel.close();
            } else {
                ((DuplexChannel) channel).shutdownOutput();
            }
        });
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        releaseEarly();
        owner.onClosed(downstreamSide);
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        releaseEarly();
    }

    @Override
    @SuppressWarnings("deprecation") // Netty's contract for inbound handlers.
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // A reset by the peer or a broken TLS record: the connection ends, channelInactive tells the owner.
        ctx.close();
    }

    void closeWhenFlushed() {
        if (channel.isActive()) {
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    private void releaseEarly() {
        ByteBuf bytes;
        while ((bytes = early.poll()) != null) {
            bytes.release();
        }
    }
}
