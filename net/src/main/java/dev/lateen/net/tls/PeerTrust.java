package dev.lateen.net.tls;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// Checks a chain against the roots (PKIX), then asks the verifier. Without roots only the verifier is asked.
///
/// Thread: event loop of the connection.
final class PeerTrust extends X509ExtendedTrustManager {
    private final @Nullable X509TrustManager pkix;
    private final TrustRoots roots;
    private final PeerVerifier verifier;

    PeerTrust(TrustRoots roots, PeerVerifier verifier) throws TlsMaterialException {
        this.roots = roots;
        this.verifier = verifier;
        this.pkix = roots.certificates().isEmpty() ? null : pkix(roots);
    }

    private static X509TrustManager pkix(TrustRoots roots) throws TlsMaterialException {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (int index = 0; index < roots.certificates().size(); index++) {
                store.setCertificateEntry("root" + index, roots.certificates().get(index));
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509TrustManager x509) {
                    return x509;
                }
            }
            throw new TlsMaterialException("this JDK has no PKIX trust manager");
        } catch (GeneralSecurityException | java.io.IOException e) {
            throw new TlsMaterialException("the trust roots cannot be used: " + e.getMessage(), e);
        }
    }

    private void verify(X509Certificate[] chain) throws CertificateException {
        Optional<String> refusal = verifier.refusal(chain[0]);
        if (refusal.isPresent()) {
            throw new CertificateException(refusal.get());
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        if (pkix != null) {
            pkix.checkClientTrusted(chain, authType);
        }
        verify(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        if (pkix != null) {
            pkix.checkServerTrusted(chain, authType);
        }
        verify(chain);
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
    public X509Certificate[] getAcceptedIssuers() {
        return roots.certificates().toArray(X509Certificate[]::new);
    }
}
