import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executors;

/// Takes spans as Zipkin does (`POST /api/v2/spans`), and shows the latest batches, one a line (`GET /spans`).
public final class SpanCollector {
    private static final int KEPT = 500;
    private static final Deque<String> BATCHES = new ArrayDeque<>();

    public static void main(String[] arguments) throws IOException {
        int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "8080"));
        HttpServer server = HttpServer.create(new InetSocketAddress("0.0.0.0", port), 128);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/health", exchange -> reply(exchange, 200, "ok\n"));
        server.createContext("/api/v2/spans", SpanCollector::take);
        server.createContext("/spans", exchange -> reply(exchange, 200, kept()));
        server.start();
        System.out.println("span-collector listens on " + port);
    }

    private static void take(HttpExchange exchange) throws IOException {
        String batch = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        synchronized (BATCHES) {
            BATCHES.addLast(batch.replace('\n', ' '));
            if (BATCHES.size() > KEPT) {
                BATCHES.removeFirst();
            }
        }
        reply(exchange, 202, "");
    }

    private static String kept() {
        synchronized (BATCHES) {
            return String.join("\n", BATCHES);
        }
    }

    private static void reply(HttpExchange exchange, int status, String text) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }
}
