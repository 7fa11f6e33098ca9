package dev.lateen.proxy.tls;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// TLS for what the control plane alone may ask of this proxy: whoever connects has to show a certificate of the mesh
/// with a name by which the control plane is called. No workload gets such a certificate.
///
/// Thread: any.
public final class ControlPlaneCaller {
    private ControlPlaneCaller() {}

    /// @param host by which this proxy calls its control plane; empty where only its usual names are known
    /// @param certificate ours
    /// @param roots whose certificates are believed
    public static DownstreamTlsContext tls(
            Optional<String> host, SecretRef certificate, SecretRef roots, Secrets secrets) {
        TlsContextConfig common = new TlsContextConfig(
                Optional.of(new TlsContextConfig.CertificateSource.Named(certificate)),
                new TlsContextConfig.ValidationSource(
                        ValidationConfig.of(List.of(), ControlPlaneTls.names(host)), Optional.of(roots)),
                List.of(),
                List.of("TLSv1.3"),
                List.of(),
                List.of());
        // Nobody resumes a session: each handshake shows the certificate.
        return new DownstreamTlsContext(new DownstreamTlsConfig(common, true, false, false, Duration.ZERO), secrets);
    }
}
