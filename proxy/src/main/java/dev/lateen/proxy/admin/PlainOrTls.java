package dev.lateen.proxy.admin;

import dev.lateen.proxy.tls.DownstreamTlsContext;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslHandler;
import java.util.List;

/// Takes connections with and without TLS on one port: the first byte tells them apart.
///
/// Thread: chores loop.
@SuppressWarnings("FutureReturnValueIgnored") // closing needs no answer
final class PlainOrTls extends ByteToMessageDecoder {
    /// Of a TLS record; no method of HTTP begins with it.
    private static final int HANDSHAKE = 0x16;

    private final DownstreamTlsContext tls;

    PlainOrTls(DownstreamTlsContext tls) {
        this.tls = tls;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        if (in.getByte(in.readerIndex()) != HANDSHAKE) {
            context.pipeline().remove(this);
            return;
        }
        SslHandler handler = tls.newHandler(context.alloc());
        if (handler == null) { // there is no certificate yet
            in.skipBytes(in.readableBytes());
            context.close();
            return;
        }
        context.pipeline().replace(this, "tls", handler);
    }
}
