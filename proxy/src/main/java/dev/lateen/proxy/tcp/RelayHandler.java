package dev.lateen.proxy.tcp;

import dev.lateen.net.StraightSocket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// The end of a relay that is a connection of its own. The end of one direction (FIN) is passed on as such, and so is a
/// reset (RST).
///
/// Thread: event loop of both channels.
final class RelayHandler extends ChannelInboundHandlerAdapter implements RelayEnd {
    private final Channel channel;
    private final Owner owner;
    private final boolean downstreamSide;
    private final Queue<ByteBuf> early = new ArrayDeque<>(1);
    private @Nullable RelayEnd other;
    private @Nullable StraightSocket socket;
    private boolean inputEnded;
    private boolean outputEnded;
    private boolean unflushed;
    private boolean reset;

    RelayHandler(Channel channel, Owner owner, boolean downstreamSide) {
        this.channel = channel;
        this.owner = owner;
        this.downstreamSide = downstreamSide;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        socket = StraightSocket.of(ctx);
    }

    // ---- What this end reads

    @Override
    public void connect(RelayEnd target) {
        other = target;
        ByteBuf bytes;
        while ((bytes = early.poll()) != null) {
            forward(target, bytes);
        }
        target.flush();
        if (inputEnded) {
            target.endOutput();
        } else {
            channel.config().setAutoRead(target.isWritable());
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        RelayEnd target = other;
        if (target == null) {
            early.add(bytes);
        } else {
            forward(target, bytes);
        }
    }

    private void forward(RelayEnd target, ByteBuf bytes) {
        owner.onBytes(downstreamSide, bytes.readableBytes());
        if (target.write(bytes)) {
            unflushed = true;
            if (!target.isWritable()) {
                channel.config().setAutoRead(false);
            }
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        RelayEnd target = other;
        if (target != null && unflushed) {
            unflushed = false;
            target.flush();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        RelayEnd source = other;
        if (source != null && channel.isWritable()) {
            source.read(true);
        }
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE || event instanceof SslCloseCompletionEvent) {
            inputEnded = true;
            RelayEnd target = other;
            if (target != null) {
                target.endOutput();
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        releaseEarly();
        owner.onClosed(downstreamSide, reset);
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
        reset |= cause instanceof IOException;
        ctx.close();
    }

    private void releaseEarly() {
        ByteBuf bytes;
        while ((bytes = early.poll()) != null) {
            bytes.release();
        }
    }

    // ---- What the other end has for it

    @Override
    public boolean write(ByteBuf bytes) {
        StraightSocket straight = socket;
        if (straight != null && straight.send(bytes)) {
            bytes.release();
            return false;
        }
        channel.write(bytes, channel.voidPromise());
        return true;
    }

    @Override
    public void flush() {
        channel.flush();
    }

    @Override
    public boolean isWritable() {
        return channel.isWritable();
    }

    @Override
    public void read(boolean wanted) {
        if (!inputEnded) {
            channel.config().setAutoRead(wanted);
        }
    }

    @Override
    public void endOutput() {
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
    public void closeWhenFlushed() {
        if (channel.isActive()) {
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    @Override
    public void abort() {
        if (channel instanceof SocketChannel) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        }
        channel.close();
    }
}
