package dev.lateen.proxy.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// TLS towards upstream hosts as it is now: rebuilt when one of its secrets changes.
///
/// Thread: `newHandler` any event loop; rebuilding on the chores loop.
public final class UpstreamTlsContext {
    private static final System.Logger LOG = System.getLogger(UpstreamTlsContext.class.getName());

    private final UpstreamTlsConfig config;
    private final Secrets secrets;
    private final List<Runnable> subscriptions;
    private final List<Runnable> changeListeners = new CopyOnWriteArrayList<>();
    private volatile @Nullable Contexts current;

    public UpstreamTlsContext(UpstreamTlsConfig config, Secrets secrets) {
        this.config = config;
        this.secrets = secrets;
        this.subscriptions = secrets.subscribe(config.common(), this::rebuild);
        rebuild();
    }

    public UpstreamTlsConfig config() {
        return config;
    }

    /// Whether its secrets have arrived.
    public boolean ready() {
        return current != null;
    }

    /// Whether we show a certificate to the host.
    public boolean mutual() {
        return config.common().certificate().isPresent();
    }

    /// A handler for one connection, or null while a secret is missing.
    ///
    /// @param sni to send in place of the configured name; null for the configured one
    /// @param alpn to offer in place of the configured list; null for the configured one
    public @Nullable SslHandler newHandler(
            ByteBufAllocator allocator, @Nullable String sni, @Nullable List<String> alpn) {
        Contexts contexts = current;
        if (contexts == null) {
            return null;
        }
        SslContext context = contexts.offering(alpn == null ? config.common().alpn() : alpn);
        if (context == null) {
            return null;
        }
        String name = sni == null ? config.sni() : sni;
        return name.isEmpty() ? context.newHandler(allocator) : context.newHandler(allocator, name, 0);
    }

    /// Calls back after a secret has changed, on the chores loop: idle connections may be replaced.
    public void onChange(Runnable listener) {
        changeListeners.add(listener);
    }

    /// Stops following the secrets; connections go on.
    public void close() {
        subscriptions.forEach(Runnable::run);
        changeListeners.clear();
    }

    private void rebuild() {
        var certificate = config.common().certificate().flatMap(secrets::certificate);
        var validation = secrets.validation(config.common().validation());
        if (validation.isEmpty() || (mutual() && certificate.isEmpty())) {
            return;
        }
        Contexts next = new Contexts(config.common(), certificate.orElse(null), validation.get());
        if (next.offering(config.common().alpn()) == null) {
            return;
        }
        boolean first = current == null;
        current = next;
        if (!first) {
            changeListeners.forEach(Runnable::run);
        }
    }

    /// One native context for each list of protocols offered, since OpenSSL has the list in the context.
    private static final class Contexts {
        private final TlsContextConfig config;
        private final @Nullable CertificateConfig certificate;
        private final ValidationConfig validation;
        private final Map<List<String>, SslContext> byAlpn = new ConcurrentHashMap<>();

        Contexts(TlsContextConfig config, @Nullable CertificateConfig certificate, ValidationConfig validation) {
            this.config = config;
            this.certificate = certificate;
            this.validation = validation;
        }

        @Nullable
        SslContext offering(List<String> alpn) {
            SslContext known = byAlpn.get(alpn);
            if (known != null) {
                return known;
            }
            try {
                SslContext made = TlsEngines.client(config, certificate, validation, alpn);
                SslContext before = byAlpn.putIfAbsent(alpn, made);
                return before == null ? made : before;
            } catch (SSLException | IllegalArgumentException e) {
                LOG.log(System.Logger.Level.ERROR, "TLS context not made: " + e.getMessage());
                return null;
            }
        }
    }
}
