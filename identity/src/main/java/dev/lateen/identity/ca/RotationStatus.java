package dev.lateen.identity.ca;

import java.security.cert.X509Certificate;
import java.util.List;

/// How an authority stands.
///
/// @param signer the certificate whose key signs
/// @param holders how many hold a certificate that has not ended
/// @param waiting those of them for whom the rotation's next step waits
public record RotationStatus(
        RotationPhase phase, X509Certificate signer, List<X509Certificate> roots, int holders, List<String> waiting) {
    public RotationStatus {
        roots = List.copyOf(roots);
        waiting = List.copyOf(waiting);
    }
}
