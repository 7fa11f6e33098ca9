package dev.lateen.proxy.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.internal.tcnative.SSL;
import io.netty.util.ReferenceCountUtil;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;

/// A native TLS context that is freed once nobody can use it any more: loops may still begin handshakes with one that
/// has been replaced. Connections hold it themselves.
///
/// Thread: any.
final class NativeContext {
    private static final Cleaner CLEANER = Cleaner.create();

    private final SslContext context;
    private final boolean tickets;

    /// @param tickets let peers resume sessions by tickets
    NativeContext(SslContext context, boolean tickets) {
        this.context = context;
        this.tickets = tickets;
        CLEANER.register(this, () -> ReferenceCountUtil.safeRelease(context));
    }

    SslHandler newHandler(ByteBufAllocator allocator) {
        try {
            SslHandler handler = context.newHandler(allocator);
            // Tickets are on by default, and can be turned off for one connection only.
            if (!tickets && handler.engine() instanceof ReferenceCountedOpenSslEngine engine) {
                SSL.setOptions(engine.sslPointer(), SSL.SSL_OP_NO_TICKET);
            }
            return handler;
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /// @param peer the server name that is sent
    /// @param port keys the cache of sessions, with the name
    SslHandler newHandler(ByteBufAllocator allocator, String peer, int port) {
        try {
            SslHandler handler = context.newHandler(allocator, peer, port);
            // Netty sends no name with an underscore, as those of the mesh's clusters have.
            if (peer.indexOf('_') >= 0 && handler.engine() instanceof ReferenceCountedOpenSslEngine engine) {
                SSL.setTlsExtHostName(engine.sslPointer(), peer);
            }
            return handler;
        } finally {
            Reference.reachabilityFence(this);
        }
    }
}
