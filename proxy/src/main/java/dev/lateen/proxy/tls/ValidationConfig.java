package dev.lateen.proxy.tls;

import java.security.cert.X509Certificate;
import java.util.List;

/// How a peer's certificate is verified.
///
/// @param roots trusted authorities; empty means that the chain is not verified
/// @param sans at least one must match, unless the list is empty
/// @param certificateHashes lower-case hex SHA-256 of acceptable leaf certificates
/// @param spkiHashes Base64 SHA-256 of acceptable public keys
/// @param acceptUntrusted take connections whose chain does not verify (ACCEPT_UNTRUSTED)
public record ValidationConfig(
        List<X509Certificate> roots,
        List<SanMatcher> sans,
        List<String> certificateHashes,
        List<String> spkiHashes,
        boolean acceptUntrusted) {
    public static final ValidationConfig NONE = new ValidationConfig(List.of(), List.of(), List.of(), List.of(), false);

    public ValidationConfig {
        roots = List.copyOf(roots);
        sans = List.copyOf(sans);
        certificateHashes = List.copyOf(certificateHashes);
        spkiHashes = List.copyOf(spkiHashes);
    }

    /// A context's own values combined with those of a secret: lists are joined, the secret's roots win.
    public ValidationConfig combine(ValidationConfig secret) {
        return new ValidationConfig(
                secret.roots.isEmpty() ? roots : secret.roots,
                join(sans, secret.sans),
                join(certificateHashes, secret.certificateHashes),
                join(spkiHashes, secret.spkiHashes),
                acceptUntrusted || secret.acceptUntrusted);
    }

    public boolean verifies() {
        return !roots.isEmpty() || !certificateHashes.isEmpty() || !spkiHashes.isEmpty();
    }

    private static <T> List<T> join(List<T> first, List<T> second) {
        return java.util.stream.Stream.concat(first.stream(), second.stream()).toList();
    }
}
