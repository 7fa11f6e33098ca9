package dev.lateen.net.http1;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;

/// Ends the sending half of a connection.
///
/// Thread: event loop of its channel.
// A write or close that fails closes the channel, which is how everybody hears of it.
@SuppressWarnings("FutureReturnValueIgnored")
final class HalfClose {
    private HalfClose() {}

    /// Sends FIN (or TLS close_notify) behind what has been flushed. A socket whose output is shut down forgets what
    /// still waits to be written, so that FIN waits for it.
    static void shutdownOutput(ChannelHandlerContext context) {
        SslHandler ssl = context.pipeline().get(SslHandler.class);
        Channel channel = context.channel();
        if (ssl != null) {
            ssl.closeOutbound();
        } else if (channel instanceof DuplexChannel duplex) {
            context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
                if (written.isSuccess()) {
                    duplex.shutdownOutput();
                }
            });
        }
    }

    /// Whether the other direction survives `shutdownOutput`.
    static boolean isSupported(ChannelHandlerContext context) {
        return context.channel() instanceof DuplexChannel && context.pipeline().get(SslHandler.class) == null;
    }
}
