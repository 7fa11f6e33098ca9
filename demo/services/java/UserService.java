import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/// The shop's user service. `GET /api/users` answers with its version and pod.
///
/// It can be made to misbehave, for the demo's checks:
///   ?delay=MILLISECONDS          answers late
///   ?failtries=N&key=K           answers 503 to the first N tries of the request with key K, then 200, as counted by the
///                                proxy's x-envoy-attempt-count, so that it holds over all replicas
///   ?status=CODE                 answers with that status
///   POST /control?failing=true   from now on every answer of this replica is 503; false ends it
///   GET  /control                how many requests it has seen, by key
public final class UserService {
    private static final String VERSION = System.getenv().getOrDefault("VERSION", "v1");
    private static final String POD = System.getenv().getOrDefault("POD_NAME", "local");
    private static final Map<String, AtomicInteger> SEEN = new ConcurrentHashMap<>();
    private static volatile boolean failing;

    public static void main(String[] arguments) throws IOException {
        int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "8080"));
        String host = System.getenv().getOrDefault("HOST", "0.0.0.0");
        HttpServer server = HttpServer.create(new InetSocketAddress(host, port), 1024);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/health", exchange -> reply(exchange, 200, "{\"status\":\"healthy\"}"));
        server.createContext("/api/users", UserService::users);
        server.createContext("/control", UserService::control);
        server.start();
        System.out.println("user-service " + VERSION + " listens on " + host + ":" + port);
    }

    private static void users(HttpExchange exchange) throws IOException {
        Map<String, String> query = query(exchange);
        String key = query.getOrDefault("key", "all");
        int seen = SEEN.computeIfAbsent(key, _ -> new AtomicInteger()).incrementAndGet();
        pause(query.get("delay"));
        int status = Integer.parseInt(query.getOrDefault("status", "200"));
        String attempt = exchange.getRequestHeaders().getFirst("x-envoy-attempt-count");
        int tries = attempt == null ? seen : Integer.parseInt(attempt);
        if (failing || tries <= Integer.parseInt(query.getOrDefault("failtries", "0"))) {
            status = 503;
        }
        reply(exchange, status, "{\"version\":\"" + VERSION + "\",\"pod\":\"" + POD + "\",\"users\":[\"ada\",\"grace\"]}");
    }

    private static void control(HttpExchange exchange) throws IOException {
        Map<String, String> query = query(exchange);
        if (query.containsKey("failing")) {
            failing = Boolean.parseBoolean(query.get("failing"));
        }
        StringBuilder json = new StringBuilder("{\"failing\":" + failing);
        SEEN.forEach((key, count) -> json.append(",\"").append(key).append("\":").append(count.get()));
        reply(exchange, 200, json.append('}').toString());
    }

    private static void pause(String milliseconds) {
        if (milliseconds != null) {
            try {
                Thread.sleep(Long.parseLong(milliseconds));
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static Map<String, String> query(HttpExchange exchange) {
        Map<String, String> query = new LinkedHashMap<>();
        String raw = exchange.getRequestURI().getRawQuery();
        for (String pair : raw == null ? new String[0] : raw.split("&")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                query.put(pair.substring(0, equals), URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        return query;
    }

    private static void reply(HttpExchange exchange, int status, String json) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            byte[] body = json.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("content-type", "application/json");
            exchange.getResponseHeaders().set("x-version", VERSION);
            exchange.getResponseHeaders().set("x-pod", POD);
            String user = exchange.getRequestHeaders().getFirst("x-user");
            if (user != null) {
                exchange.getResponseHeaders().set("x-user", user);
            }
            // The trace that the request belongs to: version-TRACE-span-flags.
            String trace = exchange.getRequestHeaders().getFirst("traceparent");
            exchange.getResponseHeaders().set("x-trace", trace == null || trace.length() != 55 ? "" : trace.substring(3, 35));
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }
}
