package dev.lateen.net.tls;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/// A certificate chain, leaf first, and its private key.
public record TlsIdentity(List<X509Certificate> chain, PrivateKey key) {
    public TlsIdentity {
        chain = List.copyOf(chain);
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("an identity needs a certificate");
        }
    }

    /// Reads PEM: certificates, and a key in PKCS#8, PKCS#1 (RSA) or SEC 1 (EC) form, unencrypted.
    ///
    /// @throws TlsMaterialException naming what cannot be read, never showing it
    public static TlsIdentity ofPem(String chain, String key) throws TlsMaterialException {
        List<X509Certificate> certificates = Pem.certificates(chain);
        if (certificates.isEmpty()) {
            throw new TlsMaterialException("the certificate chain holds no PEM block CERTIFICATE");
        }
        PrivateKey parsed = Pem.privateKey(key);
        String expected = certificates.getFirst().getPublicKey().getAlgorithm();
        if (!expected.equals(parsed.getAlgorithm())) {
            throw new TlsMaterialException(
                    "the private key is " + parsed.getAlgorithm() + " but the certificate is for " + expected);
        }
        return new TlsIdentity(certificates, parsed);
    }

    @Override
    public String toString() {
        return "TlsIdentity[" + chain.getFirst().getSubjectX500Principal() + ", serial "
                + chain.getFirst().getSerialNumber().toString(16) + ", key redacted]";
    }
}
