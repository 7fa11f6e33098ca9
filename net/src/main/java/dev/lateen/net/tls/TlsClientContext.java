package dev.lateen.net.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;

/// A client's TLS, ready to connect. To change certificates, make a new one and close the old: connections that began
/// with the old one go on.
///
/// Thread: any.
public final class TlsClientContext implements AutoCloseable {
    private final SslContext context;

    private TlsClientContext(SslContext context) {
        this.context = context;
    }

    /// @throws TlsMaterialException naming what does not fit together
    public static TlsClientContext create(TlsClientSpec spec) throws TlsMaterialException {
        return new TlsClientContext(ContextFactory.client(spec));
    }

    /// The handler for one connection.
    ///
    /// @param sni the server name to send; empty means none
    public SslHandler newHandler(ByteBufAllocator allocator, String sni, Duration handshakeTimeout) {
        SslHandler handler = context.newHandler(allocator);
        handler.setHandshakeTimeoutMillis(handshakeTimeout.toMillis());
        if (!sni.isEmpty()) {
            SSLParameters parameters = handler.engine().getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(sni)));
            handler.engine().setSSLParameters(parameters);
        }
        return handler;
    }

    @Override
    public void close() {
        ReferenceCountUtil.release(context);
    }
}
