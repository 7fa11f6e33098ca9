package dev.lateen.proxy.tls;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;

/// Whether a private key belongs to a certificate, found by signing and verifying a text.
final class KeyMatch {
    private static final byte[] TEXT = "lateen".getBytes(StandardCharsets.US_ASCII);

    private KeyMatch() {}

    static boolean matches(CertificateConfig certificate) {
        PrivateKey key = certificate.key();
        String algorithm = switch (key.getAlgorithm()) {
            case "EC" -> "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            default -> "EdDSA";
        };
        try {
            Signature signer = Signature.getInstance(algorithm);
            signer.initSign(key);
            signer.update(TEXT);
            byte[] signature = signer.sign();
            signer.initVerify(certificate.leaf().getPublicKey());
            signer.update(TEXT);
            return signer.verify(signature);
        } catch (GeneralSecurityException _) {
            return false;
        }
    }
}
