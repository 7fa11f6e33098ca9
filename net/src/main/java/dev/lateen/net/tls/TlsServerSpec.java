package dev.lateen.net.tls;

/// All that makes a server's TLS.
///
/// @param roots trusted issuers of client certificates; with none, the verifier alone decides
/// @param sessionTickets let clients resume; not together with client certificates, since a resumed session is not
///     verified again
public record TlsServerSpec(
        TlsIdentity identity,
        TlsParameters parameters,
        ClientAuthMode clientAuth,
        TrustRoots roots,
        PeerVerifier verifier,
        boolean sessionTickets) {

    public TlsServerSpec {
        if (sessionTickets && clientAuth != ClientAuthMode.NONE) {
            throw new IllegalArgumentException("session tickets would bypass the check of client certificates");
        }
    }

    /// One-way TLS.
    public static TlsServerSpec of(TlsIdentity identity, TlsParameters parameters) {
        return new TlsServerSpec(
                identity, parameters, ClientAuthMode.NONE, new TrustRoots(java.util.List.of()), PeerVerifier.ANY, true);
    }

    /// Mutual TLS.
    public static TlsServerSpec mutual(
            TlsIdentity identity, TlsParameters parameters, TrustRoots roots, PeerVerifier verifier) {
        return new TlsServerSpec(identity, parameters, ClientAuthMode.REQUIRED, roots, verifier, false);
    }
}
