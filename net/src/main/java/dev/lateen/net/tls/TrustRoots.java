package dev.lateen.net.tls;

import java.security.cert.X509Certificate;
import java.util.List;

/// The certificates that a peer's chain must lead to.
public record TrustRoots(List<X509Certificate> certificates) {
    public TrustRoots {
        certificates = List.copyOf(certificates);
    }

    /// @throws TlsMaterialException where a certificate cannot be parsed or there is none
    public static TrustRoots ofPem(String pem) throws TlsMaterialException {
        List<X509Certificate> certificates = Pem.certificates(pem);
        if (certificates.isEmpty()) {
            throw new TlsMaterialException("the trust roots hold no PEM block CERTIFICATE");
        }
        return new TrustRoots(certificates);
    }
}
