package dev.lateen.proxy.tls;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/// Verifies a peer's chain against the authorities, then its names and hashes. Host names are not compared with the
/// address that was dialled: in a mesh the SAN matchers say who is expected.
///
/// Source: envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext. Thread: any.
final class PeerVerifier extends X509ExtendedTrustManager {
    private final ValidationConfig config;
    private final Authorities authorities;
    private final InstantSource clock;
    private final VerifiedPeers verified = new VerifiedPeers();

    PeerVerifier(ValidationConfig config, InstantSource clock) {
        this.config = config;
        this.authorities = Authorities.of(config);
        this.clock = clock;
    }

    /// Errors: `PeerRefusal`.
    private void check(X509Certificate[] chain, ChainVerifier.Role role) throws CertificateException {
        Instant now = clock.instant();
        VerifiedPeers.Key key = VerifiedPeers.Key.of(chain, role);
        if (verified.knows(key, now)) {
            return;
        }
        Instant end = config.acceptUntrusted() ? Instant.MAX : authorities.verify(chain, role, now);
        checkLeaf(chain[0]);
        if (!config.looksAtLists()) { // Lists end too, and are looked at each time.
            verified.add(key, end);
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        check(chain, ChainVerifier.Role.CLIENT);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        check(chain, ChainVerifier.Role.SERVER);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return config.allRoots().toArray(X509Certificate[]::new);
    }

    private void checkLeaf(X509Certificate leaf) throws CertificateException {
        if (!config.sans().isEmpty() && !anyNameMatches(leaf)) {
            throw new PeerRefusal(PeerRefusal.Kind.NAME, "SAN matcher, certificate SANs are " + names(leaf));
        }
        if (config.certificateHashes().isEmpty() && config.spkiHashes().isEmpty()) {
            return;
        }
        // Either list may vouch for the peer when both are given.
        if (!config.certificateHashes().contains(HexFormat.of().formatHex(sha256(leaf.getEncoded())))
                && !config.spkiHashes()
                        .contains(Base64.getEncoder()
                                .encodeToString(sha256(leaf.getPublicKey().getEncoded())))) {
            throw new PeerRefusal(
                    PeerRefusal.Kind.PIN, "cert hash and spki: the peer's certificate and key are not pinned ones");
        }
    }

    private static List<Object> names(X509Certificate leaf) throws CertificateException {
        Collection<List<?>> names = leaf.getSubjectAlternativeNames();
        return names == null
                ? List.of()
                : names.stream().<Object>map(name -> name.get(1)).toList();
    }

    private boolean anyNameMatches(X509Certificate leaf) throws CertificateException {
        Collection<List<?>> names = leaf.getSubjectAlternativeNames();
        if (names == null) {
            return false;
        }
        for (List<?> name : names) {
            int tag = (Integer) name.get(0);
            if (!(name.get(1) instanceof String value)) {
                continue;
            }
            for (SanMatcher matcher : config.sans()) {
                if (matcher.matches(tag, value)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
