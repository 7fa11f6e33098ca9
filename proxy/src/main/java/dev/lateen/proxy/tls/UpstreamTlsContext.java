package dev.lateen.proxy.tls;

import dev.lateen.proxy.cluster.UpstreamTls;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
        NativeContext context =
                contexts.offering(alpn.isEmpty() ? config.common().alpn() : alpn);
        if (context == null) {
            return null;
        }
        if (contexts.ownUri != null) {
            OwnIdentity.note(channel, contexts.ownUri);
        }
        String name = sni == null ? config.sni() : sni;
        return name.isEmpty()
                ? context.newHandler(channel.alloc())
                : context.newHandler(channel.alloc(), name, sessionKey(channel));
    }

    /// A host can resume only its own sessions; where two share a key, a handshake is a full one.
    private static int sessionKey(Channel channel) {
        return 1 + Math.floorMod(Objects.hashCode(channel.remoteAddress()), 65_535);
    }

    @Override
    public boolean inForce(SslHandler handler) {
        PeerIdentity peer = PeerIdentity.of(handler.engine().getSession());
        return peer == null || peer.inForce(Instant.now());
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
        private final @Nullable String ownUri;
        private final Map<List<String>, NativeContext> byAlpn = new ConcurrentHashMap<>();

        Contexts(TlsContextConfig config, TlsMaterial material) {
            this.config = config;
            this.material = material;
            CertificateConfig own = material.certificate();
            this.ownUri = own == null ? null : PeerIdentity.uriOf(own.leaf());
        }

        @Nullable
        NativeContext offering(List<String> alpn) {
            NativeContext known = byAlpn.get(alpn);
            if (known != null) {
                return known;
            }
            try {
                NativeContext made = TlsEngines.client(config, material.certificate(), material.validation(), alpn);
                NativeContext before = byAlpn.putIfAbsent(alpn, made);
                return before == null ? made : before;
            } catch (SSLException | IllegalArgumentException e) {
                LOG.log(System.Logger.Level.ERROR, "TLS context towards upstream cannot be made: " + e.getMessage());
                return null;
            }
        }
    }
}
