package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HexFormat;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// What command operators of access logs say that need more than a plain request.
@ParameterizedClass
@EnumSource(DataPlane.class)
final class LogOperatorsIT {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String HELLO =
            "{match: {prefix: /}, direct_response: {status: 200, body: {inline_string: hello}}}";

    @Parameter
    DataPlane plane;

    @TempDir
    private Path directory;

    private String log(String format) {
        return """
                {name: envoy.access_loggers.file, typed_config: {
                  "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog, path: "%s",
                  log_format: {text_format_source: {inline_string: "%s\\n"}}}}""".formatted(directory.resolve("log"), format);
    }

    private String line() {
        Path file = directory.resolve("log");
        try {
            await().atMost(SOON).until(() -> Files.exists(file) && Files.size(file) > 0);
            return Files.readAllLines(file).getFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @CsvSource({"TLSv1.3, TLS_AES_128_GCM_SHA256", "TLSv1.2, ECDHE-RSA-AES128-GCM-SHA256"})
    void tellOfTlsAndBothCertificates(String version, String cipher) throws Exception {
        Certificates certificates = Certificates.create();
        String format = "%DOWNSTREAM_TLS_VERSION% %DOWNSTREAM_TLS_CIPHER% %DOWNSTREAM_PEER_SUBJECT%"
                + " %DOWNSTREAM_PEER_ISSUER% %DOWNSTREAM_PEER_SERIAL% %DOWNSTREAM_PEER_FINGERPRINT_256%"
                + " %DOWNSTREAM_PEER_DNS_SAN% %DOWNSTREAM_LOCAL_SUBJECT% %DOWNSTREAM_LOCAL_DNS_SAN%";
        try (RunningProxy proxy = plane.start(new Bootstrap()
                .alsoLog(log(format))
                .listener("mutual", "filter_chains: [" + chain(certificates) + "]"))) {
            try (SSLSocket socket = (SSLSocket) certificates
                    .client()
                    .getSocketFactory()
                    .createSocket(InetAddress.getLoopbackAddress(), proxy.port("mutual"))) {
                socket.setEnabledProtocols(new String[] {version});
                if (version.equals("TLSv1.2")) {
                    socket.setEnabledCipherSuites(new String[] {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"});
                } else {
                    socket.setEnabledCipherSuites(new String[] {cipher});
                }
                HttpClient.write(socket, HttpClient.head("GET", "/"));
                assertThat(Reply.read(socket.getInputStream(), "GET").body()).isEqualTo("hello");
            }
            X509Certificate client = certificate(certificates.file("client.pem"));
            String digits = client.getSerialNumber().toString(16);
            String fingerprint = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(client.getEncoded()));
            assertThat(line())
                    .isEqualTo("%s %s CN=client CN=ca %s %s - CN=server server.test"
                            .formatted(version, cipher, digits.length() % 2 == 0 ? digits : "0" + digits, fingerprint));
        }
    }

    private static String chain(Certificates certificates) {
        return """
                {filters: [%s], transport_socket: {name: envoy.transport_sockets.tls, typed_config: {
                  "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext,
                  require_client_certificate: true, common_tls_context: {tls_certificates: [%s],
                    validation_context: {trusted_ca: {filename: "%s"}}}}}}""".formatted(
                        Bootstrap.manager("main", "", "", "{name: a, domains: [\"*\"], routes: [" + HELLO + "]}"),
                        certificates.pair("server"),
                        certificates.file("ca.pem"));
    }

    private static X509Certificate certificate(Path file) throws Exception {
        try (InputStream in = Files.newInputStream(file)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    @Test
    void tellOfPathsQueriesAndTimes() throws Exception {
        try (Upstream echo = Upstream.echo()) {
            String routes = "{match: {prefix: /old}, route: {cluster: echo, prefix_rewrite: /new}}";
            String format = "%PATH(NQ:ORIG)% %PATH(WQ:PATH)% %PATH(NQ)% %QUERY_PARAM(user)% %QUERY_PARAM(none)%"
                    + " %COMMON_DURATION(DS_RX_BEG:DS_TX_END:us)% %COMMON_DURATION(US_TX_BEG:US_RX_BEG:ns)%";
            try (RunningProxy proxy = plane.start(new Bootstrap()
                    .cluster("echo", echo.port())
                    .http("main", routes)
                    .alsoLog(log(format)))) {
                proxy.client("main").get("/old/a?x=1&user=ann&user=bob", "host: a.test");
                assertThat(line())
                        .matches("/old/a /new/a\\?x=1&user=ann&user=bob /old/a ann - [1-9][0-9]+ [1-9][0-9]+");
            }
        }
    }

    @Test
    void tellOfFlagsInWords() throws Exception {
        try (RunningProxy proxy =
                plane.start(new Bootstrap().http("main", "").alsoLog(log("%RESPONSE_FLAGS% %RESPONSE_FLAGS_LONG%")))) {
            assertThat(proxy.client("main").get("/", "host: a.test").status()).isEqualTo(404);
            assertThat(line()).isEqualTo("NR NoRouteFound");
        }
    }
}
