package dev.lateen.e2e.mesh;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// A workload of the tests that does not do well, a process of its own. What goes wrong is in the path:
///
///   /slow…     the answer comes after 3 s
///   /flaky…    503
///   /closed…   the connection ends without an answer
///   others     200
final class Troublemaker {
    private static final Duration LONG = Duration.ofSeconds(3);

    private Troublemaker() {}

    public static void main(String[] arguments) throws IOException {
        String host = System.getenv().getOrDefault("HOST", "0.0.0.0");
        int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "8080"));
        HttpServer server = HttpServer.create(new InetSocketAddress(host, port), 64);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", Troublemaker::answer);
        server.start();
    }

    private static void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        if (path.startsWith("/closed")) {
            throw new IOException("no answer"); // after which the server ends the connection
        }
        try (exchange) {
            if (path.startsWith("/slow")) {
                idle();
            }
            exchange.sendResponseHeaders(path.startsWith("/flaky") ? 503 : 200, -1);
        }
    }

    private static void idle() {
        try {
            var _ = new CountDownLatch(1).await(LONG.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
