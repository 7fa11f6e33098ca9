package dev.lateen.proxy.tls;

import dev.lateen.proxy.config.Place;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// Reads certificates and private keys in PEM (RFC 7468): PKCS#8, PKCS#1 (RSA) and SEC 1 (EC) keys. Texts around the
/// blocks and other blocks (EC PARAMETERS) are skipped.
final class Pem {
    private static final String BEGIN = "-----BEGIN ";
    private static final String DASHES = "-----";
    private static final String CERTIFICATE = "CERTIFICATE";
    private static final String REVOCATIONS = "X509 CRL";
    private static final List<String> KEY_ALGORITHMS = List.of("EC", "RSA", "EdDSA");

    private Pem() {}

    static List<X509Certificate> certificates(byte[] pem, Place at) {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Block block : blocks(pem, at)) {
            if (block.label.equals(CERTIFICATE)) {
                certificates.add(certificate(block.der, at));
            }
        }
        at.require(!certificates.isEmpty(), "holds no certificate (expected: PEM with BEGIN CERTIFICATE)");
        return certificates;
    }

    private static X509Certificate certificate(byte[] der, Place at) {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
        } catch (CertificateException e) {
            throw at.refuse("holds a certificate that cannot be parsed: " + e.getMessage());
        }
    }

    /// Lists of revoked certificates, at least one.
    static List<X509CRL> revocations(byte[] pem, Place at) {
        List<X509CRL> lists = anyRevocations(pem, at);
        at.require(!lists.isEmpty(), "holds no revocation list (expected: PEM with BEGIN X509 CRL)");
        return lists;
    }

    /// Lists of revoked certificates that may stand beside others.
    static List<X509CRL> anyRevocations(byte[] pem, Place at) {
        List<X509CRL> lists = new ArrayList<>();
        for (Block block : blocks(pem, at)) {
            if (block.label.equals(REVOCATIONS)) {
                try {
                    lists.add((X509CRL)
                            CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(block.der)));
                } catch (CertificateException | CRLException e) {
                    throw at.refuse("holds a revocation list that cannot be parsed: " + e.getMessage());
                }
            }
        }
        return lists;
    }

    /// Error texts never hold a part of the key.
    static PrivateKey key(byte[] pem, Place at) {
        for (Block block : blocks(pem, at)) {
            switch (block.label) {
                case "PRIVATE KEY" -> {
                    return pkcs8(block.der, at);
                }
                case "RSA PRIVATE KEY" -> {
                    return pkcs8(Pkcs8.ofRsa(block.der), at);
                }
                case "EC PRIVATE KEY" -> {
                    return pkcs8(
                            Pkcs8.ofEc(block.der).orElseThrow(() -> at.refuse("holds an EC key without a curve")), at);
                }
                case "ENCRYPTED PRIVATE KEY" -> throw at.refuse("is encrypted; passwords are not supported");
                default -> {}
            }
        }
        throw at.refuse("holds no private key (expected: PEM with BEGIN PRIVATE KEY)");
    }

    private static PrivateKey pkcs8(byte[] der, Place at) {
        PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(der);
        for (String algorithm : KEY_ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(spec);
            } catch (GeneralSecurityException _) {
                // Not of this algorithm; the next one may fit.
            }
        }
        throw at.refuse("holds a private key that cannot be read (expected: EC, RSA or Ed25519)");
    }

    private static final class Block {
        final String label;
        final byte[] der;

        Block(String label, byte[] der) {
            this.label = label;
            this.der = der;
        }
    }

    private static List<Block> blocks(byte[] pem, Place at) {
        String text = new String(pem, StandardCharsets.ISO_8859_1);
        List<Block> blocks = new ArrayList<>();
        int from = text.indexOf(BEGIN);
        while (from >= 0) {
            int labelEnd = text.indexOf(DASHES, from + BEGIN.length());
            at.require(labelEnd > 0, "is no valid PEM: a BEGIN line does not end");
            String label = text.substring(from + BEGIN.length(), labelEnd);
            String endLine = "-----END " + label + DASHES;
            int end = text.indexOf(endLine, labelEnd + DASHES.length());
            at.require(end > 0, "is no valid PEM: no END line for " + label);
            try {
                blocks.add(new Block(
                        label, Base64.getMimeDecoder().decode(text.substring(labelEnd + DASHES.length(), end))));
            } catch (IllegalArgumentException _) {
                throw at.refuse("is no valid PEM: the content of " + label + " is no Base64");
            }
            from = text.indexOf(BEGIN, end);
        }
        return blocks;
    }
}
