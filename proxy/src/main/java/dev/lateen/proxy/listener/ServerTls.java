package dev.lateen.proxy.listener;

import dev.lateen.proxy.tls.DownstreamTlsContext;
import dev.lateen.proxy.tls.ServerCertificate;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslHandler;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// TLS of a filter chain, with one certificate or several. Of several the client gets one for the name that it asked
/// for, or else any; of those one with a key on an elliptic curve where it takes such, or else the first.
///
/// Source: `tls_certificates` of envoy.extensions.transport_sockets.tls.v3.CommonTlsContext. Thread: any.
final class ServerTls {
    private final List<DownstreamTlsContext> contexts;

    /// @param contexts that differ in their certificates, one at least
    ServerTls(List<DownstreamTlsContext> contexts) {
        this.contexts = List.copyOf(contexts);
    }

    /// Whether all secrets have arrived.
    boolean ready() {
        return contexts.stream().allMatch(DownstreamTlsContext::ready);
    }

    /// A handler for one connection, or null while a secret is missing.
    @Nullable
    SslHandler newHandler(ConnectionFacts client, ByteBufAllocator allocator) {
        return choose(client).newHandler(allocator);
    }

    private DownstreamTlsContext choose(ConnectionFacts client) {
        DownstreamTlsContext best = contexts.getFirst();
        if (contexts.size() == 1) {
            return best;
        }
        int most = -1;
        for (DownstreamTlsContext context : contexts) {
            ServerCertificate certificate = context.certificate();
            int rank = certificate == null ? -1 : rank(certificate, client);
            if (rank > most) {
                most = rank;
                best = context;
            }
        }
        return best;
    }

    /// A client that takes no key on a curve cannot do anything with one, whatever its name.
    private static int rank(ServerCertificate certificate, ConnectionFacts client) {
        boolean usable = !certificate.ellipticCurve() || client.takesEllipticCurves;
        return (usable ? 4 : 0)
                + (certificate.isFor(client.serverName) ? 2 : 0)
                + (certificate.ellipticCurve() ? 1 : 0);
    }
}
