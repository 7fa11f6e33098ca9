package dev.lateen.proxy.bootstrap;

import dev.lateen.identity.WorkloadKeys;
import java.nio.file.Path;
import java.time.Duration;

/// How this process gets the workload's certificate.
///
/// @param authority the certificate service
/// @param trustDomain for the SPIFFE id in the request
/// @param pod tells replicas of one identity apart
/// @param keys what kind of key is made
/// @param lifetime asked for
/// @param graceRatio part of the lifetime that is left when it is renewed, such as 0.5
public record IdentityConfig(
        ServerAddress authority,
        String trustDomain,
        String namespace,
        String serviceAccount,
        String pod,
        WorkloadKeys keys,
        Duration lifetime,
        double graceRatio,
        Files files) {
    /// @param learnedRoots keeps whom else to trust at the control plane
    /// @param revocations lists of revoked certificates of the mesh, which may be missing; watched
    public record Files(Path learnedRoots, Path revocations) {}
}
