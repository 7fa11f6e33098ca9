package dev.lateen.proxy.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.lateen.net.EventLoops;
import dev.lateen.proxy.config.Metadata;
import dev.lateen.proxy.health.CheckKind;
import dev.lateen.proxy.health.CheckPace;
import dev.lateen.proxy.health.HealthCheckConfig;
import dev.lateen.proxy.stream.PeerInfo;
import dev.lateen.proxy.telemetry.Stats;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Checks of hosts that come and go.
final class HealthCheckerIT {
    private final EventLoops loops = EventLoops.create("test", 1);
    private final EventLoop loop = loops.at(0);
    private final Stats stats = new Stats();
    private final Clusters clusters = new Clusters(new ClusterEnvironment(loop, stats));
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger status = new AtomicInteger(200);
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/", exchange -> {
            asked.incrementAndGet();
            exchange.sendResponseHeaders(status.get(), -1);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        loops.close();
    }

    private static CheckPace every(Duration interval) {
        return new CheckPace(
                interval, interval, interval, interval, interval, interval, Duration.ZERO, Duration.ZERO, 0);
    }

    private static HealthCheckConfig check(Duration interval, Duration timeout) {
        return new HealthCheckConfig(
                new CheckKind.Http(
                        "GET",
                        "",
                        "/",
                        false,
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        0,
                        Optional.empty()),
                timeout,
                every(interval),
                1,
                1,
                true,
                List.of());
    }

    private static ClusterConfig config(HealthCheckConfig check, String statName, boolean drops) {
        ClusterConfig base = TestClusters.cluster();
        return new ClusterConfig(
                "test",
                statName,
                new Discovery.Eds("test"),
                base.connections(),
                base.loadBalancing(),
                base.breakers(),
                base.outlier(),
                base.http(),
                base.transport(),
                new HealthSettings(Optional.of(check), true, drops),
                Metadata.EMPTY);
    }

    private static final Duration SOON = Duration.ofMillis(20);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private <T> T on(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, loop).join();
    }

    private Cluster put(ClusterConfig config) {
        return on(() -> clusters.put(config));
    }

    private void assign(SocketAddress... addresses) {
        on(() -> {
            clusters.assign(TestClusters.endpoints(addresses));
            return null;
        });
    }

    private static List<Host> healthy(Cluster cluster) {
        return cluster.hosts().stream().filter(HostSnapshot::healthy).toList();
    }

    private long value(String name) {
        return stats.counters().get("cluster.test." + name).value();
    }

    @Test
    void isWarmWhenEachHostHasBeenAsked() {
        Cluster cluster = put(config(check(SOON, TIMEOUT), "test", false));
        assertThat(on(() -> {
                    clusters.assign(TestClusters.endpoints(server.getAddress(), TestClusters.address(1)));
                    return cluster.warm();
                }))
                .isFalse();
        Awaitility.await().until(() -> on(cluster::warm));
        assertThat(healthy(cluster)).hasSize(1);
        assertThat(cluster.describeHosts())
                .isEqualTo("2 hosts, 1 healthy, 0 ejected: 127.0.0.1:1 failed its health check");
    }

    @Test
    void keepsAHostThatDiscoveryLeavesOutForAsLongAsItIsWell() {
        Cluster cluster = put(config(check(SOON, TIMEOUT), "test", false));
        assign(server.getAddress());
        Awaitility.await().until(() -> healthy(cluster).size() == 1);
        assign();
        int before = asked.get();
        Awaitility.await().until(() -> asked.get() > before + 3);
        assertThat(healthy(cluster)).hasSize(1);
        assertThat(cluster.hosts().iterator().next().pendingRemoval()).isTrue();

        status.set(500);

        Awaitility.await().until(() -> cluster.hosts().isEmpty());
        assertThat(on(() -> cluster.snapshot().members())).isEmpty();
    }

    @Test
    void forgetsAHostAtOnceWhereItIsToldTo() {
        Cluster cluster = put(config(check(SOON, TIMEOUT), "test", true));
        assign(server.getAddress());
        Awaitility.await().until(() -> healthy(cluster).size() == 1);
        assign();
        assertThat(cluster.hosts()).isEmpty();
    }

    @Test
    void losesNoCheckWhenOtherEndpointsComeAndGo() {
        Cluster cluster = put(config(check(SOON, TIMEOUT), "test", true));
        for (int round = 0; round < 50; round++) {
            assign(server.getAddress(), TestClusters.address(1 + round % 5));
        }
        Awaitility.await().until(() -> healthy(cluster).size() == 1);
        int before = asked.get();
        Awaitility.await().until(() -> asked.get() > before + 5);
        assertThat(cluster.hosts()).hasSize(2);
    }

    @Test
    void asksNobodyAnyMoreWhenTheClusterGoes() {
        put(config(check(SOON, TIMEOUT), "test", false));
        assign(server.getAddress());
        Awaitility.await().until(() -> asked.get() > 2);
        on(() -> {
            clusters.remove("test");
            return null;
        });
        int after = asked.get() + 1;
        // Another cluster's time goes by.
        AtomicInteger ticks = new AtomicInteger();
        loop.scheduleAtFixedRate(ticks::incrementAndGet, 0, 10, java.util.concurrent.TimeUnit.MILLISECONDS);
        Awaitility.await().until(() -> ticks.get() > 30);
        assertThat(asked.get()).isLessThanOrEqualTo(after);
    }

    @Test
    void knowsWhatTheClusterBeforeItKnew() {
        put(config(check(Duration.ofHours(1), TIMEOUT), "test", false));
        assign(server.getAddress());
        Awaitility.await()
                .until(() -> asked.get() > 0 && healthy(clusters.get("test")).size() == 1);
        server.stop(0);
        List<Host> now = on(() -> healthy(clusters.put(config(check(Duration.ofHours(1), TIMEOUT), "again", false))));
        assertThat(now).hasSize(1);
    }

    /// Servers that take a connection and say nothing.
    @Test
    void asksOnlySoManyAtATime() throws IOException {
        List<Socket> open = new CopyOnWriteArrayList<>();
        try (ServerSocket silent = new ServerSocket(0, 1000, InetAddress.getByName("0.0.0.0"))) {
            Thread.startVirtualThread(() -> {
                while (!silent.isClosed()) {
                    try {
                        open.add(silent.accept());
                    } catch (IOException _) {
                        return;
                    }
                }
            });
            int hosts = 3 * HealthChecker.MAX_PARALLEL;
            SocketAddress[] addresses = new SocketAddress[hosts];
            for (int index = 0; index < hosts; index++) {
                addresses[index] =
                        new InetSocketAddress("127.1." + index / 250 + "." + (1 + index % 250), silent.getLocalPort());
            }
            Cluster cluster = put(config(check(Duration.ofHours(1), Duration.ofSeconds(3)), "test", false));
            assign(addresses);
            Awaitility.await().until(() -> value("health_check.attempt") >= HealthChecker.MAX_PARALLEL);
            assertThat(value("health_check.attempt")).isEqualTo(HealthChecker.MAX_PARALLEL);
            // Each in its turn, and with all of its time.
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> on(cluster::warm));
            assertThat(value("health_check.failure")).isEqualTo(hosts);
            assertThat(value("health_check.attempt")).isEqualTo(hosts);
            for (Socket socket : open) {
                socket.close();
            }
        }
    }

    @Test
    void startsAnewWhereTheEndpointIsAskedElsewhere() {
        Cluster cluster = put(config(check(SOON, TIMEOUT), "test", true));
        assign(TestClusters.address(1));
        Awaitility.await().until(() -> value("health_check.failure") > 2);
        List<EndpointConfig> moved = new ArrayList<>();
        moved.add(new EndpointConfig(
                TestClusters.address(1),
                "",
                1,
                EndpointConfig.Health.HEALTHY,
                new EndpointCheck(null, server.getAddress().getPort(), "", false),
                Metadata.EMPTY,
                PeerInfo.UNKNOWN));
        on(() -> {
            clusters.assign(new EndpointsConfig(
                    "test", 140, List.of(new EndpointsConfig.Locality(LocalityName.NONE, 0, 0, moved))));
            return null;
        });
        Awaitility.await().until(() -> healthy(cluster).size() == 1);
    }
}
