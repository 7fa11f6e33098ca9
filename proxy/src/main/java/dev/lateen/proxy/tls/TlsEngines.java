package dev.lateen.proxy.tls;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslCachingX509KeyManagerFactory;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// Builds native TLS contexts from decoded values.
final class TlsEngines {
    private static final String TLS_1_3 = "TLSv1.3";
    private static final List<String> CIPHERS_OF_TLS_1_3 =
            List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256");

    /// Forward secrecy and authenticated encryption only.
    private static final List<String> CIPHERS_OF_TLS_1_2 = List.of(
            "ECDHE-ECDSA-AES128-GCM-SHA256",
            "ECDHE-RSA-AES128-GCM-SHA256",
            "ECDHE-ECDSA-CHACHA20-POLY1305",
            "ECDHE-RSA-CHACHA20-POLY1305",
            "ECDHE-ECDSA-AES256-GCM-SHA384",
            "ECDHE-RSA-AES256-GCM-SHA384");
    private static final List<String> CURVES = List.of("X25519", "P-256");

    private TlsEngines() {}

    static NativeContext server(DownstreamTlsConfig config, CertificateConfig certificate, ValidationConfig validation)
            throws SSLException {
        SslContextBuilder builder = SslContextBuilder.forServer(keys(certificate));
        if (validation.verifies()) {
            builder.trustManager(verifier(validation));
            builder.clientAuth(config.requireClientCertificate() ? ClientAuth.REQUIRE : ClientAuth.OPTIONAL);
        } else if (config.requireClientCertificate()) {
            builder.trustManager(InsecureTrustManagerFactory.INSTANCE).clientAuth(ClientAuth.REQUIRE);
        }
        SslContext context = common(builder, config.common(), config.common().alpn());
        resumption(context, config);
        return new NativeContext(context, config.tickets());
    }

    /// Each context has a key of its own, which the library makes and replaces: nobody resumes what the rules of an
    /// older context have accepted.
    private static void resumption(SslContext context, DownstreamTlsConfig config) {
        if (config.tickets()) {
            tickets(context);
        }
        if (!config.cache() && context.sessionContext() instanceof OpenSslSessionContext sessions) {
            sessions.setSessionCacheEnabled(false);
        }
        if (config.sessionTimeout().isPositive()) {
            context.sessionContext()
                    .setSessionTimeout(Math.toIntExact(config.sessionTimeout().toSeconds()));
        }
    }

    private static void tickets(SslContext context) {
        if (context.sessionContext() instanceof OpenSslSessionContext sessions) {
            sessions.setTicketKeys(new OpenSslSessionTicketKey[0]);
        }
    }

    static NativeContext client(
            TlsContextConfig config,
            @Nullable CertificateConfig certificate,
            ValidationConfig validation,
            List<String> alpn)
            throws SSLException {
        SslContextBuilder builder = SslContextBuilder.forClient();
        if (certificate != null) {
            builder.keyManager(keys(certificate));
        }
        if (validation.verifies()) {
            builder.trustManager(verifier(validation));
        } else {
            builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
        }
        builder.endpointIdentificationAlgorithm(null);
        SslContext context = common(builder, config, alpn);
        tickets(context);
        return new NativeContext(context, true);
    }

    /// The native form of the key and the chain is made once a context, not once a handshake.
    private static KeyManagerFactory keys(CertificateConfig certificate) {
        KeyManagerFactory own = OwnKeys.factory(certificate);
        return OpenSsl.isAvailable() ? new OpenSslCachingX509KeyManagerFactory(own) : own;
    }

    private static SslContext common(SslContextBuilder builder, TlsContextConfig config, List<String> alpn)
            throws SSLException {
        boolean openSsl = OpenSsl.isAvailable();
        builder.sslProvider(openSsl ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK);
        builder.protocols(config.protocols());
        if (openSsl || !config.ciphers().isEmpty()) {
            builder.ciphers(ciphers(config));
        }
        if (openSsl) {
            List<String> curves = config.curves().isEmpty() ? CURVES : config.curves();
            builder.option(OpenSslContextOption.GROUPS, curves.toArray(String[]::new));
            // Verification runs on the loop either way; as a task it would leave the handshake and enter it again.
            builder.option(OpenSslContextOption.USE_TASKS, false);
        }
        if (!alpn.isEmpty()) {
            builder.applicationProtocolConfig(new ApplicationProtocolConfig(
                    ApplicationProtocolConfig.Protocol.ALPN,
                    ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                    ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                    alpn));
        }
        return builder.build();
    }

    /// The list rules TLS 1.2 alone, as Envoy has it; without suites of TLS 1.3 in it the native context would turn
    /// that version off.
    private static List<String> ciphers(TlsContextConfig config) {
        List<String> old = config.ciphers().isEmpty() ? CIPHERS_OF_TLS_1_2 : config.ciphers();
        if (!config.protocols().contains(TLS_1_3)) {
            return old;
        }
        List<String> all = new ArrayList<>(CIPHERS_OF_TLS_1_3);
        all.addAll(old);
        return all;
    }

    private static PeerVerifier verifier(ValidationConfig validation) {
        return new PeerVerifier(validation, Clock.systemUTC());
    }
}
