package dev.lateen.net.socket;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.atomic.AtomicInteger;

/// Counts the connections of a listener and closes those above its limit as soon as they are accepted; the peer sees
/// an orderly end rather than a hanging handshake.
///
/// Thread: any loop of the listener.
@Sharable
final class ConnectionLimit extends ChannelInboundHandlerAdapter {
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final int limit;
    private final ChannelFutureListener onClose = _ -> open.decrementAndGet();

    ConnectionLimit(int limit) {
        this.limit = limit;
    }

    int open() {
        return open.get();
    }

    int refused() {
        return refused.get();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        Channel accepted = (Channel) message;
        if (open.incrementAndGet() > limit && limit > 0) {
            open.decrementAndGet();
            refused.incrementAndGet();
            accepted.unsafe().closeForcibly();
            return;
        }
        accepted.closeFuture().addListener(onClose);
        ctx.fireChannelRead(message);
    }
}
