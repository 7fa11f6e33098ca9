package dev.lateen.proxy.tls;

import java.util.List;
import java.util.Optional;

/// What both sides of TLS have in common.
///
/// Source: envoy.extensions.transport_sockets.tls.v3.CommonTlsContext. Thread: any (immutable).
///
/// @param certificate ours, if any
/// @param validation what is asked of the peer
/// @param alpn protocols offered (client) or supported (server), in order of preference
/// @param protocols such as `TLSv1.2`, `TLSv1.3`
/// @param ciphers OpenSSL names for TLS 1.2; empty means the default
/// @param curves names for key exchange; empty means the default
public record TlsContextConfig(
        Optional<CertificateSource> certificate,
        ValidationSource validation,
        List<String> alpn,
        List<String> protocols,
        List<String> ciphers,
        List<String> curves) {
    public TlsContextConfig {
        alpn = List.copyOf(alpn);
        protocols = List.copyOf(protocols);
        ciphers = List.copyOf(ciphers);
        curves = List.copyOf(curves);
    }

    /// Where our certificate comes from.
    public sealed interface CertificateSource {
        record Inline(CertificateConfig certificate) implements CertificateSource {}

        record Named(SecretRef secret) implements CertificateSource {}
    }

    /// @param own the values given in the context itself
    /// @param secret further values by name (combined validation context), if any
    public record ValidationSource(ValidationConfig own, Optional<SecretRef> secret) {
        public static final ValidationSource NONE = new ValidationSource(ValidationConfig.NONE, Optional.empty());

        public boolean isPresent() {
            return secret.isPresent() || !own.equals(ValidationConfig.NONE);
        }
    }

    /// The secrets that must have arrived before this context can be used.
    public List<SecretRef> secrets() {
        List<SecretRef> secrets = new java.util.ArrayList<>(2);
        certificate.ifPresent(source -> {
            if (source instanceof CertificateSource.Named(SecretRef secret)) {
                secrets.add(secret);
            }
        });
        validation.secret().ifPresent(secrets::add);
        return secrets;
    }
}
