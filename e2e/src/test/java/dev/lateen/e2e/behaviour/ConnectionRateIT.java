package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.e2e.grpc.UnaryServer;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.Code;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Asking a rate limit service about connections. What clients say before the service has answered waits for it.
@ParameterizedClass
@EnumSource(DataPlane.class)
class ConnectionRateIT {
    private static final BlockingQueue<StreamObserver<RateLimitResponse>> ASKED = new LinkedBlockingQueue<>();
    private static RunningProxy proxy;
    private static Upstream echo;
    private static UnaryServer server;
    private static Certificates certificates;

    @Parameter
    DataPlane plane;

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        echo = Upstream.echo();
        certificates = Certificates.create();
        server = UnaryServer.rateLimits(ConnectionRateIT::asked);
        proxy = plane.start(new Bootstrap()
                .cluster("echo", echo.port())
                .grpcCluster("server", server.port())
                .listener("plain", chain("plain", "", ""))
                .listener("strict", chain("strict", "failure_mode_deny: true,", ""))
                .listener("secure", chain("secure", "", """
                        , transport_socket: {name: envoy.transport_sockets.tls, typed_config: {
                          "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext,
                          common_tls_context: {tls_certificates: [%s]}}}""".formatted(certificates.pair("server")))));
    }

    private static String chain(String prefix, String fields, String socket) {
        return """
                filter_chains: [{filters: [
                  {name: envoy.filters.network.ratelimit, typed_config: {
                    "@type": type.googleapis.com/envoy.extensions.filters.network.ratelimit.v3.RateLimit,
                    stat_prefix: %s, domain: shop, timeout: 5s, %s
                    descriptors: [{entries: [{key: listener, value: %s}]}],
                    rate_limit_service: {transport_api_version: V3, grpc_service: {envoy_grpc: {cluster_name: server}}}}},
                  %s]%s}]""".formatted(prefix, fields, prefix, Bootstrap.tcp("cluster: echo"), socket);
    }

    private static void asked(RateLimitRequest question, StreamObserver<RateLimitResponse> answer) {
        ASKED.add(answer);
    }

    @AfterParameterizedClassInvocation
    static void stop() throws Exception {
        proxy.close();
        echo.close();
        server.close();
    }

    private static StreamObserver<RateLimitResponse> question() throws InterruptedException {
        StreamObserver<RateLimitResponse> asked = ASKED.poll(20, TimeUnit.SECONDS);
        assertThat(asked).as("a question to the service").isNotNull();
        return asked;
    }

    private static void answer(Code code) throws InterruptedException {
        StreamObserver<RateLimitResponse> asked = question();
        asked.onNext(RateLimitResponse.newBuilder().setOverallCode(code).build());
        asked.onCompleted();
    }

    private static Socket talk(String listener, String path) throws IOException {
        Socket socket = proxy.connect(listener);
        HttpClient.write(socket, HttpClient.head("GET", path));
        return socket;
    }

    @Test
    void passesOnWhatWasSaidBeforeTheAnswer() throws Exception {
        String path = "/early/" + plane;
        try (Socket socket = talk("plain", path)) {
            StreamObserver<RateLimitResponse> asked = question();
            assertThat(echo.count(path)).isZero();
            asked.onNext(RateLimitResponse.newBuilder().setOverallCode(Code.OK).build());
            asked.onCompleted();
            assertThat(Reply.read(socket.getInputStream(), "GET").body()).startsWith("GET " + path);
            HttpClient.write(socket, HttpClient.head("GET", path + "/later"));
            assertThat(Reply.read(socket.getInputStream(), "GET").body()).startsWith("GET " + path + "/later");
        }
    }

    /// The bytes are decrypted before anybody has been asked.
    @Test
    void passesOnWhatCameWithTheEndOfTheHandshake() throws Exception {
        String path = "/handshake/" + plane;
        try (Socket socket = proxy.connect("secure")) {
            EarlyTls client = EarlyTls.say(socket, certificates.stranger(), HttpClient.head("GET", path));
            answer(Code.OK);
            assertThat(client.answer()).contains("GET " + path);
        }
    }

    @Test
    void keepsTheUpstreamOutOfWhatIsRefused() throws Exception {
        String path = "/over/" + plane;
        try (Socket socket = talk("plain", path)) {
            answer(Code.OVER_LIMIT);
            assertThat(isClosed(socket)).isTrue();
        }
        assertThat(echo.count(path)).isZero();
        counted("plain.over_limit");
        counted("plain.cx_closed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "strict"})
    void doesWithoutTheServiceWhatIsConfigured(String listener) throws Exception {
        String path = "/fails/" + listener + "/" + plane;
        try (Socket socket = talk(listener, path)) {
            question().onError(Status.UNAVAILABLE.asRuntimeException());
            if (listener.equals("strict")) {
                assertThat(isClosed(socket)).isTrue();
                assertThat(echo.count(path)).isZero();
            } else {
                assertThat(Reply.read(socket.getInputStream(), "GET").body()).startsWith("GET " + path);
                counted("plain.failure_mode_allowed");
            }
        }
        counted(listener + ".error");
    }

    @Test
    void forgetsClientsThatGoBeforeTheAnswer() throws Exception {
        String path = "/gone/" + plane;
        talk("plain", path).close();
        answer(Code.OK);
        await().until(() -> proxy.admin("/stats?filter=ratelimit.plain.active").contains("ratelimit.plain.active: 0"));
        try (Socket socket = talk("plain", "/after/" + plane)) {
            answer(Code.OK);
            assertThat(Reply.read(socket.getInputStream(), "GET").status()).isEqualTo(200);
        }
    }

    private static void counted(String number) throws IOException {
        assertThat(proxy.admin("/stats?filter=ratelimit." + number)).containsPattern("ratelimit." + number + ": [1-9]");
    }

    /// Closing with unread bytes is a reset on Linux.
    private static boolean isClosed(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (IOException _) {
            return true;
        }
    }
}
