package dev.lateen.proxy.tls;

import dev.lateen.identity.SpiffeId;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/// Whose certificates are believed: those of any authority listed, or those of each trust domain's own authorities for
/// its own names alone.
///
/// Source: envoy.extensions.transport_sockets.tls.v3.SPIFFECertValidatorConfig; X.509-SVID §5. Thread: any.
sealed interface Authorities {
    /// @return the moment from which on the answer may be another
    Instant verify(X509Certificate[] chain, ChainVerifier.Role role, Instant now) throws CertificateException;

    static Authorities of(ValidationConfig config) {
        if (!config.trustDomains().isEmpty()) {
            return PerTrustDomain.of(config.trustDomains());
        }
        return config.roots().isEmpty()
                ? Unverified.INSTANCE
                : new Common(new ChainVerifier(config.roots(), config.revocations()));
    }

    /// Nothing but names or hashes is verified.
    enum Unverified implements Authorities {
        INSTANCE;

        @Override
        public Instant verify(X509Certificate[] chain, ChainVerifier.Role role, Instant now) {
            return Instant.MAX;
        }
    }

    record Common(ChainVerifier verifier) implements Authorities {
        @Override
        public Instant verify(X509Certificate[] chain, ChainVerifier.Role role, Instant now)
                throws CertificateException {
            return verifier.verify(chain, role, now);
        }
    }

    record PerTrustDomain(Map<String, ChainVerifier> verifiers) implements Authorities {
        private static final int KEY_CERT_SIGN = 5;
        private static final int CRL_SIGN = 6;

        static PerTrustDomain of(Map<String, TrustBundle> trustDomains) {
            Map<String, ChainVerifier> verifiers = new TreeMap<>();
            trustDomains.forEach(
                    (name, bundle) -> verifiers.put(name, new ChainVerifier(bundle.roots(), bundle.revocations())));
            return new PerTrustDomain(Map.copyOf(verifiers));
        }

        @Override
        public Instant verify(X509Certificate[] chain, ChainVerifier.Role role, Instant now)
                throws CertificateException {
            X509Certificate leaf = chain[0];
            boolean[] usage = leaf.getKeyUsage();
            if (leaf.getBasicConstraints() >= 0 || usage == null || usage[KEY_CERT_SIGN] || usage[CRL_SIGN]) {
                throw refuse("the peer's certificate is an authority's, or does not say what its key is for");
            }
            String domain = SpiffeId.trustDomainOf(leaf).orElseThrow(() -> refuse("no SPIFFE id, or more than one"));
            ChainVerifier verifier = verifiers.get(domain);
            if (verifier == null) {
                throw refuse("no trust bundle matching trust domain: " + domain);
            }
            return verifier.verify(chain, role, now);
        }

        private static PeerRefusal refuse(String reason) {
            return new PeerRefusal(PeerRefusal.Kind.CHAIN, reason);
        }
    }
}
