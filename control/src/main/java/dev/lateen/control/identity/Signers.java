package dev.lateen.control.identity;

import dev.lateen.identity.ca.CertificateAuthority;
import dev.lateen.identity.ca.RegistrationAuthority;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;

/// Who signs workloads' certificates, and whom else than our own roots they are from.
///
/// @param foreignRoots now; the same list as before while nothing has changed
public record Signers(WorkloadSigner.Issuer issuer, Supplier<List<X509Certificate>> foreignRoots) {
    /// @param state where issuances by others are recorded
    public static Signers of(IdentitySettings settings, CertificateAuthority own, Path state, InstantSource clock)
            throws IOException {
        return switch (settings.signing()) {
            case IdentitySettings.Own _ -> new Signers(own::sign, List::of);
            case IdentitySettings.Service(var service) ->
                of(RegistrationAuthority.open(
                        state, (csr, _, lifetime) -> service.sign(csr, lifetime), clock, settings.maxLifetime()));
            case IdentitySettings.Kubernetes(var server, var signer, var roots) ->
                of(RegistrationAuthority.open(
                        state, new KubernetesRequests(server, signer, roots, clock), clock, settings.maxLifetime()));
        };
    }

    private static Signers of(RegistrationAuthority authority) {
        return new Signers(authority::sign, authority::roots);
    }
}
