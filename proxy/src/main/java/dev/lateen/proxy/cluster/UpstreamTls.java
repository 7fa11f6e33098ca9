package dev.lateen.proxy.cluster;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Secures upstream connections; made by package `tls` from an UpstreamTlsContext. Two with the same configuration are
/// equal, so that a cluster whose configuration did not change keeps running.
///
/// Thread: any; `newHandler` is called on the channel's event loop.
public interface UpstreamTls {
    /// A handler that connects with the server name and protocols asked for, or with those of the configuration where
    /// `sni` is null and `alpn` empty. Null while a secret that it needs has not arrived.
    @Nullable
    SslHandler newHandler(Channel channel, @Nullable String sni, List<String> alpn);

    /// Whether we show a certificate to the peer.
    boolean mutual();

    /// Whether the peer's certificate has not ended; a resumed session was verified earlier.
    boolean inForce(SslHandler handler);

    /// The SPIFFE URI of the peer of a handshake that is complete, or null.
    @Nullable
    String peerUri(SslHandler handler);
}
