package dev.lateen.control.trust;

import dev.lateen.control.fetch.WebFetcher;
import dev.lateen.identity.Pem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// Whom to believe at the other end when bundles are fetched by HTTPS. Thread: any.
public final class BundleServers {
    private static final int MOST_BYTES = 1 << 20;
    private static final String ACCEPTED = "application/json";

    private BundleServers() {}

    /// @param further authorities beside the JDK's
    ///
    /// Errors: `IOException` where they cannot be read.
    public static WebFetcher fetcher(Optional<Path> further) throws IOException {
        return further.isEmpty()
                ? new WebFetcher(ACCEPTED, MOST_BYTES)
                : new WebFetcher(ACCEPTED, MOST_BYTES, trusting(further.get()));
    }

    private static SSLContext trusting(Path file) throws IOException {
        try {
            KeyStore all = KeyStore.getInstance(KeyStore.getDefaultType());
            all.load(null, null);
            int index = 0;
            X509TrustManager standard = (X509TrustManager) trust(null).getTrustManagers()[0];
            for (X509Certificate one : standard.getAcceptedIssuers()) {
                all.setCertificateEntry("jdk-" + index++, one);
            }
            for (X509Certificate one : Pem.certificates(Files.readString(file))) {
                all.setCertificateEntry("own-" + index++, one);
            }
            SSLContext tls = SSLContext.getInstance("TLS");
            tls.init(null, trust(all).getTrustManagers(), null);
            return tls;
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException(file + ": cannot be used to verify servers of bundles: " + e.getMessage(), e);
        }
    }

    /// @param store null for the JDK's own
    private static TrustManagerFactory trust(@Nullable KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory;
    }
}
