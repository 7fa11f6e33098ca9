package dev.lateen.identity.ca;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.util.List;

/// What signs, and what links it to the roots.
///
/// @param certificate of the key
/// @param intermediates from `certificate` (when it is not itself a root) up to, not including, a root
/// @param anchor the root that the certificate descends from, or is
/// @param roots all that are trusted
record SigningKey(
        PrivateKey key,
        X509Certificate certificate,
        List<X509Certificate> intermediates,
        X509Certificate anchor,
        List<X509Certificate> roots) {
    private static final int P384_BITS = 384;

    SigningKey {
        intermediates = List.copyOf(intermediates);
        roots = List.copyOf(roots);
    }

    /// The signature that goes with a key's strength.
    static String algorithm(PrivateKey key) {
        if (key instanceof ECPrivateKey elliptic) {
            boolean strong = elliptic.getParams().getCurve().getField().getFieldSize() >= P384_BITS;
            return strong ? "SHA384withECDSA" : "SHA256withECDSA";
        }
        return "SHA256withRSA";
    }

    @Override
    public String toString() {
        return "SigningKey[" + certificate.getSubjectX500Principal() + ", key redacted]";
    }
}
