package dev.lateen.net.tls;

import java.util.List;
import java.util.Optional;

/// All that makes a client's TLS.
///
/// @param identity presented where the server asks for one
/// @param roots trusted issuers of server certificates; with none, the verifier alone decides
/// @param verifier checks the server's names; nothing else does
public record TlsClientSpec(
        Optional<TlsIdentity> identity, TlsParameters parameters, TrustRoots roots, PeerVerifier verifier) {

    /// One-way TLS.
    public static TlsClientSpec of(TlsParameters parameters, TrustRoots roots, PeerVerifier verifier) {
        return new TlsClientSpec(Optional.empty(), parameters, roots, verifier);
    }

    /// Mutual TLS.
    public static TlsClientSpec mutual(
            TlsIdentity identity, TlsParameters parameters, TrustRoots roots, PeerVerifier verifier) {
        return new TlsClientSpec(Optional.of(identity), parameters, roots, verifier);
    }

    /// Takes any server: for tests, and for configurations that say so.
    public static TlsClientSpec insecure(TlsParameters parameters) {
        return of(parameters, new TrustRoots(List.of()), PeerVerifier.ANY);
    }
}
