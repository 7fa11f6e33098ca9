package dev.lateen.proxy.tls;

import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// Who a TLS peer is: the URI name of its certificate (its SPIFFE id, in a mesh).
///
/// Thread: any.
public final class PeerIdentity {
    private static final int DNS = 2;
    private static final int URI = 6;

    private PeerIdentity() {}

    /// The peer's first URI name, or null where it showed no certificate or one without.
    public static @Nullable String uriOfPeer(SSLSession session) {
        X509Certificate certificate = certificateOfPeer(session);
        return certificate == null ? null : uriOf(certificate);
    }

    /// Whether the peer's certificate has not ended; what a resumed session says was verified earlier.
    public static boolean inForce(SSLSession session, Instant now) {
        X509Certificate certificate = certificateOfPeer(session);
        return certificate == null || now.isBefore(certificate.getNotAfter().toInstant());
    }

    /// The URI name of the certificate that we showed, or null.
    public static @Nullable String uriOfLocal(SSLSession session) {
        Certificate[] local = session.getLocalCertificates();
        return local != null && local.length > 0 && local[0] instanceof X509Certificate certificate
                ? uriOf(certificate)
                : null;
    }

    public static @Nullable X509Certificate certificateOfPeer(SSLSession session) {
        try {
            Certificate[] chain = session.getPeerCertificates();
            return chain.length > 0 && chain[0] instanceof X509Certificate certificate ? certificate : null;
        } catch (SSLPeerUnverifiedException _) {
            return null;
        }
    }

    public static @Nullable String uriOf(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            if (names == null) {
                return null;
            }
            for (List<?> name : names) {
                if (name.get(0) instanceof Integer tag && tag == URI) {
                    return (String) name.get(1);
                }
            }
            return null;
        } catch (CertificateParsingException _) {
            return null;
        }
    }

    /// What policies may call this peer by: its URI names, its DNS names, its subject, in this order.
    public static List<String> namesOf(X509Certificate certificate) {
        List<String> uris = new ArrayList<>(2);
        List<String> hosts = new ArrayList<>(2);
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            for (List<?> name : names == null ? List.<List<?>>of() : names) {
                if (name.get(0) instanceof Integer tag && name.get(1) instanceof String text) {
                    if (tag == URI) {
                        uris.add(text);
                    } else if (tag == DNS) {
                        hosts.add(text);
                    }
                }
            }
        } catch (CertificateParsingException _) {
            return List.of();
        }
        uris.addAll(hosts);
        uris.add(certificate.getSubjectX500Principal().getName());
        return List.copyOf(uris);
    }
}
