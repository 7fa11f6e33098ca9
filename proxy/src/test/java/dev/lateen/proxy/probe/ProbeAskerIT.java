package dev.lateen.proxy.probe;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.lateen.net.EventLoops;
import dev.lateen.xds.client.ApplicationHealth;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Applications that are asked how they are, over real connections and with real commands.
final class ProbeAskerIT {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final EventLoops loops = EventLoops.create("test", 1);
    private final ProbeAsker asker = new ProbeAsker(loops, "127.0.0.1");
    private final AtomicInteger status = new AtomicInteger(200);
    private final BlockingQueue<String> askedFrom = new LinkedBlockingQueue<>();
    private HttpServer application;

    @BeforeEach
    void start() throws IOException {
        application = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        application.createContext("/health", exchange -> {
            try (exchange) {
                askedFrom.add(exchange.getRemoteAddress().getHostString() + " "
                        + exchange.getRequestHeaders().getFirst("x-why"));
                exchange.sendResponseHeaders(status.get(), -1);
            }
        });
        application.start();
    }

    @AfterEach
    void stop() {
        application.stop(0);
        loops.close();
    }

    @Test
    void asksByHttpFromTheAddressThatIsLetThrough() {
        Probe probe = http(Map.of("x-why", "test"));

        assertThat(asker.ask(probe).fault()).isEmpty();
        assertThat(askedFrom).containsExactly("127.0.0.6 test");
        status.set(503);
        assertThat(asker.ask(probe).fault()).contains("HTTP status 503");
        status.set(302);
        assertThat(asker.ask(probe).fault()).isEmpty();
    }

    @Test
    void aConnectionIsAnswerEnough() throws IOException {
        int port = application.getAddress().getPort();

        assertThat(asker.ask(new Probe(new Probe.Tcp(), "127.0.0.1", port, PATIENCE))
                        .fault())
                .isEmpty();
        assertThat(asker.ask(new Probe(new Probe.Tcp(), "127.0.0.1", closedPort(), PATIENCE))
                        .fault())
                .isPresent();
    }

    @Test
    void anAnswerThatDripsHasNoMoreTimeThanNone() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            Thread drip = Thread.ofVirtual().start(() -> drip(server));
            Probe probe = new Probe(
                    new Probe.Http("/", Map.of(), false), "127.0.0.1", server.getLocalPort(), Duration.ofMillis(600));
            long start = System.nanoTime();

            assertThat(asker.ask(probe).fault()).isPresent();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
            drip.interrupt();
            drip.join();
        }
    }

    @Test
    void runsCommands(@TempDir Path directory) throws IOException {
        Path file = Files.createFile(directory.resolve("well"));

        assertThat(exec("test", "-e", file.toString())).isEmpty();
        Files.delete(file);
        assertThat(exec("test", "-e", file.toString())).contains("the command ended with 1");
        assertThat(exec(Duration.ofSeconds(1), "sleep", "60")).contains("the command took longer than 1 s");
        assertThat(exec("/no/such/command")).isPresent();
    }

    @Test
    void aServerThatSpeaksNoGrpcIsNotWell() {
        Probe probe = new Probe(
                new Probe.Grpc(""), "127.0.0.1", application.getAddress().getPort(), PATIENCE);

        assertThat(asker.ask(probe).fault()).isPresent();
    }

    @Test
    void tellsWhenTheOpinionChanges() throws InterruptedException {
        BlockingQueue<ApplicationHealth> told = new LinkedBlockingQueue<>();
        var config = new HealthCheckConfig(http(Map.of()), Duration.ZERO, Duration.ofMillis(50), 1, 2);
        try (HealthCheck check = HealthCheck.start(config, Optional::empty, asker, told::add)) {
            assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo(ApplicationHealth.WELL);
            status.set(500);
            assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo(ApplicationHealth.unwell("HTTP status 500"));
            status.set(200);
            assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo(ApplicationHealth.WELL);
            check.drain();
            assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo(ApplicationHealth.unwell("the proxy is draining"));
            assertThat(told).isEmpty();
        }
    }

    private Probe http(Map<String, String> headers) {
        return new Probe(
                new Probe.Http("/health", headers, false),
                "127.0.0.1",
                application.getAddress().getPort(),
                PATIENCE);
    }

    private Optional<String> exec(String... command) {
        return exec(PATIENCE, command);
    }

    private Optional<String> exec(Duration timeout, String... command) {
        return asker.ask(new Probe(new Probe.Exec(List.of(command)), "", 0, timeout))
                .fault();
    }

    private static int closedPort() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return server.getLocalPort();
        }
    }

    private static void drip(ServerSocket server) {
        try (Socket socket = server.accept()) {
            for (char one : ("HTTP/1.1 200 " + "O".repeat(200)).toCharArray()) {
                socket.getOutputStream().write(one);
                Thread.sleep(500);
            }
        } catch (IOException | InterruptedException _) {
            // The client has gone, as it should.
        }
    }
}
