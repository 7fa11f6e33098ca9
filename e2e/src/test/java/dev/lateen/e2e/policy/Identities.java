package dev.lateen.e2e.policy;

import dev.lateen.identity.Pem;
import dev.lateen.identity.SpiffeId;
import dev.lateen.identity.WorkloadKeys;
import dev.lateen.identity.ca.AuthoritySettings;
import dev.lateen.identity.ca.CertificateAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// Certificates of every identity that asks for one, all of one root.
///
/// Thread: any.
final class Identities {
    private static final Duration LIFETIME = Duration.ofHours(1);
    private static final char[] PASSWORD = "test".toCharArray();

    private final Path directory;
    private final CertificateAuthority authority;
    private final Map<String, SSLContext> contexts = new ConcurrentHashMap<>();

    Identities(Path directory) throws IOException {
        this.directory = directory;
        this.authority = CertificateAuthority.open(
                directory.resolve("authority"), AuthoritySettings.of("new.example"), InstantSource.system());
        KeyPair keys = WorkloadKeys.EC_P256.generate();
        Files.writeString(rootFile(), authority.rootsPem());
        Files.writeString(certificateFile(), Pem.encode(chain(keys, "new.example/ns/default/sa/shop")));
        Files.writeString(keyFile(), Pem.encode(keys.getPrivate()));
    }

    Path rootFile() {
        return directory.resolve("root.pem");
    }

    /// The server's.
    Path certificateFile() {
        return directory.resolve("server.pem");
    }

    Path keyFile() {
        return directory.resolve("server.key");
    }

    private List<X509Certificate> chain(KeyPair keys, String identity) {
        SpiffeId id = SpiffeId.parse("spiffe://" + identity).orElseThrow();
        return authority.issueServer(keys.getPublic(), List.of(), id, LIFETIME);
    }

    /// What a client presents.
    ///
    /// @param identity such as `td/ns/a/sa/b`; empty for a client without a certificate
    SSLContext client(Optional<String> identity) {
        return contexts.computeIfAbsent(identity.orElse(""), name -> {
            try {
                return context(name);
            } catch (GeneralSecurityException | IOException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private SSLContext context(String identity) throws GeneralSecurityException, IOException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("root", authority.roots().getFirst());
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(identity.isEmpty() ? new KeyManager[0] : keys(identity), trust.getTrustManagers(), null);
        return context;
    }

    private KeyManager[] keys(String identity) throws GeneralSecurityException, IOException {
        KeyPair keys = WorkloadKeys.EC_P256.generate();
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        own.setKeyEntry(
                "own", keys.getPrivate(), PASSWORD, chain(keys, identity).toArray(X509Certificate[]::new));
        KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
        factory.init(own, PASSWORD);
        return factory.getKeyManagers();
    }
}
