package dev.lateen.proxy.http;

import dev.lateen.proxy.http.HttpConnectionManagerConfig.ClientCertificate;
import dev.lateen.proxy.stream.CertificateTexts;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes the element of `x-forwarded-client-cert` that tells of a client's certificate.
///
/// Source: Envoy's description of the header. Thread: any.
final class ForwardedCertificate {
    private static final int DNS = 2;
    private static final int URI = 6;

    private ForwardedCertificate() {}

    /// @param localUri of the certificate that we showed, for `By`
    static String element(X509Certificate certificate, @Nullable String localUri, ClientCertificate.Shown shown) {
        StringBuilder out = new StringBuilder();
        if (localUri != null) {
            out.append("By=").append(localUri).append(';');
        }
        out.append("Hash=").append(sha256(certificate));
        if (shown.cert()) {
            out.append(";Cert=\"").append(CertificateTexts.pem(certificate)).append('"');
        }
        if (shown.subject()) {
            out.append(";Subject=\"")
                    .append(certificate.getSubjectX500Principal().getName().replace("\"", "\\\""))
                    .append('"');
        }
        if (shown.uri()) {
            append(out, ";URI=", certificate, URI);
        }
        if (shown.dns()) {
            append(out, ";DNS=", certificate, DNS);
        }
        return out.toString();
    }

    private static void append(StringBuilder out, String key, X509Certificate certificate, int kind) {
        boolean any = false;
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            if (names != null) {
                for (List<?> name : names) {
                    if (name.get(0) instanceof Integer tag && tag == kind) {
                        out.append(key).append(name.get(1));
                        any = true;
                    }
                }
            }
        } catch (CertificateParsingException _) {
            any = false;
        }
        if (!any && kind == URI) {
            out.append(key);
        }
    }

    private static String sha256(X509Certificate certificate) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
        } catch (NoSuchAlgorithmException | CertificateEncodingException e) {
            throw new IllegalStateException("every JVM has SHA-256, and a parsed certificate its bytes", e);
        }
    }
}
