package dev.lateen.e2e.mesh;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/// A workload of the tests, a process of its own. It says who it is and who called, and does on behalf of a test what
/// only a pod can do:
///
///   /            its name, the caller's certificate and the user, as its proxy tells them
///   /caller      the address that the request came from
///   /count?P     how often it was asked for a path for which it has no other answer than its name
///   /slow?MS     its name, after so many milliseconds
///   /headers     the names of the request's fields
///   /field?N     the value of one of them
///   /fetch?URL   what that URL answers, asked with the token that came with the request, and with the fields that
///                PEER_PASSES names
///   /resolve?N   the addresses of a name
///   /grpc?S      an answer as gRPC's servers give it, with status S
///   /metrics     how many answers it gave, as text, or with ?format=open as OpenMetrics
///   /tcp?H:P     the line that a TCP service says first
final class Peer {
    private static final String NAME = System.getenv().getOrDefault("PEER_NAME", "peer");
    private static final List<String> PASSED_ON =
            List.of(("authorization " + System.getenv().getOrDefault("PEER_PASSES", ""))
                    .strip()
                    .split(" "));
    private static final Duration LONGEST = Duration.ofSeconds(10);
    private static final HttpClient CLIENT = client();
    private static final Map<String, LongAdder> COUNTS = new ConcurrentHashMap<>();

    private Peer() {}

    public static void main(String[] arguments) throws IOException {
        String host = System.getenv().getOrDefault("HOST", "0.0.0.0");
        if (System.getenv("PEER_TCP") != null) {
            sayName(new ServerSocket(port(), 64, InetAddress.getByName(host)));
        }
        HttpServer server = HttpServer.create(new InetSocketAddress(host, port()), 64);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext(
                "/",
                exchange -> answer(
                        exchange,
                        counted(exchange) + " " + exchange.getRequestHeaders().getFirst("x-forwarded-client-cert")
                                + " user=" + exchange.getRequestHeaders().getFirst("x-user")));
        server.createContext(
                "/caller",
                exchange -> answer(
                        exchange, exchange.getRemoteAddress().getAddress().getHostAddress()));
        server.createContext("/slow", Peer::slowly);
        server.createContext(
                "/headers",
                exchange -> answer(
                        exchange,
                        String.join(" ", exchange.getRequestHeaders().keySet()).toLowerCase(Locale.ROOT)));
        server.createContext(
                "/field",
                exchange -> answer(
                        exchange, String.valueOf(exchange.getRequestHeaders().getFirst(question(exchange)))));
        server.createContext(
                "/fetch", exchange -> answer(exchange, fetch(question(exchange), exchange.getRequestHeaders())));
        server.createContext(
                "/count",
                exchange ->
                        answer(exchange, Long.toString(count(question(exchange)).sum())));
        server.createContext("/metrics", Peer::metrics);
        server.createContext("/grpc", Peer::grpc);
        server.createContext("/resolve", exchange -> answer(exchange, resolve(question(exchange))));
        server.createContext("/tcp", exchange -> answer(exchange, firstLine(question(exchange))));
        server.createContext("/via", exchange -> answer(exchange, via(question(exchange))));
        server.start();
    }

    /// Its name.
    private static String counted(HttpExchange exchange) {
        count(exchange.getRequestURI().getPath()).increment();
        return NAME;
    }

    private static void slowly(HttpExchange exchange) throws IOException {
        LockSupport.parkNanos(
                Duration.ofMillis(Long.parseLong(question(exchange))).toNanos());
        answer(exchange, NAME);
    }

    private static void metrics(HttpExchange exchange) throws IOException {
        boolean open = question(exchange).equals("format=open");
        exchange.getResponseHeaders()
                .set("content-type", open ? "application/openmetrics-text; version=1.0.0" : "text/plain");
        long answers = COUNTS.values().stream().mapToLong(LongAdder::sum).sum();
        String family = "peer_answers" + (open ? "" : "_total");
        answer(
                exchange,
                "# HELP " + family + " Answers given.\n# TYPE " + family + " counter\npeer_answers_total{peer=\"" + NAME
                        + "\"} " + answers + "\n" + (open ? "# EOF\n" : ""));
    }

    private static void grpc(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("content-type", "application/grpc");
        exchange.getResponseHeaders().set("grpc-status", question(exchange));
        answer(exchange, "");
    }

    private static LongAdder count(String path) {
        return COUNTS.computeIfAbsent(path, _ -> new LongAdder());
    }

    private static int port() {
        return Integer.parseInt(System.getenv().getOrDefault("PORT", "8080"));
    }

    private static void sayName(ServerSocket listening) throws IOException {
        while (true) {
            try (Socket socket = listening.accept()) {
                socket.getOutputStream().write((NAME + "\n").getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private static String question(HttpExchange exchange) {
        return URLDecoder.decode(
                Optional.ofNullable(exchange.getRequestURI().getRawQuery()).orElse(""), StandardCharsets.UTF_8);
    }

    private static String fetch(String url, Headers asked) {
        try {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(URI.create(url)).timeout(LONGEST);
            for (String name : PASSED_ON) {
                Optional.ofNullable(asked.getFirst(name)).ifPresent(value -> request.header(name, value));
            }
            HttpResponse<String> answer = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() + " " + answer.body();
        } catch (IOException failure) {
            return failure.toString();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return interrupted.toString();
        }
    }

    private static String resolve(String name) {
        try {
            TreeSet<String> addresses = new TreeSet<>();
            Arrays.stream(InetAddress.getAllByName(name)).forEach(one -> addresses.add(one.getHostAddress()));
            return String.join(" ", addresses);
        } catch (IOException failure) {
            return failure.toString();
        }
    }

    private static String firstLine(String address) {
        int colon = address.lastIndexOf(':');
        try (Socket socket = new Socket()) {
            int port = Integer.parseInt(address.substring(colon + 1));
            socket.setSoTimeout((int) LONGEST.toMillis());
            socket.connect(new InetSocketAddress(address.substring(0, colon), port), (int) LONGEST.toMillis());
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException failure) {
            return failure.toString();
        }
    }

    /// What comes back from an address where another host is asked for.
    private static String via(String words) {
        String[] addressAndHost = words.split(" ");
        int colon = addressAndHost[0].lastIndexOf(':');
        try (Socket socket = new Socket()) {
            socket.setSoTimeout((int) LONGEST.toMillis());
            socket.connect(
                    new InetSocketAddress(
                            addressAndHost[0].substring(0, colon),
                            Integer.parseInt(addressAndHost[0].substring(colon + 1))),
                    (int) LONGEST.toMillis());
            socket.getOutputStream()
                    .write(("GET / HTTP/1.1\r\nHost: " + addressAndHost[1] + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failure) {
            return failure.toString();
        }
    }

    private static HttpClient client() {
        HttpClient.Builder builder =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(LONGEST);
        String proxy = System.getenv("HTTP_PROXY");
        if (proxy != null) {
            URI uri = URI.create(proxy);
            builder.proxy(ProxySelector.of(new InetSocketAddress(uri.getHost(), uri.getPort())));
        }
        return builder.build();
    }

    private static void answer(HttpExchange exchange, String text) throws IOException {
        try (exchange) {
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }
}
