package dev.lateen.proxy.tls;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/// A certificate chain, leaf first, with its key.
///
/// Thread: any (immutable).
public record CertificateConfig(List<X509Certificate> chain, PrivateKey key) {
    public CertificateConfig {
        chain = List.copyOf(chain);
    }

    public X509Certificate leaf() {
        return chain.getFirst();
    }

    @Override
    public String toString() {
        return "certificate " + leaf().getSubjectX500Principal() + " serial "
                + leaf().getSerialNumber().toString(16) + " key [redacted]";
    }
}
