package dev.lateen.control.identity;

import dev.lateen.identity.WorkloadKeys;
import dev.lateen.identity.ca.AuthoritySettings;
import dev.lateen.xds.server.CertificateForwarder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// How workloads prove who they are, and who signs their certificates.
///
/// @param workloadLifetime of certificates whose request names none
/// @param maxLifetime what requests are cut to
/// @param ownLifetime of the control plane's own certificate, which is replaced after half of it
/// @param rootKey kind of key of a root that is made here
/// @param issuers whose tokens are believed by their signature
/// @param reviews the cluster that is asked about all other tokens
/// @param signing who signs
/// @param bundleAuthorities file with authorities that vouch, beside the JDK's, for servers of other trust domains'
///     bundles
public record IdentitySettings(
        Duration workloadLifetime,
        Duration maxLifetime,
        Duration ownLifetime,
        WorkloadKeys rootKey,
        List<IssuerTokens.Rule> issuers,
        Optional<Reviews> reviews,
        Signing signing,
        Optional<Path> bundleAuthorities) {
    /// Our own authority and our own tokens.
    public static final IdentitySettings DEFAULT = new IdentitySettings(
            Duration.ofHours(24),
            Duration.ofDays(90),
            Duration.ofHours(24),
            WorkloadKeys.EC_P256,
            List.of(),
            Optional.empty(),
            Own.INSTANCE,
            Optional.empty());

    public IdentitySettings {
        issuers = List.copyOf(issuers);
    }

    /// @param audiences for one of which a token must be made
    public record Reviews(ApiServer server, List<String> audiences) {
        public Reviews {
            audiences = List.copyOf(audiences);
        }
    }

    /// Who signs workloads' certificates. Our own authority always signs the control plane's.
    public sealed interface Signing {}

    public enum Own implements Signing {
        INSTANCE
    }

    /// Another certificate service.
    public record Service(CertificateForwarder service) implements Signing {}

    /// A signer of Kubernetes.
    ///
    /// @param roots file with those that its certificates lead to
    public record Kubernetes(ApiServer server, String signer, Path roots) implements Signing {}

    public IdentitySettings withWorkloadLifetime(Duration other) {
        return new IdentitySettings(
                other, maxLifetime, ownLifetime, rootKey, issuers, reviews, signing, bundleAuthorities);
    }

    public IdentitySettings withIssuers(List<IssuerTokens.Rule> others) {
        return new IdentitySettings(
                workloadLifetime, maxLifetime, ownLifetime, rootKey, others, reviews, signing, bundleAuthorities);
    }

    public IdentitySettings withReviews(Reviews other) {
        return new IdentitySettings(
                workloadLifetime,
                maxLifetime,
                ownLifetime,
                rootKey,
                issuers,
                Optional.of(other),
                signing,
                bundleAuthorities);
    }

    public IdentitySettings withSigning(Signing other) {
        return new IdentitySettings(
                workloadLifetime, maxLifetime, ownLifetime, rootKey, issuers, reviews, other, bundleAuthorities);
    }

    public IdentitySettings withBundleAuthorities(Path file) {
        return new IdentitySettings(
                workloadLifetime, maxLifetime, ownLifetime, rootKey, issuers, reviews, signing, Optional.of(file));
    }

    public AuthoritySettings authority(String trustDomain) {
        return AuthoritySettings.of(trustDomain)
                .withDefaultLifetime(workloadLifetime)
                .withMaxLifetime(maxLifetime)
                .withRootKey(rootKey);
    }
}
