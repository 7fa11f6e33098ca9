package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Pattern;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

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
                + " %DOWNSTREAM_PEER_DNS_SAN% %DOWNSTREAM_LOCAL_SUBJECT% %DOWNSTREAM_LOCAL_DNS_SAN%"
                + " %DOWNSTREAM_PEER_CERT_V_START(%s)% %DOWNSTREAM_PEER_CERT_V_END(%s)% %DOWNSTREAM_PEER_CERT%"
                + " %CEL(connection.tls_version)% %CEL(connection.subject_peer_certificate)%"
                + " %CEL(connection.sha256_peer_certificate_digest)% %CEL(connection.dns_san_local_certificate)%";
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
                    .isEqualTo(
                            "%s %s CN=client CN=ca %s %s - CN=server server.test %d %d %s %s CN=client %s server.test"
                                    .formatted(
                                            version,
                                            cipher,
                                            digits.length() % 2 == 0 ? digits : "0" + digits,
                                            fingerprint,
                                            client.getNotBefore().getTime() / 1000,
                                            client.getNotAfter().getTime() / 1000,
                                            pem(client),
                                            version,
                                            fingerprint));
        }
    }

    private static String pem(X509Certificate certificate) throws Exception {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded());
        String text = "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n";
        return URLEncoder.encode(text, StandardCharsets.US_ASCII).replace("+", "%20");
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

    @Test
    void tellOfTlsWithTheUpstreamAndItsCertificate() throws Exception {
        Certificates certificates = Certificates.create();
        String cluster = """
                {name: tls, type: STATIC, connect_timeout: 5s, transport_socket: {name: envoy.transport_sockets.tls,
                 typed_config: {
                  "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext,
                  common_tls_context: {
                    tls_params: {tls_minimum_protocol_version: TLSv1_3, tls_maximum_protocol_version: TLSv1_3},
                    validation_context: {trusted_ca: {filename: "%s"}}}}},
                 load_assignment: {cluster_name: tls, endpoints: [{lb_endpoints: [{endpoint: {hostname: shop.test,
                  address: {socket_address: {address: 127.0.0.1, port_value: %%d}}}}]}]}}""".formatted(certificates.file("ca.pem"));
        String format = "%UPSTREAM_TLS_VERSION% %UPSTREAM_TLS_CIPHER% %UPSTREAM_PEER_SUBJECT% %UPSTREAM_PEER_ISSUER%"
                + " %UPSTREAM_PEER_DNS_SAN% %UPSTREAM_PEER_URI_SAN% %UPSTREAM_PEER_CERT_V_START(%s)%"
                + " %UPSTREAM_PEER_CERT_V_END(%s)% %UPSTREAM_PEER_CERT%"
                + " %CEL(upstream.tls_version)% %CEL(upstream.subject_peer_certificate)%"
                + " %CEL(upstream.dns_san_peer_certificate)% %UPSTREAM_HOST_NAME%";
        Bootstrap server = new Bootstrap().listener("tls", "filter_chains: [" + serverChain(certificates) + "]");
        try (RunningProxy upstream = plane.start(server);
                RunningProxy proxy = plane.start(new Bootstrap()
                        .rawCluster(cluster.formatted(upstream.port("tls")))
                        .http("main", "{match: {prefix: /}, route: {cluster: tls}}")
                        .alsoLog(log(format)))) {
            assertThat(proxy.client("main").get("/", "host: a.test").body()).isEqualTo("hello");
            X509Certificate own = certificate(certificates.file("server.pem"));
            assertThat(line())
                    .matches(("TLSv1.3 TLS_\\S+ CN=server CN=ca server.test spiffe://mesh.test/ns/a/sa/server %d %d %s"
                                    + " TLSv1.3 CN=server server.test shop.test")
                            .formatted(
                                    own.getNotBefore().getTime() / 1000,
                                    own.getNotAfter().getTime() / 1000,
                                    Pattern.quote(pem(own))));
        }
    }

    private static String serverChain(Certificates certificates) {
        return """
                {filters: [%s], transport_socket: {name: envoy.transport_sockets.tls, typed_config: {
                  "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext,
                  common_tls_context: {tls_certificates: [%s]}}}}""".formatted(
                        Bootstrap.manager("main", "", "", "{name: a, domains: [\"*\"], routes: [" + HELLO + "]}"),
                        certificates.pair("server"));
    }

    @Test
    void tellOfPortsNamesAndMetadata() throws Exception {
        try (Upstream echo = Upstream.echo()) {
            String cluster = """
                    {name: echo, type: STATIC, connect_timeout: 1s,
                     metadata: {filter_metadata: {istio: {name: shop, ports: [7]}}},
                     load_assignment: {cluster_name: echo, endpoints: [{lb_endpoints: [{
                      metadata: {filter_metadata: {istio: {workload: shop-v1}}},
                      endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}}]}]}}""".formatted(echo.port());
            String format = "%DOWNSTREAM_LOCAL_PORT% %DOWNSTREAM_REMOTE_PORT% %DOWNSTREAM_DIRECT_REMOTE_PORT%"
                    + " %UPSTREAM_LOCAL_PORT% %UPSTREAM_REMOTE_PORT% %UPSTREAM_HOST_NAME%"
                    + " %UPSTREAM_HOST_NAME_WITHOUT_PORT% %UPSTREAM_PROTOCOL% %UPSTREAM_TLS_VERSION%"
                    + " %CLUSTER_METADATA(istio:name)% %CLUSTER_METADATA(istio:ports)%"
                    + " %UPSTREAM_METADATA(istio:workload)% %UPSTREAM_METADATA(none)%"
                    + " %REQUEST_HEADER(X-NONE?HOST):4% %RESPONSE_HEADER(CONTENT-TYPE)% %RESPONSE_TRAILER(X)%"
                    + " %CEL(xds.cluster_metadata.filter_metadata['istio']['name'])% %CEL(response.code)%"
                    + " %CEL(response.flags)% %CEL(has(response.code) ? 'a' : 'b')% %CEL(xds.virtual_host_name)%"
                    + " %CONNECTION_ID% %UNIQUE_ID%";
            try (RunningProxy proxy = plane.start(new Bootstrap()
                    .rawCluster(cluster)
                    .http("main", "{match: {prefix: /}, route: {cluster: echo}}")
                    .alsoLog(log(format)))) {
                assertThat(proxy.client("main").get("/", "host: a.test").status())
                        .isEqualTo(200);
                assertThat(line())
                        .matches("%d ([0-9]+) \\1 [0-9]+ %d 127.0.0.1:%d 127.0.0.1 HTTP/1.1 -"
                                        .formatted(proxy.port("main"), echo.port(), echo.port())
                                + " shop \\[7] shop-v1 - a.te \\S+ - shop 200 0 a \\S+ [1-9][0-9]* [0-9a-f-]{36}");
            }
        }
    }

    /// The last byte of a body that comes late is sent late, the first at once.
    @Test
    void countToTheLastByteSentUpstream() throws Exception {
        try (Upstream echo = Upstream.echo();
                RunningProxy proxy = plane.start(
                        new Bootstrap()
                                .cluster("echo", echo.port())
                                .http("main", "{match: {prefix: /}, route: {cluster: echo}}")
                                .alsoLog(
                                        log(
                                                "%REQUEST_TX_DURATION% %COMMON_DURATION(DS_RX_BEG:US_TX_END:ms)%"
                                                        + " %COMMON_DURATION(US_TX_BEG:US_TX_END:us)% %COMMON_DURATION(US_TX_BEG:US_RX_END:us)%")))) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port("main"))) {
                HttpClient.write(socket, HttpClient.head("POST", "/", "host: a.test", "content-length: 4"));
                HttpClient.write(socket, "ab");
                await().atMost(SOON).until(() -> echo.connections() > 0);
                HttpClient.write(socket, "cd");
                assertThat(Reply.read(socket.getInputStream(), "POST").status()).isEqualTo(200);
            }
            String[] times = line().split(" ");
            assertThat(times[1]).isEqualTo(times[0]);
            assertThat(Long.parseLong(times[2])).isGreaterThan(1_000);
            assertThat(Long.parseLong(times[3])).isGreaterThanOrEqualTo(Long.parseLong(times[2]));
        }
    }

    /// Names that Envoy's reference does not have, with both.
    @ParameterizedTest
    @ValueSource(strings = {"DOWNSTREAM_LOCAL_ADDRESS_PORT", "UPSTREAM_HOST_PORT", "UPSTREAM_LOCAL_SUBJECT"})
    void refuseWhatIsNone(String operator) throws Exception {
        try (RunningProxy proxy = plane.launch(new Bootstrap().http("main", "").alsoLog(log("%" + operator + "%")))) {
            assertThat(proxy.awaitExit()).isNotZero();
            assertThat(proxy.output()).contains(operator);
        }
    }
}
