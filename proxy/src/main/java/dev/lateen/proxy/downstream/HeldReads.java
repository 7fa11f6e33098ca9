package dev.lateen.proxy.downstream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Queue;

/// Keeps what a client sends while it is not decided yet who serves its connection. Nothing more is read meanwhile, but
/// what came along with the end of a TLS handshake is there already.
///
/// Thread: event loop of the connection.
public final class HeldReads extends ChannelInboundHandlerAdapter {
    private final Channel channel;
    private final Runnable gone;
    private final Queue<Object> reads = new ArrayDeque<>(1);
    private final Queue<Object> events = new ArrayDeque<>(1);
    private boolean ended;

    private HeldReads(Channel channel, Runnable gone) {
        this.channel = channel;
        this.gone = gone;
    }

    /// @param gone what to do when the client goes before anything is decided
    public static HeldReads of(DownstreamConnection connection, Runnable gone) {
        Channel channel = connection.channel();
        HeldReads held = new HeldReads(channel, gone);
        channel.config().setAutoRead(false);
        channel.pipeline().addLast(held);
        return held;
    }

    /// Whether the client has gone, or somebody serves it.
    public boolean ended() {
        return ended;
    }

    /// Lets somebody serve the connection, who gets what was kept.
    public void release(Runnable serve) {
        ended = true;
        channel.pipeline().remove(this);
        serve.run();
        ChannelHandlerContext tls = channel.pipeline().context(SslHandler.class);
        boolean any = !reads.isEmpty();
        for (Object read = reads.poll(); read != null; read = reads.poll()) {
            if (tls == null) {
                channel.pipeline().fireChannelRead(read);
            } else {
                tls.fireChannelRead(read);
            }
        }
        if (any) {
            if (tls == null) {
                channel.pipeline().fireChannelReadComplete();
            } else {
                tls.fireChannelReadComplete();
            }
        }
        for (Object event = events.poll(); event != null; event = events.poll()) {
            if (tls == null) {
                channel.pipeline().fireUserEventTriggered(event);
            } else {
                tls.fireUserEventTriggered(event);
            }
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        reads.add(message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        // Nobody has read anything.
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        events.add(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        end();
        ctx.fireChannelInactive();
    }

    @Override
    @SuppressWarnings("deprecation") // Netty's contract for inbound handlers.
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (!ended) {
            end();
        }
    }

    private void end() {
        if (ended) {
            return;
        }
        ended = true;
        reads.forEach(ReferenceCountUtil::release);
        reads.clear();
        gone.run();
    }
}
