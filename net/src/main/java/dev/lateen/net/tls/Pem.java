package dev.lateen.net.tls;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// Reads PEM (RFC 7468). Keys in the older PKCS#1 and SEC 1 forms are wrapped into PKCS#8, the form the JDK reads.
final class Pem {
    // AlgorithmIdentifier { rsaEncryption, NULL }
    private static final byte[] RSA_ALGORITHM = {
        0x30, 0x0d, 0x06, 0x09, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00
    };
    // OBJECT IDENTIFIER id-ecPublicKey
    private static final byte[] EC_OID = {0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x02, 0x01};
    private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};
    private static final List<String> ALGORITHMS = List.of("EC", "RSA", "Ed25519");

    private Pem() {}

    // Private and short-lived: nobody compares or keeps one.
    @SuppressWarnings("ArrayRecordComponent")
    private record Block(String label, byte[] der) {}

    static List<X509Certificate> certificates(String pem) throws TlsMaterialException {
        List<X509Certificate> certificates = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (Block block : blocks(pem)) {
                if (block.label.equals("CERTIFICATE")) {
                    certificates.add(
                            (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.der)));
                }
            }
        } catch (CertificateException e) {
            throw new TlsMaterialException(
                    "certificate " + (certificates.size() + 1) + " cannot be parsed: " + e.getMessage(), e);
        }
        return certificates;
    }

    static PrivateKey privateKey(String pem) throws TlsMaterialException {
        for (Block block : blocks(pem)) {
            switch (block.label) {
                case "PRIVATE KEY" -> {
                    return decode(block.der);
                }
                case "RSA PRIVATE KEY" -> {
                    return decode(pkcs8(RSA_ALGORITHM, block.der));
                }
                case "EC PRIVATE KEY" -> {
                    return decode(pkcs8(sequence(concat(EC_OID, curveOf(block.der))), block.der));
                }
                case "ENCRYPTED PRIVATE KEY" ->
                    throw new TlsMaterialException("the private key is encrypted; store it unencrypted");
                default -> {
                    // Such as EC PARAMETERS, which openssl writes before the key.
                }
            }
        }
        throw new TlsMaterialException("no PEM block PRIVATE KEY, RSA PRIVATE KEY or EC PRIVATE KEY found");
    }

    private static List<Block> blocks(String pem) throws TlsMaterialException {
        List<Block> blocks = new ArrayList<>();
        int from = pem.indexOf("-----BEGIN ");
        while (from >= 0) {
            int labelEnd = pem.indexOf("-----", from + 11);
            if (labelEnd < 0) {
                throw new TlsMaterialException("a PEM block has a broken first line");
            }
            String label = pem.substring(from + 11, labelEnd);
            int end = pem.indexOf("-----END " + label + "-----", labelEnd + 5);
            if (end < 0) {
                throw new TlsMaterialException("the PEM block " + label + " has no end");
            }
            try {
                blocks.add(new Block(label, Base64.getMimeDecoder().decode(pem.substring(labelEnd + 5, end))));
            } catch (IllegalArgumentException _) {
                throw new TlsMaterialException("the PEM block " + label + " is not base64");
            }
            from = pem.indexOf("-----BEGIN ", end);
        }
        return blocks;
    }

    private static PrivateKey decode(byte[] pkcs8) throws TlsMaterialException {
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (GeneralSecurityException _) {
                // Not of this algorithm; the next one may fit.
            }
        }
        throw new TlsMaterialException("the private key is malformed, or neither EC, RSA nor Ed25519");
    }

    private static byte[] pkcs8(byte[] algorithm, byte[] key) {
        return sequence(concat(VERSION_0, algorithm, tagged(0x04, key)));
    }

    // ECPrivateKey ::= SEQUENCE { version, privateKey OCTET STRING, parameters [0] curve OID, publicKey [1] }
    private static byte[] curveOf(byte[] der) throws TlsMaterialException {
        try {
            int at = contentStart(der, 0);
            at = contentStart(der, at) + length(der, at);
            at = contentStart(der, at) + length(der, at);
            if (der[at] != (byte) 0xa0) {
                throw new TlsMaterialException("the EC private key does not name its curve; convert it to PKCS#8");
            }
            int start = contentStart(der, at);
            int length = length(der, at);
            if (length < 0 || length > der.length - start) {
                throw new TlsMaterialException("the EC private key is cut short");
            }
            return java.util.Arrays.copyOfRange(der, start, start + length);
        } catch (IndexOutOfBoundsException e) {
            throw new TlsMaterialException("the EC private key is cut short", e);
        }
    }

    private static int contentStart(byte[] der, int at) {
        int first = der[at + 1] & 0xff;
        return at + 2 + (first < 0x80 ? 0 : first & 0x7f);
    }

    private static int length(byte[] der, int at) {
        int first = der[at + 1] & 0xff;
        if (first < 0x80) {
            return first;
        }
        int length = 0;
        for (int index = 0; index < (first & 0x7f); index++) {
            length = length << 8 | (der[at + 2 + index] & 0xff);
        }
        return length;
    }

    private static byte[] sequence(byte[] content) {
        return tagged(0x30, content);
    }

    private static byte[] tagged(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(content.length + 5);
        out.write(tag);
        if (content.length < 0x80) {
            out.write(content.length);
        } else if (content.length < 0x100) {
            out.write(0x81);
            out.write(content.length);
        } else {
            out.write(0x82);
            out.write(content.length >> 8);
            out.write(content.length);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
