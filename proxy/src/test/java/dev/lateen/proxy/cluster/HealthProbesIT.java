package dev.lateen.proxy.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.net.EventLoops;
import dev.lateen.proxy.config.Metadata;
import dev.lateen.proxy.health.CheckKind;
import dev.lateen.proxy.health.CheckPace;
import dev.lateen.proxy.health.HealthCheckConfig;
import dev.lateen.proxy.telemetry.Stats;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Checked hosts that send what nobody asked for.
final class HealthProbesIT {
    private static final CheckKind HTTP = new CheckKind.Http(
            "GET", "", "/", false, List.of(), List.of(), List.of(), List.of(), List.of("never"), 0, Optional.empty());
    private static final CheckKind HTTP2 = new CheckKind.Http(
            "GET", "", "/", true, List.of(), List.of(), List.of(), List.of(), List.of(), 0, Optional.empty());
    private static final CheckKind TCP = new CheckKind.Tcp("?", List.of("never"));
    private static final CheckKind GRPC = new CheckKind.Grpc("", "", List.of());
    private static final byte[] MUCH = "x".repeat(64 << 10).getBytes(StandardCharsets.US_ASCII);

    private final EventLoops loops = EventLoops.create("test", 1);
    private final EventLoop loop = loops.at(0);
    private final Stats stats = new Stats();
    private final Clusters clusters = new Clusters(new ClusterEnvironment(loop, stats));
    private final AtomicLong sent = new AtomicLong();
    private final ServerSocket server = server();

    private static ServerSocket server() {
        try {
            return new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        loops.close();
    }

    /// Says `first`, then whatever `rest` is, for as long as anybody takes it.
    private void serve(String first, byte[] rest) {
        Thread.startVirtualThread(() -> {
            while (!server.isClosed()) {
                try (Socket socket = server.accept()) {
                    socket.getOutputStream().write(first.getBytes(StandardCharsets.ISO_8859_1));
                    while (rest.length > 0) {
                        socket.getOutputStream().write(rest);
                        sent.addAndGet(rest.length);
                    }
                    socket.getInputStream().readAllBytes();
                } catch (IOException _) {
                    // The check has ended.
                }
            }
        });
    }

    private void check(CheckKind kind) {
        Duration once = Duration.ofHours(1);
        CheckPace pace = new CheckPace(once, once, once, once, once, once, Duration.ZERO, Duration.ZERO, 0);
        HealthCheckConfig check = new HealthCheckConfig(kind, Duration.ofSeconds(20), pace, 1, 1, true, List.of());
        ClusterConfig base = TestClusters.cluster(server.getLocalSocketAddress());
        ClusterConfig config = new ClusterConfig(
                "test",
                "test",
                base.discovery(),
                base.connections(),
                base.loadBalancing(),
                base.breakers(),
                base.outlier(),
                base.http(),
                base.transport(),
                new HealthSettings(Optional.of(check), true, false),
                Metadata.EMPTY);
        CompletableFuture.runAsync(() -> clusters.put(config), loop).join();
    }

    /// Long before its time is over.
    private void fails() {
        Awaitility.await()
                .until(() -> stats.counters()
                                .get("cluster.test.health_check.network_failure")
                                .value()
                        == 1);
        assertThat(clusters.get("test").hosts().iterator().next().checked().timedOut())
                .isFalse();
    }

    @Test
    void endsABodyWithoutAnEnd() {
        serve("HTTP/1.1 200 OK\r\n\r\n", MUCH);
        check(HTTP);
        fails();
        assertThat(sent.get()).isLessThan(32 << 20);
    }

    @Test
    void endsAHeadWithoutAnEnd() {
        serve("HTTP/1.1 200 OK\r\nx: ", MUCH);
        check(HTTP);
        fails();
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/2 200\r\n\r\n", "SSH-2.0-test\r\n", "\u0000\u0001\u0002"})
    void endsWhatIsNoHttp(String words) {
        serve(words + "\r\n\r\n", new byte[0]);
        check(HTTP);
        fails();
    }

    @Test
    void endsWhatIsNoHttp2() {
        serve("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n", new byte[0]);
        check(HTTP2);
        fails();
    }

    @Test
    void endsATcpAnswerThatIsTooLong() {
        serve("", MUCH);
        check(TCP);
        fails();
        assertThat(sent.get()).isLessThan(32 << 20);
    }

    @Test
    void endsWhatIsNoGrpc() {
        serve("hello, hello, hello", new byte[0]);
        check(GRPC);
        Awaitility.await()
                .until(() -> stats.counters()
                                .get("cluster.test.health_check.failure")
                                .value()
                        == 1);
    }

    @Test
    void readsWhetherAServiceServes() {
        assertThat(GrpcProbe.serves(new byte[] {8, 1})).isTrue();
        assertThat(GrpcProbe.serves(new byte[] {8, 2})).isFalse();
        assertThat(GrpcProbe.serves(new byte[0])).isFalse();
        assertThat(GrpcProbe.serves(new byte[] {8})).isFalse();
        assertThat(GrpcProbe.serves(new byte[] {8, (byte) 0xff, (byte) 0xff})).isFalse();
        assertThat(GrpcProbe.serves(new byte[] {18, 1, 'x', 8, 1})).isTrue();
        assertThat(GrpcProbe.serves(new byte[] {12, 8, 1})).isFalse();
    }
}
