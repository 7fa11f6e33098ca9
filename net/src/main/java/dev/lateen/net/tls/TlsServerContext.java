package dev.lateen.net.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;

/// A server's TLS, ready to accept. To change certificates, make a new one and close the old: connections that began
/// with the old one go on.
///
/// Thread: any.
public final class TlsServerContext implements AutoCloseable {
    private final SslContext context;

    private TlsServerContext(SslContext context) {
        this.context = context;
    }

    /// @throws TlsMaterialException naming what does not fit together
    public static TlsServerContext create(TlsServerSpec spec) throws TlsMaterialException {
        return new TlsServerContext(ContextFactory.server(spec));
    }

    /// The handler for one connection; the channel closes where the handshake takes longer than the timeout.
    public SslHandler newHandler(ByteBufAllocator allocator, Duration handshakeTimeout) {
        SslHandler handler = context.newHandler(allocator);
        handler.setHandshakeTimeoutMillis(handshakeTimeout.toMillis());
        return handler;
    }

    @Override
    public void close() {
        ReferenceCountUtil.release(context);
    }
}
