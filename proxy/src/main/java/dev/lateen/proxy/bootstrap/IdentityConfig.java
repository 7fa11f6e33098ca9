package dev.lateen.proxy.bootstrap;

import java.nio.file.Path;
import java.time.Duration;

/// How this process gets the workload's certificate.
///
/// @param authority the certificate service
/// @param trustDomain for the SPIFFE id in the request
/// @param pod tells replicas of one identity apart
/// @param lifetime asked for
/// @param graceRatio part of the lifetime that is left when it is renewed, such as 0.5
/// @param learnedRoots file that keeps whom else to trust at the control plane
public record IdentityConfig(
        ServerAddress authority,
        String trustDomain,
        String namespace,
        String serviceAccount,
        String pod,
        Duration lifetime,
        double graceRatio,
        Path learnedRoots) {}
