package dev.lateen.proxy.tls;

import dev.lateen.proxy.cluster.UpstreamTls;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// TLS towards upstream hosts. Native contexts are made at the first handshake, and again at the first one after a
/// secret has changed; connections keep the one that they began with. Equal configurations are equal.
///
/// Thread: any.
public final class UpstreamTlsContext implements UpstreamTls {
    private static final System.Logger LOG = System.getLogger(UpstreamTlsContext.class.getName());

    private final UpstreamTlsConfig config;
    private final Secrets secrets;
    private volatile @Nullable Contexts current;

    public UpstreamTlsContext(UpstreamTlsConfig config, Secrets secrets) {
        this.config = config;
        this.secrets = secrets;
    }

    public UpstreamTlsConfig config() {
        return config;
    }

    /// Whether its secrets have arrived.
    public boolean ready() {
        return secrets.has(config.common().secrets());
    }

    @Override
    public boolean mutual() {
        return config.common().certificate().isPresent();
    }

    @Override
    public @Nullable SslHandler newHandler(Channel channel, @Nullable String sni, List<String> alpn) {
        Contexts contexts = current;
        if (contexts == null || !contexts.material.isCurrent(config.common(), secrets)) {
            TlsMaterial material = TlsMaterial.of(config.common(), secrets);
            if (material != null) {
                contexts = new Contexts(config.common(), material);
                current = contexts;
            }
        }
        if (contexts == null) {
            return null;
        }
        SslContext context = contexts.offering(alpn.isEmpty() ? config.common().alpn() : alpn);
        if (context == null) {
            return null;
        }
        String name = sni == null ? config.sni() : sni;
        // The port only keys the session cache.
        return name.isEmpty() ? context.newHandler(channel.alloc()) : context.newHandler(channel.alloc(), name, 443);
    }

    @Override
    public @Nullable String peerUri(SslHandler handler) {
        return PeerIdentity.uriOfPeer(handler.engine().getSession());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof UpstreamTlsContext that && config.equals(that.config) && secrets == that.secrets;
    }

    @Override
    public int hashCode() {
        return config.hashCode();
    }

    /// One native context for each list of protocols offered, since OpenSSL has the list in the context.
    private static final class Contexts {
        private final TlsContextConfig config;
        private final TlsMaterial material;
        private final Map<List<String>, SslContext> byAlpn = new ConcurrentHashMap<>();

        Contexts(TlsContextConfig config, TlsMaterial material) {
            this.config = config;
            this.material = material;
        }

        @Nullable
        SslContext offering(List<String> alpn) {
            SslContext known = byAlpn.get(alpn);
            if (known != null) {
                return known;
            }
            try {
                SslContext made = TlsEngines.client(config, material.certificate(), material.validation(), alpn);
                SslContext before = byAlpn.putIfAbsent(alpn, made);
                return before == null ? made : before;
            } catch (SSLException | IllegalArgumentException e) {
                LOG.log(System.Logger.Level.ERROR, "TLS context towards upstream cannot be made: " + e.getMessage());
                return null;
            }
        }
    }
}
