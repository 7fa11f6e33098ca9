package dev.lateen.net.tcp;

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
import org.jspecify.annotations.Nullable;

/// Reads one channel of a relay and writes to the other.
///
/// Thread: event loop of both channels.
@SuppressWarnings("FutureReturnValueIgnored") // A write or close that fails closes the channel, which is reported.
final class RelaySide extends ChannelInboundHandlerAdapter {
    private final TcpRelay relay;
    private final Channel target;
    private @Nullable Channel source;
    private long bytesRead;
    private boolean finished;

    RelaySide(TcpRelay relay, Channel target) {
        this.relay = relay;
        this.target = target;
    }

    Channel target() {
        return target;
    }

    long bytesRead() {
        return bytesRead;
    }

    boolean isFinished() {
        return finished;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        source = ctx.channel();
        updateReading(ctx.channel());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (relay.hasEnded()) {
            bytes.release();
            return;
        }
        bytesRead += bytes.readableBytes();
        relay.active();
        target.write(bytes, target.voidPromise());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        target.flush();
        updateReading(ctx.channel());
    }

    /// This channel can take more (or less): its writer is the other side, reading from `target`.
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable() != target.config().isAutoRead()) {
            target.config().setAutoRead(ctx.channel().isWritable());
        }
    }

    private void updateReading(Channel channel) {
        if (channel.config().isAutoRead() != target.isWritable()) {
            channel.config().setAutoRead(target.isWritable());
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        boolean ended = event instanceof ChannelInputShutdownEvent || event instanceof SslCloseCompletionEvent;
        if (ended && !finished && !relay.hasEnded()) {
            finished = true;
            relay.sideFinished(this);
        }
    }

    /// Tells the target that nothing more will come. False where only closing it can say so.
    boolean passOnEnd() {
        target.flush();
        boolean plain = source != null
                && source.pipeline().get(SslHandler.class) == null
                && target.pipeline().get(SslHandler.class) == null;
        if (plain && target instanceof DuplexChannel duplex) {
            duplex.shutdownOutput();
            return true;
        }
        return false;
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        relay.sideClosed(this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }

    /// Delivers what is waiting, then closes.
    void closeTarget() {
        if (target.isActive()) {
            target.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }
}
