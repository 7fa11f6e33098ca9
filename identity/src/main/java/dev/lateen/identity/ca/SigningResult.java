package dev.lateen.identity.ca;

import java.security.cert.X509Certificate;
import java.util.List;

/// The authority's answer to a request.
public sealed interface SigningResult {
    /// @param chain the leaf first, the root last
    /// @param roots whom to trust from now on, the chain's own root first
    record Signed(List<X509Certificate> chain, List<X509Certificate> roots) implements SigningResult {
        public Signed {
            chain = List.copyOf(chain);
            roots = List.copyOf(roots);
        }
    }

    /// @param reason what was wrong with the request, for its sender
    record Refused(String reason) implements SigningResult {}

    /// @param reason why a good request could not be signed
    record Failed(String reason) implements SigningResult {}
}
