package dev.lateen.identity.ca;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/// What signs, and what links it to the roots.
///
/// @param certificate of the key
/// @param intermediates from `certificate` (when it is not itself a root) up to, not including, a root
record SigningKey(
        PrivateKey key, X509Certificate certificate, List<X509Certificate> intermediates, List<X509Certificate> roots) {
    SigningKey {
        intermediates = List.copyOf(intermediates);
        roots = List.copyOf(roots);
    }

    @Override
    public String toString() {
        return "SigningKey[" + certificate.getSubjectX500Principal() + ", key redacted]";
    }
}
