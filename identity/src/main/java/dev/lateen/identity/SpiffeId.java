package dev.lateen.identity;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// A workload's name in a mesh: `spiffe://<trust domain>/ns/<namespace>/sa/<service account>`.
///
/// Limits: the text is at most 2,048 bytes, a trust domain 255 (SPIFFE), namespace and account 253 each (Kubernetes).
///
/// Thread: any (immutable).
///
/// Source: SPIFFE-ID §2; Istio's form of the path.
public record SpiffeId(String trustDomain, String namespace, String serviceAccount) {
    private static final String SCHEME = "spiffe://";
    private static final int MAX_LENGTH = 2048;
    private static final int MAX_TRUST_DOMAIN = 255;
    private static final int MAX_NAME = 253;
    private static final int SAN_URI = 6;

    public SpiffeId {
        if (!isTrustDomain(trustDomain)) {
            throw new IllegalArgumentException("trust domain: \"" + trustDomain
                    + "\" (expected: 1 to 255 lower-case letters, digits, '.', '-' or '_')");
        }
        if (!isName(namespace)) {
            throw new IllegalArgumentException("namespace: \"" + namespace + "\" (expected: a Kubernetes name)");
        }
        if (!isName(serviceAccount)) {
            throw new IllegalArgumentException(
                    "service account: \"" + serviceAccount + "\" (expected: a Kubernetes name)");
        }
    }

    /// Reads the exact form above; anything else (another scheme, a port, a query, an escape, an empty or extra
    /// segment) is empty. Nothing is normalised: two spellings of one name would be two keys of one lock.
    public static Optional<SpiffeId> parse(String uri) {
        if (uri.length() > MAX_LENGTH || !uri.startsWith(SCHEME)) {
            return Optional.empty();
        }
        String[] parts = uri.substring(SCHEME.length()).split("/", -1);
        boolean shaped = parts.length == 5 && parts[1].equals("ns") && parts[3].equals("sa");
        if (!shaped || !isTrustDomain(parts[0]) || !isName(parts[2]) || !isName(parts[4])) {
            return Optional.empty();
        }
        return Optional.of(new SpiffeId(parts[0], parts[2], parts[4]));
    }

    /// The one SPIFFE id of a certificate; empty where it has none, more than one URI, or one of another form (an
    /// X.509-SVID has exactly one URI name).
    public static Optional<SpiffeId> of(X509Certificate certificate) {
        List<String> uris = uriNames(certificate);
        return uris.size() == 1 ? parse(uris.getFirst()) : Optional.empty();
    }

    /// The trust domain of a certificate's one SPIFFE id, whose path may have any form, as other meshes' have;
    /// empty where there is no such id, or more than one URI name.
    public static Optional<String> trustDomainOf(X509Certificate certificate) {
        List<String> uris = uriNames(certificate);
        if (uris.size() != 1
                || !uris.getFirst().startsWith(SCHEME)
                || uris.getFirst().length() > MAX_LENGTH) {
            return Optional.empty();
        }
        String rest = uris.getFirst().substring(SCHEME.length());
        int slash = rest.indexOf('/');
        String domain = slash < 0 ? rest : rest.substring(0, slash);
        return isTrustDomain(domain) ? Optional.of(domain) : Optional.empty();
    }

    /// The URI alternative names of a certificate, as written; empty where there are none or they cannot be read.
    public static List<String> uriNames(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            if (names == null) {
                return List.of();
            }
            return names.stream()
                    .filter(name -> name.get(0) instanceof Integer kind && kind == SAN_URI)
                    .map(name -> String.valueOf(name.get(1)))
                    .toList();
        } catch (CertificateParsingException _) {
            return List.of();
        }
    }

    public String uri() {
        return SCHEME + trustDomain + "/ns/" + namespace + "/sa/" + serviceAccount;
    }

    @Override
    public String toString() {
        return uri();
    }

    private static boolean isTrustDomain(String text) {
        return isOf(text, MAX_TRUST_DOMAIN, true);
    }

    private static boolean isName(String text) {
        return isOf(text, MAX_NAME, false)
                && isAlphanumeric(text.charAt(0))
                && isAlphanumeric(text.charAt(text.length() - 1));
    }

    private static boolean isOf(String text, int maxLength, boolean underscore) {
        if (text.isEmpty() || text.length() > maxLength) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!isAlphanumeric(c) && c != '-' && c != '.' && !(underscore && c == '_')) {
                return false;
            }
        }
        return true;
    }

    private static boolean isAlphanumeric(char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    }
}
