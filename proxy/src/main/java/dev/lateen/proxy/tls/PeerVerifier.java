package dev.lateen.proxy.tls;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// Verifies a peer's chain against the roots, then its names and hashes. Host names are not compared with the address
/// that was dialled: in a mesh the SAN matchers say who is expected.
///
/// Source: envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext. Thread: any.
final class PeerVerifier extends X509ExtendedTrustManager {
    private final ValidationConfig config;
    private final @Nullable X509ExtendedTrustManager chains;

    PeerVerifier(ValidationConfig config) throws GeneralSecurityException {
        this.config = config;
        this.chains = config.roots().isEmpty() ? null : chainVerifier(config.roots());
    }

    private static X509ExtendedTrustManager chainVerifier(List<X509Certificate> roots) throws GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try {
            store.load(null, null);
        } catch (java.io.IOException e) {
            throw new GeneralSecurityException(e);
        }
        for (int index = 0; index < roots.size(); index++) {
            store.setCertificateEntry("root" + index, roots.get(index));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        if (chains != null && !config.acceptUntrusted()) {
            chains.checkClientTrusted(chain, authType);
        }
        checkLeaf(chain[0]);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        if (chains != null && !config.acceptUntrusted()) {
            chains.checkServerTrusted(chain, authType);
        }
        checkLeaf(chain[0]);
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
        return config.roots().toArray(X509Certificate[]::new);
    }

    private void checkLeaf(X509Certificate leaf) throws CertificateException {
        if (!config.sans().isEmpty() && !anyNameMatches(leaf)) {
            throw new CertificateException("no subject alternative name of the peer is among those expected: "
                    + leaf.getSubjectAlternativeNames());
        }
        if (config.certificateHashes().isEmpty() && config.spkiHashes().isEmpty()) {
            return;
        }
        // Either list may vouch for the peer when both are given.
        if (!config.certificateHashes().contains(HexFormat.of().formatHex(sha256(leaf.getEncoded())))
                && !config.spkiHashes()
                        .contains(Base64.getEncoder()
                                .encodeToString(sha256(leaf.getPublicKey().getEncoded())))) {
            throw new CertificateException("the peer's certificate or key is not among the pinned ones");
        }
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
