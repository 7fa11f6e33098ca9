package dev.lateen.cli;

import dev.lateen.control.identity.ApiServer;
import dev.lateen.control.identity.IdentitySettings;
import dev.lateen.control.identity.IssuerTokens;
import dev.lateen.identity.WorkloadKeys;
import dev.lateen.xds.server.CertificateForwarder;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How workloads prove who they are to a control plane, and who signs for them.
final class IdentityOptions {
    @Option(
            names = "--workload-cert-ttl",
            paramLabel = "DURATION",
            description =
                    "How long workloads' certificates live that ask for no other time, in ISO notation: PT24H, PT10M"
                            + " (default: ${DEFAULT-VALUE}).",
            defaultValue = "${env:LATEEN_WORKLOAD_CERT_TTL:-PT24H}")
    private Duration workloadLifetime = Duration.ofHours(24);

    @Option(
            names = "--max-workload-cert-ttl",
            paramLabel = "DURATION",
            description = "What longer requests are cut to (default: ${DEFAULT-VALUE}).",
            defaultValue = "${env:LATEEN_MAX_WORKLOAD_CERT_TTL:-PT2160H}")
    private Duration maxLifetime = Duration.ofDays(90);

    @Option(
            names = "--own-cert-ttl",
            paramLabel = "DURATION",
            description = "How long the control plane's own certificate lives, which proxies and API servers see; after"
                    + " half of that it is replaced (default: ${DEFAULT-VALUE}).",
            defaultValue = "${env:LATEEN_OWN_CERT_TTL:-PT24H}")
    private Duration ownLifetime = Duration.ofHours(24);

    @Option(
            names = "--root-key",
            paramLabel = "KIND",
            description =
                    "Key of a root that is made here: P256, P384, 2048 (or RSA), 3072 or 4096 (default: ${DEFAULT-VALUE}).",
            defaultValue = "P256")
    private String rootKey = "P256";

    @Option(
            names = "--token-issuer",
            paramLabel = "URL",
            description = "Believe service account tokens that this OpenID issuer has signed.")
    private String issuer = "";

    @Option(
            names = "--token-jwks",
            paramLabel = "URL",
            description = "Where that issuer's keys are (default: where its OpenID configuration says).")
    private @Nullable String keysAt;

    @Option(
            names = "--token-audience",
            paramLabel = "NAME",
            split = ",",
            description = "For whom tokens of others must be made (default: ${DEFAULT-VALUE}).",
            defaultValue = "${env:TOKEN_AUDIENCES:-istio-ca}")
    private List<String> audiences = List.of("istio-ca");

    @Option(names = "--token-review", description = "Ask Kubernetes about service account tokens.")
    private boolean review;

    @Option(
            names = "--kube-api",
            paramLabel = "URL",
            description = "Kubernetes' API server (default: ${DEFAULT-VALUE}).",
            defaultValue = "https://kubernetes.default.svc")
    private URI apiServer = URI.create("https://kubernetes.default.svc");

    @Option(
            names = "--kube-ca",
            paramLabel = "FILE",
            description = "Who vouches for it (default: ${DEFAULT-VALUE}).",
            defaultValue = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt")
    private Path apiAuthority = Path.of("/var/run/secrets/kubernetes.io/serviceaccount/ca.crt");

    @Option(
            names = "--kube-token",
            paramLabel = "FILE",
            description = "Our token for it (default: ${DEFAULT-VALUE}).",
            defaultValue = "/var/run/secrets/kubernetes.io/serviceaccount/token")
    private Path apiToken = Path.of("/var/run/secrets/kubernetes.io/serviceaccount/token");

    @Option(
            names = "--k8s-signer",
            paramLabel = "NAME",
            description = "Have this signer of Kubernetes sign workloads' certificates.",
            defaultValue = "${env:K8S_SIGNER:-}")
    private String signer = "";

    @Option(names = "--k8s-signer-roots", paramLabel = "FILE", description = "What that signer's certificates lead to.")
    private @Nullable Path signerRoots;

    @Option(
            names = "--ca-address",
            paramLabel = "HOST:PORT",
            description = "Have this certificate service (IstioCertificateService) sign workloads' certificates.")
    private String service = "";

    @Option(names = "--ca-roots", paramLabel = "FILE", description = "Who vouches for that service.")
    private @Nullable Path serviceRoots;

    @Option(names = "--ca-token", paramLabel = "FILE", description = "A token to prove ourselves to it.")
    private @Nullable Path serviceToken;

    @Option(
            names = "--ca-cert",
            paramLabel = "FILE",
            description = "A certificate to prove ourselves to it, with --ca-key.")
    private @Nullable Path serviceCertificate;

    @Option(names = "--ca-key", paramLabel = "FILE", description = "The key of that certificate.")
    private @Nullable Path serviceKey;

    @Option(
            names = "--ca-server-name",
            paramLabel = "NAME",
            description = "The name in its certificate (default: its host).")
    private @Nullable String serverName;

    @Option(
            names = "--bundle-ca",
            paramLabel = "FILE",
            description = "Who vouches, beside the JDK's authorities, for servers of other trust domains' bundles.")
    private @Nullable Path bundleAuthorities;

    /// Errors: `IllegalArgumentException` that names the option.
    IdentitySettings settings() {
        WorkloadKeys kind = WorkloadKeys.named(rootKey)
                .orElseThrow(() -> new IllegalArgumentException(
                        "--root-key: '" + rootKey + "' (expected: P256, P384, 2048 (or RSA), 3072 or 4096)"));
        List<IssuerTokens.Rule> issuers = issuer.isEmpty()
                ? List.of()
                : List.of(new IssuerTokens.Rule(issuer, Optional.ofNullable(keysAt), audiences));
        Optional<IdentitySettings.Reviews> reviews =
                review ? Optional.of(new IdentitySettings.Reviews(kubernetes(), audiences)) : Optional.empty();
        return new IdentitySettings(
                workloadLifetime,
                maxLifetime,
                ownLifetime,
                kind,
                issuers,
                reviews,
                signing(),
                Optional.ofNullable(bundleAuthorities));
    }

    private ApiServer kubernetes() {
        return new ApiServer(apiServer, apiAuthority, apiToken);
    }

    private IdentitySettings.Signing signing() {
        if (!service.isEmpty() && !signer.isEmpty()) {
            throw new IllegalArgumentException("--ca-address and --k8s-signer: both (expected: one who signs)");
        }
        if (!service.isEmpty()) {
            if ((serviceCertificate == null) != (serviceKey == null)) {
                throw new IllegalArgumentException("--ca-cert and --ca-key: one without the other");
            }
            return new IdentitySettings.Service(new CertificateForwarder(
                    service,
                    required("--ca-roots", serviceRoots),
                    Optional.ofNullable(serviceToken),
                    Optional.ofNullable(serviceCertificate),
                    Optional.ofNullable(serviceKey),
                    Optional.ofNullable(serverName)));
        }
        return signer.isEmpty()
                ? IdentitySettings.Own.INSTANCE
                : new IdentitySettings.Kubernetes(kubernetes(), signer, required("--k8s-signer-roots", signerRoots));
    }

    private static Path required(String option, @Nullable Path file) {
        if (file == null) {
            throw new IllegalArgumentException(option + ": missing");
        }
        return file;
    }
}
