package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// From the first configuration to the last request: the admin API, what is refused at the start, and draining.
class LifecycleIT {
    private static final String DIRECT =
            "{match: {prefix: /}, direct_response: {status: 200, body: {inline_string: ok}}}";

    @ParameterizedTest
    @EnumSource(DataPlane.class)
    void answersAdminQuestions(DataPlane plane) throws Exception {
        try (RunningProxy proxy =
                plane.start(new Bootstrap().cluster("some", Ports.free()).http("main", DIRECT))) {
            proxy.client("main").get("/");
            HttpClient admin = proxy.client("admin");
            assertThat(admin.get("/ready").body()).isEqualTo("LIVE\n");
            assertThat(admin.get("/clusters").body()).contains("some::");
            assertThat(admin.get("/listeners").body()).contains("main::127.0.0.1:" + proxy.port("main"));
            assertThat(admin.get("/config_dump").body()).contains("ListenersConfigDump", "ClustersConfigDump");
            assertThat(admin.get("/server_info").body()).contains("\"LIVE\"");
            await().untilAsserted(
                            () -> assertThat(admin.get("/stats").body()).contains("http.main.downstream_rq_2xx: 1"));
            assertThat(admin.get("/stats/prometheus").body()).contains("envoy_");
            assertThat(admin.get("/memory").status()).isEqualTo(200);
            assertThat(admin.get("/certs").status()).isEqualTo(200);
            assertThat(admin.get("/nothing-here").status()).isEqualTo(404);
            assertThat(admin.get("/quitquitquit").status())
                    .as("GET changes nothing")
                    .isEqualTo(405);
        }
    }

    @ParameterizedTest
    @EnumSource(DataPlane.class)
    void finishesRequestsAfterSigterm(DataPlane plane) throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (Upstream slow = new Upstream((_, socket) -> {
                    release.await();
                    HttpClient.write(socket, Upstream.response(200, "done"));
                });
                RunningProxy proxy = plane.start(new Bootstrap()
                        .cluster("slow", slow.port())
                        .http("main", "{match: {prefix: /}, route: {cluster: slow}}"))) {
            assumeTrue(plane == DataPlane.LATEEN, "Envoy ends at SIGTERM; draining it is its agent's work");
            try (Socket socket = proxy.connect("main")) {
                HttpClient.write(socket, "GET /slow HTTP/1.1\r\nhost: a\r\n\r\n");
                await().until(() -> slow.count("/slow") == 1);
                proxy.process().destroy();
                await().until(() -> proxy.client("admin").get("/ready").status() == 503);
                release.countDown();
                Reply reply = Reply.read(socket.getInputStream(), "GET");
                assertThat(reply.body()).isEqualTo("done");
                assertThat(reply.field("connection")).isEqualTo("close");
            }
            assertThat(proxy.awaitExit()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(DataPlane.class)
    void endsInOrderRightAfterTheFirstAnswer(DataPlane plane) throws Exception {
        try (RunningProxy proxy = plane.launch(new Bootstrap().http("main", DIRECT))) {
            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(1))
                    .ignoreExceptions()
                    .until(() -> proxy.client("main").get("/").body().equals("ok"));
            proxy.process().destroy();
            assertThat(proxy.awaitExit()).isZero();
            if (plane == DataPlane.LATEEN) {
                assertThat(proxy.output()).contains("draining for at most");
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "LATEEN | no_such_field: 1, | no_such_field",
                "ENVOY | no_such_field: 1, | no_such_field",
                "LATEEN | codec_type: HTTP9, | HTTP9",
                "ENVOY | codec_type: HTTP9, | HTTP9",
            })
    void refusesWhatItDoesNotKnow(DataPlane plane, String field, String named) throws Exception {
        assertRefused(plane, new Bootstrap().http("main", field, "", DIRECT), named);
    }

    @ParameterizedTest
    @EnumSource(DataPlane.class)
    void refusesUnknownFilters(DataPlane plane) throws Exception {
        assertRefused(
                plane,
                new Bootstrap()
                        .http(
                                "main",
                                "",
                                "{name: odd, typed_config: {\"@type\": type.googleapis.com/no.such.Filter}},",
                                DIRECT),
                "no.such.Filter");
    }

    @ParameterizedTest
    @EnumSource(DataPlane.class)
    void refusesUnreadableKeys(DataPlane plane) throws Exception {
        String tls = """
                filter_chains: [{filters: [%s], transport_socket: {name: tls, typed_config: {
                  "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext,
                  common_tls_context: {tls_certificates: [{certificate_chain: {filename: /nowhere/cert.pem},
                    private_key: {filename: /nowhere/key.pem}}]}}}}]""".formatted(Bootstrap.tcp("cluster: some"));
        assertRefused(plane, new Bootstrap().cluster("some", Ports.free()).listener("main", tls), "/nowhere/");
    }

    @ParameterizedTest
    @EnumSource(DataPlane.class)
    void refusesPortsInUse(DataPlane plane) throws Exception {
        Bootstrap bootstrap = new Bootstrap().http("main", DIRECT);
        try (ServerSocket taken = new ServerSocket(bootstrap.ports().of("main"), 1, InetAddress.getLoopbackAddress())) {
            assertRefused(plane, bootstrap, String.valueOf(taken.getLocalPort()));
        }
    }

    @Test
    void namesTheFieldThatIsNotImplemented() throws Exception {
        assertRefused(
                DataPlane.LATEEN,
                new Bootstrap().http("main", "add_proxy_protocol_connection_state: true,", "", DIRECT),
                "add_proxy_protocol_connection_state: not supported");
    }

    private static void assertRefused(DataPlane plane, Bootstrap bootstrap, String named) throws Exception {
        try (RunningProxy proxy = plane.launch(bootstrap)) {
            assertThat(proxy.awaitExit()).isEqualTo(1);
            assertThat(proxy.output()).contains(named);
        }
    }
}
