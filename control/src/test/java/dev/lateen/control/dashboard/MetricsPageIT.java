package dev.lateen.control.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a workload may do to the control plane by answering in its proxy's place.
class MetricsPageIT {
    private final MetricsPage page = new MetricsPage(1_000, Duration.ofSeconds(30));
    private final CountDownLatch end = new CountDownLatch(1);
    private final HttpServer server = create();

    @BeforeEach
    void start() {
        server.setExecutor(java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    @AfterEach
    void stop() {
        end.countDown();
        server.stop(0);
    }

    @Test
    void cutsAPageThatIsTooLong() throws IOException {
        assertThat(page.read(answering(exchange -> {
                    exchange.sendResponseHeaders(200, 0);
                    try (var out = exchange.getResponseBody()) {
                        for (int i = 0; i < 1_000; i++) {
                            out.write(new byte[1_000]);
                        }
                    }
                })))
                .hasValueSatisfying(text -> assertThat(text).hasSize(1_000));
    }

    @Test
    void waitsForNobodyThatDoesNotEnd() throws IOException {
        URI address = answering(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write('a');
            exchange.getResponseBody().flush();
            try {
                end.await();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        });
        MetricsPage impatient = new MetricsPage(1_000, Duration.ofMillis(300));
        assertThatThrownBy(() -> impatient.read(address)).isInstanceOf(IOException.class);
    }

    @Test
    void isNotSentElsewhere() throws IOException {
        assertThat(page.read(answering(exchange -> {
                    exchange.getResponseHeaders().set("Location", "http://127.0.0.1:1/");
                    exchange.sendResponseHeaders(302, -1);
                })))
                .isEmpty();
    }

    private URI answering(HttpHandler handler) {
        server.createContext("/", handler);
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    }

    private static HttpServer create() {
        try {
            return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException failure) {
            throw new java.io.UncheckedIOException(failure);
        }
    }
}
