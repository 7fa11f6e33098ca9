package dev.lateen.net.tls;

import java.security.cert.X509Certificate;
import java.util.Optional;

/// Judges a peer's certificate after its chain has been found to lead to a trust root (where there are roots): is this
/// the identity that was expected? Runs within the handshake.
///
/// Thread: event loop of the connection; must not block.
@FunctionalInterface
public interface PeerVerifier {
    /// Takes whatever the roots vouch for.
    PeerVerifier ANY = _ -> Optional.empty();

    /// The reason to refuse this peer, or empty to accept it.
    Optional<String> refusal(X509Certificate leaf);
}
