package dev.lateen.proxy.stream;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/// Certificates and TLS sessions as logs, expressions and headers show them.
///
/// Source: Envoy documentation, "Command operators" and "Attributes". Thread: any.
public final class CertificateTexts {
    /// Kinds of alternative names (RFC 5280 §4.2.1.6).
    public static final int EMAIL = 1;

    public static final int DNS = 2;
    public static final int URI = 6;
    public static final int IP = 7;

    private CertificateTexts() {}

    /// What the other side of a session has shown, or null.
    public static @Nullable X509Certificate peer(@Nullable SSLSession session) {
        try {
            return session == null ? null : first(session.getPeerCertificates());
        } catch (SSLPeerUnverifiedException _) {
            return null;
        }
    }

    /// What this side of a session has shown, or null; also null where the session was resumed.
    public static @Nullable X509Certificate local(@Nullable SSLSession session) {
        return session == null ? null : first(session.getLocalCertificates());
    }

    private static @Nullable X509Certificate first(Certificate @Nullable [] chain) {
        return chain != null && chain.length > 0 && chain[0] instanceof X509Certificate certificate
                ? certificate
                : null;
    }

    public static String subject(X509Certificate certificate) {
        return text(certificate.getSubjectX500Principal());
    }

    public static String issuer(X509Certificate certificate) {
        return text(certificate.getIssuerX500Principal());
    }

    private static String text(X500Principal name) {
        return name.getName(X500Principal.RFC2253);
    }

    /// In hexadecimal digits, whole octets.
    public static String serial(X509Certificate certificate) {
        String digits = certificate.getSerialNumber().toString(16);
        return digits.length() % 2 == 0 ? digits : "0" + digits;
    }

    /// In hexadecimal digits.
    ///
    /// @param algorithm such as `SHA-256`
    public static @Nullable String fingerprint(X509Certificate certificate, String algorithm) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(certificate.getEncoded()));
        } catch (NoSuchAlgorithmException | CertificateEncodingException _) {
            return null;
        }
    }

    /// The alternative names of a kind, in order.
    public static List<String> names(X509Certificate certificate, int kind) {
        List<String> found = new ArrayList<>();
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            if (names != null) {
                for (List<?> name : names) {
                    if (name.get(0).equals(kind)) {
                        found.add(String.valueOf(name.get(1)));
                    }
                }
            }
        } catch (CertificateParsingException _) {
            return List.of();
        }
        return found;
    }

    /// Percent-encoded, for a header or a log line.
    public static String pem(X509Certificate certificate) {
        try {
            String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded());
            String text = "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n";
            return URLEncoder.encode(text, StandardCharsets.US_ASCII).replace("+", "%20");
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("a parsed certificate has its bytes", e);
        }
    }

    /// As OpenSSL calls it: `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256` is `ECDHE-RSA-AES128-GCM-SHA256` there; suites of
    /// TLS 1.3 have one name.
    public static String cipher(SSLSession session) {
        String suite = session.getCipherSuite();
        int with = suite.indexOf("_WITH_");
        if (with < 0) {
            return suite;
        }
        String cipher = suite.substring(with + "_WITH_".length())
                .replace("AES_", "AES")
                .replace("CHACHA20_POLY1305_SHA256", "CHACHA20_POLY1305");
        return (suite.substring("TLS_".length(), with) + "-" + cipher).replace('_', '-');
    }
}
