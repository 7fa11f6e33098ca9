package dev.lateen.control.identity;

import dev.lateen.identity.SpiffeId;
import dev.lateen.identity.WorkloadKeys;
import dev.lateen.identity.ca.CertificateAuthority;
import dev.lateen.identity.ca.RevocationFile;
import dev.lateen.xds.server.GrpcListener.Tls;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CertificateException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// The control plane's own certificate, from its own authority; a new one replaces it without a restart.
///
/// Thread: any.
public final class ServerIdentity {
    private static final String ALIAS_EC = "istiod";

    private final CertificateAuthority authority;
    private final List<String> names;
    private final SpiffeId id;
    private final Duration lifetime;
    private volatile Current current;
    private final Supplier<List<X509Certificate>> foreignRoots;
    private volatile Trusted trusted;

    private record Current(PrivateKey key, List<X509Certificate> chain) {}

    /// @param foreign roots that it was made of, beside our own
    private record Trusted(List<X509Certificate> foreign, X509ExtendedTrustManager manager) {}

    /// @param foreignRoots of workloads whose certificates another authority signs; the same list while nothing changes
    /// @param names by which proxies call the control plane
    ///
    /// Errors: `IOException` where the authority's roots cannot be used.
    public ServerIdentity(
            CertificateAuthority authority,
            Supplier<List<X509Certificate>> foreignRoots,
            List<String> names,
            SpiffeId id,
            Duration lifetime)
            throws IOException {
        this.authority = authority;
        this.names = List.copyOf(names);
        this.id = id;
        this.lifetime = lifetime;
        this.current = issue();
        this.foreignRoots = foreignRoots;
        this.trusted = trust();
    }

    /// Replaces the certificate; handshakes from now on show the new one.
    public void rotate() {
        current = issue();
    }

    /// The authority signs with another key or trusts others: handshakes from now on go by that.
    public void follow() throws IOException {
        trusted = trust();
        rotate();
    }

    public Instant expiry() {
        return current.chain().getFirst().getNotAfter().toInstant();
    }

    /// How long to wait before `rotate`: half of the lifetime.
    public Duration rotateEvery() {
        return lifetime.dividedBy(2);
    }

    public Tls tls() {
        return new Tls(new Keys(), new Trust());
    }

    private Current issue() {
        KeyPair keys = WorkloadKeys.EC_P256.generate();
        return new Current(keys.getPrivate(), authority.issueServer(keys.getPublic(), names, id, lifetime));
    }

    private Trusted trust() throws IOException {
        try {
            KeyStore roots = KeyStore.getInstance(KeyStore.getDefaultType());
            roots.load(null, null);
            int index = 0;
            List<X509Certificate> foreign = foreignRoots.get();
            for (X509Certificate root : authority.roots()) {
                roots.setCertificateEntry("root-" + index++, root);
            }
            for (X509Certificate root : foreign) {
                roots.setCertificateEntry("root-" + index++, root);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            String revocations = authority.revocations();
            if (revocations.isEmpty()) {
                factory.init(roots);
            } else {
                factory.init(new CertPathTrustManagerParameters(revoking(roots, revocations)));
            }
            return new Trusted(foreign, (X509ExtendedTrustManager) factory.getTrustManagers()[0]);
        } catch (GeneralSecurityException e) {
            throw new IOException("the authority's roots cannot be used: " + e.getMessage(), e);
        }
    }

    /// Lists and nothing else say who is refused: nobody is asked over the network.
    private static PKIXBuilderParameters revoking(KeyStore roots, String revocations) throws GeneralSecurityException {
        PKIXBuilderParameters parameters = new PKIXBuilderParameters(roots, new X509CertSelector());
        PKIXRevocationChecker checker =
                (PKIXRevocationChecker) CertPathBuilder.getInstance("PKIX").getRevocationChecker();
        checker.setOptions(Set.of(PKIXRevocationChecker.Option.PREFER_CRLS, PKIXRevocationChecker.Option.NO_FALLBACK));
        parameters.addCertPathChecker(checker);
        parameters.addCertStore(CertStore.getInstance(
                "Collection", new CollectionCertStoreParameters(RevocationFile.parse(revocations))));
        return parameters;
    }

    @SuppressWarnings("ReferenceEquality") // the list is another one when its content is
    private X509ExtendedTrustManager manager() throws CertificateException {
        Trusted now = trusted;
        if (now.foreign() != foreignRoots.get()) {
            try {
                now = trust();
                trusted = now;
            } catch (IOException e) {
                throw new CertificateException(e);
            }
        }
        return now.manager();
    }

    /// Believes whom the authority trusts at the time of the handshake.
    private final class Trust extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind) throws CertificateException {
            manager().checkClientTrusted(chain, kind);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind, Socket socket)
                throws CertificateException {
            manager().checkClientTrusted(chain, kind, socket);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind, SSLEngine engine)
                throws CertificateException {
            manager().checkClientTrusted(chain, kind, engine);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind) throws CertificateException {
            manager().checkServerTrusted(chain, kind);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind, Socket socket)
                throws CertificateException {
            manager().checkServerTrusted(chain, kind, socket);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind, SSLEngine engine)
                throws CertificateException {
            manager().checkServerTrusted(chain, kind, engine);
        }

        /// None: the names would be fixed when the port opens, and clients with a newer root would show no certificate.
        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /// Shows whatever certificate is current at the time of the handshake.
    private final class Keys extends X509ExtendedKeyManager {
        @Override
        public @Nullable String chooseEngineServerAlias(
                String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            return keyType.startsWith("EC") ? ALIAS_EC : null;
        }

        @Override
        public @Nullable String chooseServerAlias(
                String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return chooseEngineServerAlias(keyType, issuers, null);
        }

        @Override
        public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
            return keyType.startsWith("EC") ? new String[] {ALIAS_EC} : null;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return current.chain().toArray(X509Certificate[]::new);
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return current.key();
        }

        @Override
        public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
            return getServerAliases(keyType, issuers);
        }

        /// Proxies are asked with the same certificate, whoever signed theirs.
        @Override
        public @Nullable String chooseClientAlias(
                String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return Arrays.stream(keyTypes).anyMatch(type -> type.startsWith("EC")) ? ALIAS_EC : null;
        }
    }
}
