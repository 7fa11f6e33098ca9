package dev.lateen.proxy.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// TLS towards clients as it is now: rebuilt when one of its secrets changes.
///
/// Thread: `newHandler` any event loop; rebuilding on the chores loop.
public final class DownstreamTlsContext {
    private static final System.Logger LOG = System.getLogger(DownstreamTlsContext.class.getName());

    private final DownstreamTlsConfig config;
    private final Secrets secrets;
    private final List<Runnable> subscriptions;
    private volatile @Nullable SslContext current;

    public DownstreamTlsContext(DownstreamTlsConfig config, Secrets secrets) {
        this.config = config;
        this.secrets = secrets;
        this.subscriptions = secrets.subscribe(config.common(), this::rebuild);
        rebuild();
    }

    public DownstreamTlsConfig config() {
        return config;
    }

    /// Whether its secrets have arrived; connections are refused until then.
    public boolean ready() {
        return current != null;
    }

    /// A handler for one connection, or null while a secret is missing.
    public @Nullable SslHandler newHandler(ByteBufAllocator allocator) {
        SslContext context = current;
        return context == null ? null : context.newHandler(allocator);
    }

    /// Stops following the secrets; connections go on.
    public void close() {
        subscriptions.forEach(Runnable::run);
        replace(null);
    }

    private void rebuild() {
        var certificate = config.common().certificate().flatMap(secrets::certificate);
        var validation = secrets.validation(config.common().validation());
        if (certificate.isEmpty() || validation.isEmpty()) {
            return;
        }
        try {
            replace(TlsEngines.server(
                    config.common(), certificate.get(), validation.get(), config.requireClientCertificate()));
        } catch (SSLException | IllegalArgumentException e) {
            LOG.log(System.Logger.Level.ERROR, "TLS context not replaced, the last good one stays: " + e.getMessage());
        }
    }

    private void replace(@Nullable SslContext next) {
        // The old one is freed by the collector: a loop may be about to make a handler from it.
        current = next;
    }
}
