import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;

/// The shop's order service. `GET /api/orders` asks the user service and answers with what it said; the rest of the path,
/// the query and the headers that route (`version`, `x-canary`), authorize and trace go along.
public final class OrderService {
    private static final String POD = System.getenv().getOrDefault("POD_NAME", "local");
    private static final String USERS = System.getenv().getOrDefault("USERS_URL", "http://user-service/api/users");
    private static final List<String> PASSED_ON = List.of(
            "version", "x-canary", "authorization", "traceparent", "tracestate", "b3", "x-request-id", "x-b3-traceid", "x-b3-spanid",
            "x-b3-parentspanid", "x-b3-sampled", "x-b3-flags");
    private static final HttpClient CLIENT = client();

    public static void main(String[] arguments) throws IOException {
        int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "8080"));
        String host = System.getenv().getOrDefault("HOST", "0.0.0.0");
        HttpServer server = HttpServer.create(new InetSocketAddress(host, port), 1024);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/health", exchange -> reply(exchange, 200, "{\"status\":\"healthy\"}", ""));
        server.createContext("/api/orders", OrderService::orders);
        server.start();
        System.out.println("order-service listens on " + host + ":" + port + ", users at " + USERS);
    }

    private static void orders(HttpExchange exchange) throws IOException {
        String query = exchange.getRequestURI().getRawQuery();
        String path = exchange.getRequestURI().getRawPath().substring("/api/orders".length());
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(USERS + path + (query == null ? "" : "?" + query)))
                .timeout(Duration.ofSeconds(30));
        for (String name : PASSED_ON) {
            String value = exchange.getRequestHeaders().getFirst(name);
            if (value != null) {
                request.header(name, value);
            }
        }
        try {
            HttpResponse<String> users = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
            String version = users.headers().firstValue("x-version").orElse("");
            // Which of the mesh's routes led there, where these say so, and the trace that arrived there.
            for (String name : List.of("x-routing", "x-trace")) {
                users.headers().firstValue(name).ifPresent(value -> exchange.getResponseHeaders().set(name, value));
            }
            String body = "{\"pod\":\"" + POD + "\",\"orders\":[1,2,3],\"users\":{\"status\":" + users.statusCode()
                    + ",\"version\":\"" + version + "\",\"pod\":\"" + users.headers().firstValue("x-pod").orElse("") + "\"}}";
            reply(exchange, users.statusCode(), body, version);
        } catch (IOException failure) {
            reply(exchange, 502, "{\"error\":\"" + failure.getClass().getSimpleName() + "\"}", "");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            reply(exchange, 503, "{\"error\":\"interrupted\"}", "");
        }
    }

    /// Through the sidecar's explicit proxy where there is one; otherwise connections are captured on their way.
    private static HttpClient client() {
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(5));
        String proxy = System.getenv("HTTP_PROXY");
        if (proxy != null && !proxy.isEmpty()) {
            URI uri = URI.create(proxy);
            builder.proxy(ProxySelector.of(new InetSocketAddress(uri.getHost(), uri.getPort())));
        }
        return builder.build();
    }

    private static void reply(HttpExchange exchange, int status, String json, String version) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            byte[] body = json.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("content-type", "application/json");
            exchange.getResponseHeaders().set("x-version", version);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }
}
