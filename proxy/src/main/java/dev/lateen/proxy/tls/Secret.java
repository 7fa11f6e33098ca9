package dev.lateen.proxy.tls;

/// What a secret's name stands for.
///
/// Thread: any (immutable).
public sealed interface Secret {
    record Certificate(CertificateConfig certificate) implements Secret {}

    record Validation(ValidationConfig validation) implements Secret {}
}
