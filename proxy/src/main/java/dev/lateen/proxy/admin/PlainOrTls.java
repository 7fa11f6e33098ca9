package dev.lateen.proxy.admin;

import dev.lateen.proxy.tls.DownstreamTlsContext;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslHandler;
import java.util.List;
import java.util.function.Supplier;

/// Takes connections with and without TLS on one port: the first byte tells them apart. Who is to speak HTTP comes
/// after that, since it looks below itself once: without TLS there it would write its answers past it.
///
/// Thread: chores loop.
@SuppressWarnings("FutureReturnValueIgnored") // closing needs no answer
final class PlainOrTls extends ByteToMessageDecoder {
    /// Of a TLS record; no method of HTTP begins with it.
    private static final int HANDSHAKE = 0x16;

    private final DownstreamTlsContext tls;
    private final Supplier<ChannelHandler> http;

    /// @param http speaks HTTP on this connection
    PlainOrTls(DownstreamTlsContext tls, Supplier<ChannelHandler> http) {
        this.tls = tls;
        this.http = http;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        if (in.getByte(in.readerIndex()) != HANDSHAKE) {
            context.pipeline().addLast(http.get()).remove(this);
            return;
        }
        SslHandler handler = tls.newHandler(context.alloc());
        if (handler == null) { // there is no certificate yet
            in.skipBytes(in.readableBytes());
            context.close();
            return;
        }
        context.pipeline().addLast("tls", handler).addLast(http.get()).remove(this);
    }
}
