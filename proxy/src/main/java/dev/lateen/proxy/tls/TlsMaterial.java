package dev.lateen.proxy.tls;

import org.jspecify.annotations.Nullable;

/// The certificate and validation that a context uses now, with the secrets that they came from: comparing those by
/// identity tells whether something is newer.
///
/// Thread: any (immutable).
///
/// @param certificateSecret null where the certificate is part of the configuration, or there is none
/// @param validationSecret null where the validation is part of the configuration
record TlsMaterial(
        @Nullable Secret certificateSecret,
        @Nullable Secret validationSecret,
        @Nullable CertificateConfig certificate,
        ValidationConfig validation) {

    /// Null while a secret is missing or is of the wrong kind.
    static @Nullable TlsMaterial of(TlsContextConfig config, Secrets secrets) {
        Secret certificateSecret = null;
        CertificateConfig certificate = null;
        switch (config.certificate().orElse(null)) {
            case null -> {}
            case TlsContextConfig.CertificateSource.Inline(CertificateConfig inline) -> certificate = inline;
            case TlsContextConfig.CertificateSource.Named(SecretRef ref) -> {
                certificateSecret = secrets.find(ref);
                if (!(certificateSecret instanceof Secret.Certificate(CertificateConfig named))) {
                    return null;
                }
                certificate = named;
            }
        }
        SecretRef validationRef = config.validation().secret().orElse(null);
        if (validationRef == null) {
            return new TlsMaterial(
                    certificateSecret, null, certificate, config.validation().own());
        }
        Secret validationSecret = secrets.find(validationRef);
        if (!(validationSecret instanceof Secret.Validation(ValidationConfig named))) {
            return null;
        }
        return new TlsMaterial(
                certificateSecret,
                validationSecret,
                certificate,
                config.validation().own().combine(named));
    }

    @SuppressWarnings("ReferenceEquality") // a secret that is put again is another object
    boolean isCurrent(TlsContextConfig config, Secrets secrets) {
        return certificateSecret == certificateSecretOf(config, secrets)
                && validationSecret == validationSecretOf(config, secrets);
    }

    private static @Nullable Secret certificateSecretOf(TlsContextConfig config, Secrets secrets) {
        return config.certificate().orElse(null) instanceof TlsContextConfig.CertificateSource.Named(SecretRef ref)
                ? secrets.find(ref)
                : null;
    }

    private static @Nullable Secret validationSecretOf(TlsContextConfig config, Secrets secrets) {
        SecretRef ref = config.validation().secret().orElse(null);
        return ref == null ? null : secrets.find(ref);
    }
}
