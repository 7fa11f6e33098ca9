package dev.lateen.identity;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// Reads and writes PEM text.
///
/// Errors: text that is not what was asked for is an `IllegalArgumentException` that never quotes the content.
///
/// Limits: 1 MiB of text.
///
/// Thread: any.
///
/// Source: RFC 7468.
public final class Pem {
    public static final String CERTIFICATE = "CERTIFICATE";
    public static final String CERTIFICATE_REQUEST = "CERTIFICATE REQUEST";
    public static final String PRIVATE_KEY = "PRIVATE KEY";

    private static final int MAX_LENGTH = 1 << 20;
    private static final int LINE = 64;
    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";
    private static final String DASHES = "-----";
    /// Tried in turn, since PKCS#8 text does not name its algorithm where we could read it cheaply.
    private static final List<String> KEY_ALGORITHMS = List.of("EC", "RSA");

    private Pem() {}

    /// One encapsulated object.
    public static final class Block {
        private final String label;
        private final byte[] der;

        private Block(String label, byte[] der) {
            this.label = label;
            this.der = der;
        }

        /// The words between the dashes, such as `CERTIFICATE`.
        public String label() {
            return label;
        }

        public byte[] der() {
            return der.clone();
        }

        @Override
        public String toString() {
            return "Block[" + label + ", " + der.length + " bytes]";
        }
    }

    public static String encode(String label, byte[] der) {
        Base64.Encoder encoder = Base64.getMimeEncoder(LINE, new byte[] {'\n'});
        return BEGIN + label + DASHES + "\n" + encoder.encodeToString(der) + "\n" + END + label + DASHES + "\n";
    }

    public static String encode(List<X509Certificate> certificates) {
        StringBuilder text = new StringBuilder();
        for (X509Certificate certificate : certificates) {
            text.append(encode(certificate));
        }
        return text.toString();
    }

    public static String encode(X509Certificate certificate) {
        try {
            return encode(CERTIFICATE, certificate.getEncoded());
        } catch (CertificateException e) {
            throw new IllegalArgumentException("the certificate has no encoding", e);
        }
    }

    /// As PKCS#8, unencrypted.
    public static String encode(PrivateKey key) {
        return encode(PRIVATE_KEY, key.getEncoded());
    }

    /// All objects of the text in order; words around them are skipped.
    public static List<Block> decode(String text) {
        if (text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "PEM: " + text.length() + " characters (expected: <= " + MAX_LENGTH + ")");
        }
        List<Block> blocks = new ArrayList<>();
        int from = 0;
        while (true) {
            int begin = text.indexOf(BEGIN, from);
            if (begin < 0) {
                return List.copyOf(blocks);
            }
            int labelEnd = text.indexOf(DASHES, begin + BEGIN.length());
            String label = labelEnd < 0 ? "" : text.substring(begin + BEGIN.length(), labelEnd);
            String closing = END + label + DASHES;
            int end = labelEnd < 0 ? -1 : text.indexOf(closing, labelEnd + DASHES.length());
            if (end < 0) {
                throw new IllegalArgumentException("PEM: a BEGIN line without its END line");
            }
            blocks.add(new Block(label, base64(label, text.substring(labelEnd + DASHES.length(), end))));
            from = end + closing.length();
        }
    }

    /// The certificates of the text, of which there must be at least one.
    public static List<X509Certificate> certificates(String text) {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Block block : decode(text)) {
            if (block.label().equals(CERTIFICATE)) {
                certificates.add(certificate(block.der()));
            }
        }
        if (certificates.isEmpty()) {
            throw new IllegalArgumentException("PEM: no CERTIFICATE block");
        }
        return List.copyOf(certificates);
    }

    public static X509Certificate certificate(byte[] der) {
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der));
        } catch (CertificateException e) {
            throw new IllegalArgumentException("a CERTIFICATE block that is no X.509 certificate", e);
        }
    }

    /// The first private key of the text, in PKCS#8 (EC or RSA).
    public static PrivateKey privateKey(String text) {
        for (Block block : decode(text)) {
            if (block.label().equals(PRIVATE_KEY)) {
                return privateKey(block.der());
            }
            if (block.label().endsWith(PRIVATE_KEY)) {
                throw new IllegalArgumentException("PEM: a key of form \"" + block.label()
                        + "\" (expected: PKCS#8, \"PRIVATE KEY\"; `openssl pkcs8 -topk8 -nocrypt` converts it)");
            }
        }
        throw new IllegalArgumentException("PEM: no PRIVATE KEY block");
    }

    private static PrivateKey privateKey(byte[] der) {
        PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(der);
        for (String algorithm : KEY_ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(spec);
            } catch (InvalidKeySpecException _) {
                // The next algorithm may read it.
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("every JDK has " + algorithm, e);
            }
        }
        throw new IllegalArgumentException("PEM: a private key that is neither EC nor RSA");
    }

    private static byte[] base64(String label, String body) {
        try {
            return Base64.getDecoder().decode(body.replaceAll("\\s", "").getBytes(StandardCharsets.US_ASCII));
        } catch (IllegalArgumentException _) {
            throw new IllegalArgumentException("PEM: the " + label + " block is not base64");
        }
    }
}
