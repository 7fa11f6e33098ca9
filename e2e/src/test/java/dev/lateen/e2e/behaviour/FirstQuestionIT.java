package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.e2e.grpc.UnaryServer;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/// Where a rate limit refuses what its service is late to answer, the first request of a new proxy must not wait for a
/// handshake. Only ours: Envoy connects when it asks.
class FirstQuestionIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final long HANDSHAKE = TimeUnit.SECONDS.toNanos(4);

    private static UnaryServer service() throws IOException {
        return UnaryServer.rateLimits((_, answer) -> {
            answer.onNext(RateLimitResponse.newBuilder()
                    .setOverallCode(RateLimitResponse.Code.OK)
                    .build());
            answer.onCompleted();
        });
    }

    @Test
    void findsAConnectionToTheService() throws Exception {
        try (UnaryServer server = service();
                SlowToConnect slow = new SlowToConnect(server.port());
                Upstream echo = Upstream.echo();
                RunningProxy proxy = DataPlane.LATEEN.start(bootstrap(slow.port(), echo.port()))) {
            await().alias("a connection before any request").atMost(SOON).until(() -> slow.isConnected());
            assertThat(proxy.client("limited").get("/").status()).isEqualTo(200);
        }
    }

    @Test
    void findsAConnectionAgainAfterTheServiceHasGoneAndComeBack() throws Exception {
        try (UnaryServer server = service();
                SlowToConnect slow = new SlowToConnect(server.port());
                Upstream echo = Upstream.echo();
                RunningProxy proxy = DataPlane.LATEEN.start(bootstrap(slow.port(), echo.port()))) {
            await().atMost(SOON).until(() -> slow.isConnected());
            slow.cut();
            await().alias("a connection without any request").atMost(SOON).until(() -> slow.isConnected());
            assertThat(proxy.client("limited").get("/").status()).isEqualTo(200);
        }
    }

    private static Bootstrap bootstrap(int service, int echo) {
        return new Bootstrap()
                .cluster("echo", echo)
                .grpcCluster("limits", service)
                .http("limited", "", """
                        {name: envoy.filters.http.ratelimit, typed_config: {
                          "@type": type.googleapis.com/envoy.extensions.filters.http.ratelimit.v3.RateLimit, domain: shop, timeout: 2s,
                          failure_mode_deny: true, rate_limit_service: {transport_api_version: V3, grpc_service: {envoy_grpc: {cluster_name: limits}}}}},""", """
                        {match: {prefix: /}, route: {cluster: echo, rate_limits: [{actions: [{generic_key: {descriptor_value: all}}]}]}}""");
    }

    /// Lets nothing through a connection for a while, as a handshake between busy machines does.
    private static final class SlowToConnect implements AutoCloseable {
        private final Set<Socket> connected = ConcurrentHashMap.newKeySet();
        private final ServerSocket listening = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        private final int target;

        SlowToConnect(int target) throws IOException {
            this.target = target;
            Thread.ofVirtual().start(this::accept);
        }

        int port() {
            return listening.getLocalPort();
        }

        boolean isConnected() {
            return !connected.isEmpty();
        }

        /// Ends what there is, as a server that stops does.
        void cut() throws IOException {
            for (Socket client : connected) {
                connected.remove(client);
                client.close();
            }
        }

        private void accept() {
            while (!listening.isClosed()) {
                try {
                    Socket client = listening.accept();
                    Thread.ofVirtual().start(() -> relay(client));
                } catch (IOException _) {
                    return;
                }
            }
        }

        private void relay(Socket client) {
            LockSupport.parkNanos(HANDSHAKE);
            try (client;
                    Socket server = new Socket(InetAddress.getLoopbackAddress(), target)) {
                connected.add(client);
                Thread.ofVirtual().start(() -> copy(server, client));
                client.getInputStream().transferTo(server.getOutputStream());
            } catch (IOException _) {
                // Either side has gone.
            } finally {
                connected.remove(client);
            }
        }

        private static void copy(Socket from, Socket to) {
            try {
                from.getInputStream().transferTo(to.getOutputStream());
            } catch (IOException _) {
                // Either side has gone.
            }
        }

        @Override
        public void close() throws IOException {
            listening.close();
        }
    }
}
