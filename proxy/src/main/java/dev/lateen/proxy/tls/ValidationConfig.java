package dev.lateen.proxy.tls;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// How a peer's certificate is verified.
///
/// @param roots trusted authorities; with none here and in `trustDomains` the chain is not verified
/// @param trustDomains the authorities of each trust domain; where there are any, only those count
/// @param sans at least one must match, unless the list is empty
/// @param certificateHashes lower-case hex SHA-256 of acceptable leaf certificates
/// @param spkiHashes Base64 SHA-256 of acceptable public keys
/// @param acceptUntrusted take connections whose chain does not verify (ACCEPT_UNTRUSTED)
public record ValidationConfig(
        List<X509Certificate> roots,
        Map<String, TrustBundle> trustDomains,
        Revocations revocations,
        List<SanMatcher> sans,
        List<String> certificateHashes,
        List<String> spkiHashes,
        boolean acceptUntrusted) {
    public static final ValidationConfig NONE = ofRoots(List.of());

    public ValidationConfig {
        roots = List.copyOf(roots);
        trustDomains = Map.copyOf(trustDomains);
        sans = List.copyOf(sans);
        certificateHashes = List.copyOf(certificateHashes);
        spkiHashes = List.copyOf(spkiHashes);
    }

    /// Any peer with a certificate of these authorities.
    public static ValidationConfig ofRoots(List<X509Certificate> roots) {
        return of(roots, List.of());
    }

    /// Any peer with a certificate of these authorities that is not revoked.
    public static ValidationConfig ofRoots(List<X509Certificate> roots, Revocations revocations) {
        return new ValidationConfig(roots, Map.of(), revocations, List.of(), List.of(), List.of(), false);
    }

    /// Whether lists of revoked certificates have to be looked at, each time since they end.
    boolean looksAtLists() {
        return !revocations.lists().isEmpty()
                || trustDomains.values().stream()
                        .anyMatch(bundle -> !bundle.revocations().lists().isEmpty());
    }

    /// Peers of these authorities and names.
    public static ValidationConfig of(List<X509Certificate> roots, List<SanMatcher> sans) {
        return new ValidationConfig(roots, Map.of(), Revocations.NONE, sans, List.of(), List.of(), false);
    }

    /// A context's own values combined with those of a secret: lists are joined, the secret's authorities win.
    public ValidationConfig combine(ValidationConfig secret) {
        return new ValidationConfig(
                secret.roots.isEmpty() ? roots : secret.roots,
                secret.trustDomains.isEmpty() ? trustDomains : secret.trustDomains,
                secret.revocations.lists().isEmpty() ? revocations : secret.revocations,
                join(sans, secret.sans),
                join(certificateHashes, secret.certificateHashes),
                join(spkiHashes, secret.spkiHashes),
                acceptUntrusted || secret.acceptUntrusted);
    }

    public boolean verifies() {
        return !roots.isEmpty()
                || !trustDomains.isEmpty()
                || !certificateHashes.isEmpty()
                || !spkiHashes.isEmpty()
                || !sans.isEmpty();
    }

    /// The authorities whose certificates may be shown to us.
    List<X509Certificate> allRoots() {
        if (trustDomains.isEmpty()) {
            return roots;
        }
        List<X509Certificate> all = new ArrayList<>();
        trustDomains.values().forEach(bundle -> all.addAll(bundle.roots()));
        return all;
    }

    private static <T> List<T> join(List<T> first, List<T> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }
}
