package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Our proxy with little memory and its defaults, and clients that take more than there is: it refuses some, lives on,
/// and serves everybody when they are gone.
class MemoryPressureIT {
    private static final int CLIENTS = 120;
    private static final int BODY_BYTES = 32 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Map<String, String> LITTLE_MEMORY =
            Map.of("LATEEN_PROXY_DIRECT", "12m", "LATEEN_PROXY_HEAP", "32m", "LATEEN_JAVA_OPTS", "-ea");

    private final List<Socket> greedy = new ArrayList<>();
    private Upstream upstream;
    private RunningProxy proxy;

    @BeforeEach
    void start() throws Exception {
        byte[] block = new byte[64 * 1024];
        upstream = new Upstream((request, socket) -> {
            if (!request.contains("/large")) {
                HttpClient.write(socket, Upstream.response(200, "small"));
                return;
            }
            HttpClient.write(socket, "HTTP/1.1 200 OK\r\ncontent-length: " + BODY_BYTES + "\r\n\r\n");
            for (int sent = 0; sent < BODY_BYTES; sent += block.length) {
                socket.getOutputStream().write(block);
            }
        });
        String breakers = "connect_timeout: 5s, circuit_breakers: {thresholds: [{max_connections: 10000,"
                + " max_pending_requests: 10000, max_requests: 10000}]}";
        proxy = DataPlane.LATEEN.start(
                new Bootstrap()
                        .cluster("some", breakers, upstream.port())
                        .http("main", "{match: {prefix: /}, route: {cluster: some, timeout: 60s}}"),
                LITTLE_MEMORY);
    }

    @AfterEach
    void stop() throws Exception {
        leave();
        proxy.close();
        upstream.close();
    }

    private void leave() throws IOException {
        for (Socket socket : greedy) {
            socket.close();
        }
        greedy.clear();
    }

    /// One that asks for much and reads nothing.
    private void greedy() {
        try {
            Socket socket = new Socket();
            socket.setReceiveBufferSize(4096);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port("main")));
            greedy.add(socket);
            HttpClient.write(socket, "GET /large HTTP/1.1\r\nhost: a\r\n\r\n");
        } catch (IOException _) {
            // Refused, as it may be.
        }
    }

    private String stats() throws IOException {
        return proxy.client("admin").get("/stats").body();
    }

    private long stat(String name) throws IOException {
        return stats().lines()
                .filter(line -> line.startsWith(name + ": "))
                .mapToLong(line -> Long.parseLong(line.substring(name.length() + 2)))
                .findFirst()
                .orElse(0);
    }

    private boolean served() {
        try {
            Reply reply = proxy.client("main").get("/small");
            return reply.status() == 200 && reply.body().equals("small");
        } catch (IOException _) {
            return false;
        }
    }

    @Test
    void shedsLoadBeforeMemoryEndsAndServesAgain() throws Exception {
        assertThat(served()).isTrue();
        for (int client = 0; client < CLIENTS; client++) {
            greedy();
        }
        // The page of numbers may be refused too.
        await().atMost(PATIENCE).ignoreExceptionsInstanceOf(IOException.class).untilAsserted(() -> {
            greedy();
            assertThat(stat("http.main.downstream_rq_overload_close") + shedConnections())
                    .as("refused under pressure: %s", pressure())
                    .isPositive();
        });
        assertThat(proxy.client("admin").get("/ready").status()).isEqualTo(200);
        leave();
        await().atMost(PATIENCE).until(this::served);
        assertThat(proxy.process().isAlive()).isTrue();
        assertThat(proxy.output()).doesNotContain("OutOfMemoryError", "OutOfDirectMemoryError");
    }

    private String pressure() throws IOException {
        return stats().lines()
                .filter(line -> line.startsWith("overload."))
                .toList()
                .toString();
    }

    private long shedConnections() throws IOException {
        return stats().lines()
                .filter(line -> line.contains(".downstream_cx_overload_reject: "))
                .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
