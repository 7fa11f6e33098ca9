package dev.lateen.net.tls;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.OpenSslServerSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLException;

/// Builds Netty's contexts from our specifications.
final class ContextFactory {
    private ContextFactory() {}

    static SslProvider provider() {
        return OpenSsl.isAvailable() ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK;
    }

    static SslContext server(TlsServerSpec spec) throws TlsMaterialException {
        SslContextBuilder builder = SslContextBuilder.forServer(
                        spec.identity().key(), spec.identity().chain().toArray(X509Certificate[]::new))
                .clientAuth(
                        switch (spec.clientAuth()) {
                            case NONE -> ClientAuth.NONE;
                            case OPTIONAL -> ClientAuth.OPTIONAL;
                            case REQUIRED -> ClientAuth.REQUIRE;
                        })
                .trustManager(new PeerTrust(spec.roots(), spec.verifier()));
        SslContext context = build(builder, spec.parameters());
        if (spec.sessionTickets() && context.sessionContext() instanceof OpenSslServerSessionContext sessions) {
            sessions.setTicketKeys(ticketKey());
        }
        return context;
    }

    static SslContext client(TlsClientSpec spec) throws TlsMaterialException {
        // Names are the verifier's business: mesh peers are known by SPIFFE id, not by host name.
        SslContextBuilder builder = SslContextBuilder.forClient()
                .endpointIdentificationAlgorithm(null)
                .trustManager(new PeerTrust(spec.roots(), spec.verifier()));
        if (spec.identity().isPresent()) {
            TlsIdentity identity = spec.identity().get();
            builder.keyManager(identity.key(), identity.chain().toArray(X509Certificate[]::new));
        }
        return build(builder, spec.parameters());
    }

    private static SslContext build(SslContextBuilder builder, TlsParameters parameters) throws TlsMaterialException {
        SslProvider provider = provider();
        builder.sslProvider(provider).protocols(TlsVersion.range(parameters.min(), parameters.max()));
        if (!parameters.ciphers().isEmpty()) {
            builder.ciphers(parameters.ciphers());
        }
        if (!parameters.curves().isEmpty() && provider == SslProvider.OPENSSL_REFCNT) {
            builder.option(OpenSslContextOption.GROUPS, parameters.curves().toArray(String[]::new));
        }
        if (!parameters.alpn().isEmpty()) {
            builder.applicationProtocolConfig(alpn(parameters.alpn()));
        }
        try {
            return builder.build();
        } catch (SSLException | IllegalArgumentException e) {
            throw new TlsMaterialException("TLS cannot be set up: " + e.getMessage(), e);
        }
    }

    private static ApplicationProtocolConfig alpn(List<String> protocols) {
        return new ApplicationProtocolConfig(
                Protocol.ALPN, SelectorFailureBehavior.NO_ADVERTISE, SelectedListenerFailureBehavior.ACCEPT, protocols);
    }

    private static OpenSslSessionTicketKey ticketKey() {
        SecureRandom random = new SecureRandom();
        return new OpenSslSessionTicketKey(random(random), random(random), random(random));
    }

    private static byte[] random(SecureRandom random) {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        return bytes;
    }
}
