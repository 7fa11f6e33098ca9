package dev.lateen.proxy.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslHandler;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// TLS towards clients. The native context is made at the first handshake, and again at the first one after a secret
/// has changed; connections keep the one that they began with.
///
/// Thread: any.
public final class DownstreamTlsContext {
    private static final System.Logger LOG = System.getLogger(DownstreamTlsContext.class.getName());

    private final DownstreamTlsConfig config;
    private final Secrets secrets;
    private volatile @Nullable Current current;

    private record Current(TlsMaterial material, NativeContext context, ServerCertificate certificate) {}

    public DownstreamTlsContext(DownstreamTlsConfig config, Secrets secrets) {
        this.config = config;
        this.secrets = secrets;
    }

    public DownstreamTlsConfig config() {
        return config;
    }

    /// Whether its secrets have arrived; connections are refused until then.
    public boolean ready() {
        return secrets.has(config.common().secrets());
    }

    /// A handler for one connection, or null while a secret is missing.
    public @Nullable SslHandler newHandler(ByteBufAllocator allocator) {
        Current now = current();
        return now == null ? null : now.context.newHandler(allocator);
    }

    /// Whom it can show, or null while a secret is missing.
    public @Nullable ServerCertificate certificate() {
        Current now = current();
        return now == null ? null : now.certificate;
    }

    private @Nullable Current current() {
        Current now = current;
        return now == null || !now.material.isCurrent(config.common(), secrets) ? renew(now) : now;
    }

    /// Two loops may do this at the same time; either result is good. The context
    /// before stays where a new secret is missing or cannot be used.
    private @Nullable Current renew(@Nullable Current before) {
        TlsMaterial material = TlsMaterial.of(config.common(), secrets);
        if (material == null || material.certificate() == null) {
            return before;
        }
        try {
            Current next = new Current(
                    material,
                    TlsEngines.server(config, material.certificate(), material.validation()),
                    ServerCertificate.of(material.certificate().leaf()));
            current = next;
            return next;
        } catch (SSLException | IllegalArgumentException e) {
            LOG.log(System.Logger.Level.ERROR, "TLS context towards clients cannot be made: " + e.getMessage());
            return before;
        }
    }
}
