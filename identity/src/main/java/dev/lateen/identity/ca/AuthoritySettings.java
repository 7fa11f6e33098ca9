package dev.lateen.identity.ca;

import dev.lateen.identity.WorkloadKeys;
import java.time.Duration;

/// How long certificates live.
///
/// @param trustDomain stands in the root's subject
/// @param rootLifetime of a root made here
/// @param defaultLifetime where a request names none
/// @param maxLifetime what a request is cut to
/// @param rootKey kind of key of a root made here
/// @param backdate how far before now a certificate begins, for peers whose clocks are behind
public record AuthoritySettings(
        String trustDomain,
        Duration rootLifetime,
        Duration defaultLifetime,
        Duration maxLifetime,
        Duration backdate,
        WorkloadKeys rootKey) {
    /// Istio's values: a root of ten years, a day for a workload, at most 90 days, two minutes of skew.
    public static AuthoritySettings of(String trustDomain) {
        return new AuthoritySettings(
                trustDomain,
                Duration.ofDays(3650),
                Duration.ofHours(24),
                Duration.ofDays(90),
                Duration.ofMinutes(2),
                WorkloadKeys.EC_P256);
    }

    public AuthoritySettings withDefaultLifetime(Duration lifetime) {
        return new AuthoritySettings(trustDomain, rootLifetime, lifetime, maxLifetime, backdate, rootKey);
    }

    public AuthoritySettings withMaxLifetime(Duration lifetime) {
        return new AuthoritySettings(trustDomain, rootLifetime, defaultLifetime, lifetime, backdate, rootKey);
    }

    public AuthoritySettings withRootKey(WorkloadKeys kind) {
        return new AuthoritySettings(trustDomain, rootLifetime, defaultLifetime, maxLifetime, backdate, kind);
    }
}
