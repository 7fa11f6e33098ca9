package dev.lateen.control.debug;

import dev.lateen.control.identity.AuthorityGauges;
import dev.lateen.identity.ca.RotationStatus;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Instant;
import java.time.InstantSource;

/// What becomes of requests for certificates, and how long the authority's own are good. Thread: any.
final class CertificateNumbers implements AuthorityGauges {
    private final InstantSource clock;
    private final Counter requests;
    private final Counter unproven;
    private final Counter issued;
    private final Counter unreadable;
    private final Counter unsigned;
    private final Gauge rootExpiry;
    private final Gauge signerExpiry;
    private final Gauge serverExpiry;
    private final Gauge rotation;
    private final Gauge rotationWaiting;

    CertificateNumbers(PrometheusRegistry registry, InstantSource clock) {
        this.clock = clock;
        this.requests = ChangeNumbers.counter(registry, "citadel_server_csr_count", "Certificate requests received.");
        this.unproven = ChangeNumbers.counter(
                registry,
                "citadel_server_authentication_failure_count",
                "Certificate requests whose sender did not prove who it is.");
        this.issued =
                ChangeNumbers.counter(registry, "citadel_server_success_cert_issuance_count", "Certificates issued.");
        this.unreadable = ChangeNumbers.counter(
                registry,
                "citadel_server_csr_parsing_err_count",
                "Certificate requests that were refused for what they hold.");
        this.unsigned = ChangeNumbers.counter(
                registry,
                "citadel_server_csr_sign_err_count",
                "Good certificate requests that the authority could not sign.");
        this.rootExpiry = gauge(
                registry,
                "citadel_server_root_cert_expiry_timestamp",
                "When the first of the trusted roots ends, in seconds since 1970.");
        this.signerExpiry = gauge(
                registry,
                "citadel_server_cert_chain_expiry_timestamp",
                "When the certificate that signs ends, in seconds since 1970.");
        this.serverExpiry = gauge(
                registry,
                "lateen_server_cert_expiry_timestamp",
                "When the control plane's own certificate ends, in seconds since 1970.");
        remaining(
                registry,
                "citadel_server_root_cert_expiry_seconds",
                "For how many seconds the first of the trusted roots is still good.",
                rootExpiry);
        remaining(
                registry,
                "citadel_server_cert_chain_expiry_seconds",
                "For how many seconds the certificate that signs is still good.",
                signerExpiry);
        this.rotation = gauge(
                registry,
                "lateen_ca_rotation_phase",
                "Replacement of the root: 0 none, 1 the new one is to be trusted, 2 it signs.");
        this.rotationWaiting =
                gauge(registry, "lateen_ca_rotation_waiting", "Workloads that the replacement of the root waits for.");
    }

    private static Gauge gauge(PrometheusRegistry registry, String name, String help) {
        return Gauge.builder().name(name).help(help).register(registry);
    }

    private void remaining(PrometheusRegistry registry, String name, String help, Gauge end) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(out -> {
                    if (end.get() > 0) {
                        out.call(end.get() - clock.millis() / 1e3);
                    }
                })
                .register(registry);
    }

    @Override
    public void authority(RotationStatus status, Instant expiryOfServer) {
        status.roots().stream()
                .mapToDouble(root -> (double) root.getNotAfter().toInstant().getEpochSecond())
                .min()
                .ifPresent(rootExpiry::set);
        signerExpiry.set((double) status.signer().getNotAfter().toInstant().getEpochSecond());
        serverExpiry.set((double) expiryOfServer.getEpochSecond());
        rotation.set(
                switch (status.phase()) {
                    case STEADY -> 0;
                    case TRUST -> 1;
                    case SIGN -> 2;
                });
        rotationWaiting.set(status.waiting().size());
    }

    /// @param outcome `success`, `authn_failure`, `csr_failure` or `sign_failure`
    void request(String outcome) {
        requests.inc();
        switch (outcome) {
            case "success" -> issued.inc();
            case "authn_failure" -> unproven.inc();
            case "sign_failure" -> unsigned.inc();
            default -> unreadable.inc();
        }
    }
}
