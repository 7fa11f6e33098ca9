package dev.lateen.proxy.cluster;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// Whether a peer's certificate is for a host name (RFC 9525): its DNS names, with `*` for the whole leftmost label.
public final class CertificateNames {
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    private CertificateNames() {}

    static boolean match(SSLSession session, @Nullable String wanted) {
        if (wanted == null || wanted.isEmpty()) {
            return false;
        }
        try {
            if (!(session.getPeerCertificates()[0] instanceof X509Certificate certificate)) {
                return false;
            }
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names != null && names.stream().anyMatch(name -> matches(name, wanted));
        } catch (SSLPeerUnverifiedException | CertificateParsingException _) {
            return false;
        }
    }

    private static boolean matches(List<?> name, String wanted) {
        int kind = name.get(0) instanceof Integer type ? type : -1;
        if (!(name.get(1) instanceof String value)) {
            return false;
        }
        return switch (kind) {
            case DNS_NAME -> matches(value.toLowerCase(Locale.ROOT), wanted.toLowerCase(Locale.ROOT));
            case IP_ADDRESS -> value.equals(wanted);
            default -> false;
        };
    }

    /// Both in lower case.
    public static boolean matches(String pattern, String name) {
        if (!pattern.startsWith("*.")) {
            return pattern.equals(name);
        }
        int dot = name.indexOf('.');
        return dot > 0 && name.substring(dot).equals(pattern.substring(1));
    }
}
