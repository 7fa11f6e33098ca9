package dev.lateen.proxy.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.lateen.net.EventLoops;
import dev.lateen.net.http.ClientConnection;
import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.net.http.ResponseHead;
import dev.lateen.net.http.ResponseListener;
import dev.lateen.net.http.StreamReset;
import dev.lateen.proxy.stream.ProxyError;
import dev.lateen.proxy.telemetry.Stats;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Clusters against real sockets, on one event loop.
final class ClusterWorkerIT {
    private final EventLoops loops = EventLoops.create("test", 1);
    private final EventLoop loop = loops.at(0);
    private final Stats stats = new Stats();
    private final Clusters clusters = new Clusters(new ClusterEnvironment(loop, stats));
    private final Set<InetSocketAddress> clientAddresses = ConcurrentHashMap.newKeySet();
    private final CountDownLatch release = new CountDownLatch(1);
    private HttpServer server = server();

    private HttpServer server() {
        try {
            HttpServer started = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
            started.setExecutor(Executors.newCachedThreadPool());
            started.createContext("/", exchange -> {
                clientAddresses.add(exchange.getRemoteAddress());
                if (exchange.getRequestURI().getPath().equals("/held")) {
                    await(release);
                }
                exchange.sendResponseHeaders(200, 2);
                exchange.getResponseBody().write(new byte[] {'o', 'k'});
                exchange.close();
            });
            return started;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeEach
    void start() {
        server.start();
    }

    @AfterEach
    void stop() {
        release.countDown();
        server.stop(0);
        loops.close();
    }

    @Test
    void reusesAConnectionForTheNextRequest() {
        Cluster cluster = put(TestClusters.cluster(server.getAddress()));

        assertThat(get(cluster, "/").join()).isEqualTo("200");
        assertThat(get(cluster, "/").join()).isEqualTo("200");

        assertThat(clientAddresses).hasSize(1);
        assertThat(value("cluster.test.upstream_cx_total")).isEqualTo(1);
        assertThat(value("cluster.test.upstream_rq_total")).isEqualTo(2);
    }

    @Test
    void closesAConnectionAfterItsLastRequest() {
        HttpOptions onlyOne = HttpOptionsDecoder.withMaxRequests(HttpOptions.HTTP1, 1);
        Cluster cluster = put(TestClusters.cluster(
                TestClusters.ROUND_ROBIN, CircuitBreakers.DEFAULT, OutlierDetection.OFF, onlyOne, server.getAddress()));

        get(cluster, "/").join();
        get(cluster, "/").join();

        assertThat(clientAddresses).hasSize(2);
    }

    @Test
    void refusesWhatWaitsBeyondTheLimit() {
        Cluster cluster = put(TestClusters.cluster(
                TestClusters.ROUND_ROBIN,
                TestClusters.limits(1, 1, 100),
                OutlierDetection.OFF,
                HttpOptions.HTTP1,
                server.getAddress()));
        CompletableFuture<String> first = get(cluster, "/held");
        Awaitility.await().until(() -> clientAddresses.size() == 1);

        CompletableFuture<String> second = get(cluster, "/");
        CompletableFuture<String> third = get(cluster, "/");

        assertThat(third.join()).isEqualTo(ProxyError.OVERFLOW.name());
        release.countDown();
        assertThat(first.join()).isEqualTo("200");
        assertThat(second.join()).isEqualTo("200");
        assertThat(value("cluster.test.upstream_rq_pending_overflow")).isEqualTo(1);
        assertThat(stats.computedGauges().get("cluster.test.upstream_rq_active").getAsLong())
                .isZero();
    }

    @Test
    void refusesRequestsAboveTheirLimit() {
        Cluster cluster = put(TestClusters.cluster(
                TestClusters.ROUND_ROBIN,
                TestClusters.limits(100, 100, 1),
                OutlierDetection.OFF,
                HttpOptions.HTTP1,
                server.getAddress()));
        CompletableFuture<String> first = get(cluster, "/held");
        Awaitility.await().until(() -> clientAddresses.size() == 1);

        assertThat(get(cluster, "/").join()).isEqualTo(ProxyError.OVERFLOW.name());
        release.countDown();
        assertThat(first.join()).isEqualTo("200");
    }

    @Test
    void tellsThatAHostRefusesConnections() throws IOException {
        try (Socket bound = new Socket()) {
            bound.bind(new InetSocketAddress("127.0.0.1", 0)); // nobody else gets the port, and nobody listens on it
            Cluster cluster = put(TestClusters.cluster((InetSocketAddress) bound.getLocalSocketAddress()));

            assertThat(get(cluster, "/").join()).isEqualTo(ProxyError.CONNECT_FAILURE.name());
        }
        assertThat(value("cluster.test.upstream_cx_connect_fail")).isEqualTo(1);
        assertThat(stats.computedGauges().get("cluster.test.upstream_cx_active").getAsLong())
                .isZero();
    }

    @Test
    void endsIdleConnectionsOfAHostThatLeaves() {
        Cluster cluster = put(TestClusters.cluster(server.getAddress()));
        get(cluster, "/").join();

        loop.submit(() -> cluster.assign(TestClusters.endpoints())).syncUninterruptibly();

        Awaitility.await()
                .until(() -> stats.computedGauges()
                                .get("cluster.test.upstream_cx_active")
                                .getAsLong()
                        == 0);
        assertThat(get(cluster, "/").join()).isEqualTo("none");
    }

    @Test
    void closesConnectionsThatIdleForTooLong() {
        HttpOptions shortIdle = new HttpOptions(
                HttpOptions.Protocol.HTTP1,
                Duration.ofMillis(50),
                Duration.ZERO,
                0,
                false,
                false,
                false,
                HttpOptions.Http2Options.DEFAULT);
        Cluster cluster = put(TestClusters.cluster(
                TestClusters.ROUND_ROBIN,
                CircuitBreakers.DEFAULT,
                OutlierDetection.OFF,
                shortIdle,
                server.getAddress()));

        get(cluster, "/").join();

        Awaitility.await().until(() -> value("cluster.test.upstream_cx_idle_timeout") == 1);
    }

    @Test
    void ejectsAHostAfterErrorsInARow() {
        OutlierDetection three = new OutlierDetection(
                true,
                Duration.ofSeconds(10),
                new OutlierDetection.Ejection(
                        Duration.ofSeconds(30), Duration.ofSeconds(300), Duration.ZERO, 100, false),
                new OutlierDetection.Consecutive(3, 100, 5, 0, 5, 100),
                OutlierDetection.OFF.successRate(),
                OutlierDetection.OFF.failurePercentage(),
                false,
                true);
        Cluster cluster = put(TestClusters.cluster(
                new LoadBalancing(LbPolicy.RoundRobin.INSTANCE, 0, false, false, false),
                CircuitBreakers.DEFAULT,
                three,
                HttpOptions.HTTP1,
                server.getAddress()));
        Host host = cluster.hosts().iterator().next();

        for (int error = 0; error < 3; error++) {
            host.recordResult(HostResult.ofStatus(500));
        }

        Awaitility.await().until(host::ejected);
        assertThat(get(cluster, "/").join()).isEqualTo("none");
        assertThat(value("cluster.test.outlier_detection.ejections_enforced_consecutive_5xx"))
                .isEqualTo(1);
    }

    private Cluster put(ClusterConfig config) {
        return loop.submit(() -> clusters.put(config)).syncUninterruptibly().getNow();
    }

    private long value(String name) {
        return stats.counter(name).value();
    }

    /// The status of the response, or what went wrong.
    private CompletableFuture<String> get(Cluster cluster, String path) {
        CompletableFuture<String> result = new CompletableFuture<>();
        loop.execute(() -> {
            ClusterWorker worker = cluster.on(loop);
            Host host = worker.pick(TestClusters.context(null));
            if (host == null) {
                result.complete("none");
            } else {
                worker.newStream(host, StreamOptions.HTTP1, new Request(path, result));
            }
        });
        return result.orTimeout(10, TimeUnit.SECONDS);
    }

    private final class Request implements StreamReady {
        private final String path;
        private final CompletableFuture<String> result;

        Request(String path, CompletableFuture<String> result) {
            this.path = path;
            this.result = result;
        }

        @Override
        public void onReady(ClientConnection connection, Host host, boolean reused) {
            RequestHead head = new RequestHead(HttpVersion.HTTP_1_1, "GET", "http", "test", path, new Headers());
            connection.open(head, true, new Answer(result));
        }

        @Override
        public void onFailure(ProxyError error, String details) {
            result.complete(error.name());
        }
    }

    private final class Answer implements ResponseListener {
        private final CompletableFuture<String> result;
        private final List<Integer> status = new ArrayList<>();

        Answer(CompletableFuture<String> result) {
            this.result = result;
        }

        @Override
        public void onInformational(ResponseHead head) {}

        @Override
        public void onHead(ResponseHead head, boolean end) {
            status.add(head.status());
            if (end) {
                done();
            }
        }

        @Override
        public void onData(ByteBuf data, boolean end) {
            data.release();
            if (end) {
                done();
            }
        }

        @Override
        public void onTrailers(Headers trailers) {
            done();
        }

        /// After the connection has seen that the exchange is over.
        private void done() {
            loop.execute(() -> result.complete(Integer.toString(status.getFirst())));
        }

        @Override
        public void onReset(StreamReset reason, String details) {
            result.complete(reason + " " + details);
        }

        @Override
        public void onWritabilityChanged(boolean writable) {}
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
