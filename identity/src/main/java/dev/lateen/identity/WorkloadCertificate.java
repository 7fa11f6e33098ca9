package dev.lateen.identity;

import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// What a workload shows to its peers, and whom it trusts.
///
/// Thread: any (immutable).
///
/// @param id the name in the leaf
/// @param chain the leaf first, then intermediates; a root may close it
/// @param key of the leaf; never printed
/// @param roots whom to trust
public record WorkloadCertificate(
        SpiffeId id, List<X509Certificate> chain, PrivateKey key, List<X509Certificate> roots) {
    public WorkloadCertificate {
        chain = List.copyOf(chain);
        roots = List.copyOf(roots);
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("chain: empty (expected: the leaf first)");
        }
    }

    /// From an authority's answer: the leaf first and last whom to trust, as `IstioCertificateService` replies; while a
    /// root is being replaced, that last text holds more than one.
    ///
    /// Errors: `IllegalArgumentException` when the leaf carries no SPIFFE id or does not belong to the key.
    public static WorkloadCertificate of(List<String> pemChain, KeyPair keys) {
        if (pemChain.size() < 2) {
            throw new IllegalArgumentException(
                    "chain of " + pemChain.size() + " (expected: the leaf first, the root last)");
        }
        List<X509Certificate> roots = Pem.certificates(pemChain.getLast());
        List<X509Certificate> all = pemChain.subList(0, pemChain.size() - 1).stream()
                .flatMap(pem -> Pem.certificates(pem).stream())
                .toList();
        X509Certificate leaf = all.getFirst();
        if (!leaf.getPublicKey().equals(keys.getPublic())) {
            throw new IllegalArgumentException("the certificate is for another key");
        }
        SpiffeId id = SpiffeId.of(leaf)
                .orElseThrow(() -> new IllegalArgumentException("the certificate carries no SPIFFE id"));
        return new WorkloadCertificate(id, all, keys.getPrivate(), roots);
    }

    public X509Certificate leaf() {
        return chain.getFirst();
    }

    public Instant notBefore() {
        return leaf().getNotBefore().toInstant();
    }

    public Instant expiry() {
        return leaf().getNotAfter().toInstant();
    }

    /// When to ask for the next one. The lifetime counts from when it was received, since authorities date the
    /// beginning back for the sake of slow clocks, which for a short-lived certificate may be more than its whole
    /// life.
    ///
    /// @param receivedAt when the authority gave it out
    /// @param graceRatio the part of the lifetime that must be left, such as 0.5
    public Instant renewAt(Instant receivedAt, double graceRatio) {
        Duration lifetime = Duration.between(receivedAt, expiry());
        return expiry().minusMillis((long) (lifetime.toMillis() * graceRatio));
    }

    @Override
    public String toString() {
        return "WorkloadCertificate[" + id + ", until " + expiry() + ", chain of " + chain.size() + ", key redacted]";
    }
}
