package dev.lateen.local.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.identity.SpiffeId;
import dev.lateen.identity.WorkloadCertificate;
import dev.lateen.identity.WorkloadKeys;
import dev.lateen.identity.ca.AuthoritySettings;
import dev.lateen.identity.ca.CertificateAuthority;
import dev.lateen.local.process.Children;
import dev.lateen.proxy.stream.PeerInfo;
import dev.lateen.proxy.stream.StreamInfo;
import dev.lateen.proxy.telemetry.PrometheusText;
import dev.lateen.proxy.telemetry.Stats;
import dev.lateen.xds.server.UnixGrpcListener;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Secrets and access logs with a real Envoy at the other end of the socket file.
class SecretServiceIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final SpiffeId ID = new SpiffeId("cluster.local", "shop", "cart");
    private static final PeerInfo LOCAL = new PeerInfo("cart-v1", "shop", "cart", "v1", "cart", "v1", "Kubernetes");

    @TempDir
    private Path directory;

    private final SecretStore secrets = new SecretStore();
    private final Stats stats = new Stats();
    private final List<StreamInfo> noted = new CopyOnWriteArrayList<>();
    private CertificateAuthority authority;
    private UnixGrpcListener listener;
    private EnvoyProcess envoy;

    @BeforeEach
    void startEnvoy() throws IOException {
        Assumptions.assumeTrue(Children.onPath("envoy").isPresent(), "SKIPPED: no envoy on PATH");
        authority = CertificateAuthority.open(
                directory.resolve("ca"), AuthoritySettings.of("cluster.local"), InstantSource.system());
        Path socket = directory.resolve("run").resolve("socket");
        listener = UnixGrpcListener.start(
                socket,
                List.of(
                        new SecretService(secrets, new SecretFiles(secrets)).definition(),
                        new AccessLogService(
                                        new AccessLogMetrics(stats, LOCAL, true), ended -> ended.forEach(noted::add))
                                .definition()),
                1 << 20);
        Path bootstrap = directory.resolve("envoy.yaml");
        Files.writeString(
                bootstrap, BOOTSTRAP.replace("${dir}", directory.toString()).replace("${socket}", socket.toString()));
        envoy = EnvoyProcess.start(
                List.of(
                        Children.onPath("envoy").orElseThrow().toString(),
                        "-c",
                        bootstrap.toString(),
                        "--admin-address-path",
                        directory.resolve("admin").toString(),
                        "--disable-hot-restart",
                        "--concurrency",
                        "1",
                        "--log-level",
                        "warning"),
                Map.of(),
                OutputStream.nullOutputStream());
    }

    @AfterEach
    void stopEnvoy() throws IOException {
        if (envoy != null) {
            envoy.stop(Duration.ofSeconds(2));
            listener.close();
        }
    }

    @Test
    void givesEnvoyTheCertificateAndItsSuccessors() {
        WorkloadCertificate first = certificate();
        secrets.publish(first, "");
        await().atMost(SOON)
                .ignoreExceptions()
                .until(this::shownSerial, first.leaf().getSerialNumber()::equals);

        WorkloadCertificate second = certificate();
        secrets.publish(second, "");

        await().atMost(SOON)
                .ignoreExceptions()
                .until(this::shownSerial, second.leaf().getSerialNumber()::equals);
    }

    @Test
    void closesTheSocketToOthers() throws IOException {
        Path socket = directory.resolve("run").resolve("socket");

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket.getParent())))
                .isEqualTo("rwx------");
    }

    @Test
    void countsWhatEnvoyLogs() {
        await().atMost(SOON).ignoreExceptions().until(() -> get(address("plain")), status -> status == 418);

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(PrometheusText.of(stats, false).lines())
                        .anyMatch(line -> line.startsWith("istio_requests_total{reporter=\"destination\"")
                                && line.contains("destination_workload=\"cart-v1\"")
                                && line.contains("response_code=\"418\"")));
    }

    @Test
    void keepsWhatExplainsAnAnswer() {
        await().atMost(SOON).ignoreExceptions().until(() -> get(address("plain")), status -> status == 418);

        await().atMost(SOON).until(() -> !noted.isEmpty());
        StreamInfo info = noted.getFirst();
        assertThat(info.details).isEqualTo("direct_response");
        assertThat(info.direction).isEqualTo("INBOUND");
        assertThat(info.startEpochMillis).isPositive();
        assertThat(info.downstreamRemote).isInstanceOf(InetSocketAddress.class);
        assertThat(Objects.requireNonNull(info.request).headers().get("x-request-id"))
                .hasSize(36);
    }

    private WorkloadCertificate certificate() {
        KeyPair keys = WorkloadKeys.EC_P256.generate();
        List<X509Certificate> chain = authority.issueServer(keys.getPublic(), List.of("cart"), ID, Duration.ofHours(1));
        return new WorkloadCertificate(ID, chain, keys.getPrivate(), authority.roots());
    }

    private java.math.BigInteger shownSerial() throws Exception {
        InetSocketAddress address = address("secure");
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new TrustAll()}, new SecureRandom());
        try (SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(address.getAddress(), address.getPort())) {
            socket.setSoTimeout(2_000);
            socket.startHandshake();
            return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSerialNumber();
        }
    }

    /// Where a listener of Envoy's is, which took any port.
    private InetSocketAddress address(String listenerName) throws IOException, InterruptedException {
        String admin = Files.readString(directory.resolve("admin")).strip();
        String page = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://" + admin + "/listeners"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
        String line = page.lines()
                .filter(text -> text.startsWith(listenerName + "::"))
                .findFirst()
                .orElseThrow();
        return new InetSocketAddress("127.0.0.1", Integer.parseInt(line.substring(line.lastIndexOf(':') + 1)));
    }

    private static int get(InetSocketAddress address) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + address.getPort() + "/"))
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private static final class TrustAll implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    private static final String BOOTSTRAP = """
            node: {id: sidecar~127.0.0.1~cart-1.shop~shop.svc.cluster.local, cluster: cart}
            admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}
            static_resources:
              clusters:
              - name: sds-grpc
                type: STATIC
                connect_timeout: 1s
                typed_extension_protocol_options:
                  envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                    "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                    explicit_http_config: {http2_protocol_options: {}}
                load_assignment:
                  cluster_name: sds-grpc
                  endpoints: [{lb_endpoints: [{endpoint: {address: {pipe: {path: "${socket}"}}}}]}]
              listeners:
              - name: plain
                address: {socket_address: {address: 127.0.0.1, port_value: 0}}
                filter_chains:
                - filters: &http
                  - name: envoy.filters.network.http_connection_manager
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                      stat_prefix: test
                      access_log:
                      - name: envoy.access_loggers.http_grpc
                        typed_config:
                          "@type": type.googleapis.com/envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig
                          common_config:
                            log_name: inbound
                            transport_api_version: V3
                            grpc_service: {envoy_grpc: {cluster_name: sds-grpc}}
                      route_config:
                        virtual_hosts:
                        - {name: all, domains: ["*"], routes: [{match: {prefix: /}, direct_response: {status: 418}}]}
                      http_filters:
                      - name: envoy.filters.http.router
                        typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
              - name: secure
                address: {socket_address: {address: 127.0.0.1, port_value: 0}}
                filter_chains:
                - filters: *http
                  transport_socket:
                    name: envoy.transport_sockets.tls
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
                      common_tls_context:
                        tls_certificate_sds_secret_configs:
                        - name: default
                          sds_config:
                            api_config_source:
                              api_type: GRPC
                              transport_api_version: V3
                              grpc_services: [{envoy_grpc: {cluster_name: sds-grpc}}]
                            initial_fetch_timeout: 0.1s
                            resource_api_version: V3
            """;
}
