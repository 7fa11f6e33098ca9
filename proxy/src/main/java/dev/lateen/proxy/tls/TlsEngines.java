package dev.lateen.proxy.tls;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslCachingX509KeyManagerFactory;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.security.GeneralSecurityException;
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

    private TlsEngines() {}

    static SslContext server(
            TlsContextConfig config, CertificateConfig certificate, ValidationConfig validation, boolean clientRequired)
            throws SSLException {
        SslContextBuilder builder = SslContextBuilder.forServer(keys(certificate));
        if (validation.verifies() || !validation.sans().isEmpty()) {
            builder.trustManager(verifier(validation));
            builder.clientAuth(clientRequired ? ClientAuth.REQUIRE : ClientAuth.OPTIONAL);
        } else if (clientRequired) {
            builder.trustManager(InsecureTrustManagerFactory.INSTANCE).clientAuth(ClientAuth.REQUIRE);
        }
        return common(builder, config, config.alpn());
    }

    static SslContext client(
            TlsContextConfig config,
            @Nullable CertificateConfig certificate,
            ValidationConfig validation,
            List<String> alpn)
            throws SSLException {
        SslContextBuilder builder = SslContextBuilder.forClient();
        if (certificate != null) {
            builder.keyManager(keys(certificate));
        }
        if (validation.verifies() || !validation.sans().isEmpty()) {
            builder.trustManager(verifier(validation));
        } else {
            builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
        }
        builder.endpointIdentificationAlgorithm(null);
        return common(builder, config, alpn);
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
        if (!config.ciphers().isEmpty()) {
            builder.ciphers(ciphers(config));
        }
        if (!config.curves().isEmpty() && openSsl) {
            builder.option(OpenSslContextOption.GROUPS, config.curves().toArray(String[]::new));
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
    /// that
    /// version off.
    private static List<String> ciphers(TlsContextConfig config) {
        if (!config.protocols().contains(TLS_1_3)) {
            return config.ciphers();
        }
        List<String> all = new ArrayList<>(CIPHERS_OF_TLS_1_3);
        all.addAll(config.ciphers());
        return all;
    }

    private static PeerVerifier verifier(ValidationConfig validation) throws SSLException {
        try {
            return new PeerVerifier(validation);
        } catch (GeneralSecurityException e) {
            throw new SSLException("the trusted authorities cannot be used", e);
        }
    }
}
