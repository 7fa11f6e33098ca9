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

/// Who a TLS peer is, by the certificate that it showed: its URI name (its SPIFFE id, in a mesh) and what policies may
/// call it by. Says nothing of whether the certificate is trusted: that was decided in the handshake, or in the one of
/// the session that was resumed.
///
/// Thread: any (immutable).
public final class PeerIdentity {
    private static final int DNS = 2;
    private static final int URI = 6;

    private final X509Certificate certificate;
    private final @Nullable String uri;
    private final List<String> names;
    private final Instant end;

    PeerIdentity(X509Certificate certificate) {
        this.certificate = certificate;
        this.uri = uriOf(certificate);
        this.names = namesOf(certificate);
        this.end = certificate.getNotAfter().toInstant();
    }

    /// The peer at the other end, or null where it showed no certificate.
    public static @Nullable PeerIdentity of(SSLSession session) {
        try {
            Certificate[] chain = session.getPeerCertificates();
            return chain.length > 0 && chain[0] instanceof X509Certificate certificate
                    ? PeerIdentities.identity(certificate)
                    : null;
        } catch (SSLPeerUnverifiedException _) {
            return null;
        }
    }

    /// The peer's first URI name, or null where it showed no certificate or one without.
    public static @Nullable String uriOfPeer(SSLSession session) {
        PeerIdentity peer = of(session);
        return peer == null ? null : peer.uri;
    }

    /// The URI name of the certificate that we showed, or null: a client's session that was resumed has none, see
    /// `OwnIdentity`.
    public static @Nullable String uriOfLocal(SSLSession session) {
        Certificate[] local = session.getLocalCertificates();
        return local != null && local.length > 0 && local[0] instanceof X509Certificate certificate
                ? uriOf(certificate)
                : null;
    }

    public X509Certificate certificate() {
        return certificate;
    }

    /// The first URI name, or null.
    public @Nullable String uri() {
        return uri;
    }

    /// What policies may call this peer by: its URI names, its DNS names, its subject, in this order.
    public List<String> names() {
        return names;
    }

    /// Whether the certificate has not ended; what a resumed session says was verified earlier.
    public boolean inForce(Instant now) {
        return now.isBefore(end);
    }

    static @Nullable String uriOf(X509Certificate certificate) {
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

    private static List<String> namesOf(X509Certificate certificate) {
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
