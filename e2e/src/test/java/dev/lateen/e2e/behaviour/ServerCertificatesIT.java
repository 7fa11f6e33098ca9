package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Which of several certificates a server shows, as `credentialNames` of a Gateway gives it them.
@ParameterizedClass
@EnumSource(DataPlane.class)
final class ServerCertificatesIT {
    private static RunningProxy proxy;
    private static Certificates certificates;

    @Parameter
    DataPlane plane;

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        certificates = Certificates.create();
        certificates.issue("rsa", "subjectAltName=DNS:one.test");
        certificates.issueOnCurve("curve", "subjectAltName=DNS:one.test");
        certificates.issueOnCurve("other", "subjectAltName=DNS:*.two.test");
        proxy = plane.start(new Bootstrap().listener("main", """
                listener_filters: [{name: envoy.filters.listener.tls_inspector, typed_config: {
                  "@type": type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector}}],
                filter_chains: [{filters: [%s], transport_socket: {name: envoy.transport_sockets.tls, typed_config: {
                  "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext,
                  common_tls_context: {tls_certificates: [%s, %s, %s]}}}}]""".formatted(
                        Bootstrap.manager(
                                "main",
                                "",
                                "",
                                "{name: a, domains: [\"*\"], routes: [{match: {prefix: /}, direct_response: {status: 200}}]}"),
                        certificates.pair("rsa"),
                        certificates.pair("curve"),
                        certificates.pair("other"))));
    }

    @AfterParameterizedClassInvocation
    static void stop() throws IOException {
        proxy.close();
    }

    @ParameterizedTest
    @CsvSource({
        "one.test, TLSv1.3, , curve",
        "one.test, TLSv1.3, rsa_pss_rsae_sha256, rsa",
        "one.test, TLSv1.2, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, rsa",
        "one.test, TLSv1.2, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, curve",
        "a.two.test, TLSv1.3, , other",
        "a.two.test, TLSv1.3, rsa_pss_rsae_sha256, rsa",
    })
    void suitsTheClient(String name, String version, String only, String expected) throws Exception {
        assumeFalse(
                plane == DataPlane.ENVOY && "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256".equals(only),
                "SKIPPED: Envoy looks at signatures alone, and ends the handshake of this one");
        try (SSLSocket socket = (SSLSocket) certificates
                .stranger()
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), proxy.port("main"))) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(name)));
            parameters.setProtocols(new String[] {version});
            if (only != null && only.startsWith("TLS_")) {
                parameters.setCipherSuites(new String[] {only});
            } else if (only != null) {
                parameters.setSignatureSchemes(new String[] {only, "rsa_pkcs1_sha256"});
            }
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            assertThat(shown.getSubjectX500Principal().getName()).isEqualTo("CN=" + expected);
        }
    }
}
