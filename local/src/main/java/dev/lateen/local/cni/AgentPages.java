package dev.lateen.local.cni;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;

/// What kubelet and scrapers ask the agent: `/readyz` and `/metrics`. Thread: any.
final class AgentPages implements AutoCloseable {
    private final HttpServer ready;
    private final HttpServer metrics;

    private AgentPages(HttpServer ready, HttpServer metrics) {
        this.ready = ready;
        this.metrics = metrics;
    }

    static AgentPages open(NodeAgentSettings.Ports ports, AgentNumbers numbers) throws IOException {
        HttpServer ready = server(ports.ready());
        ready.createContext(
                "/readyz",
                exchange -> answer(exchange, numbers.isReady() ? 200 : 503, numbers.isReady() ? "ready" : "not ready"));
        ready.createContext("/healthz", exchange -> answer(exchange, 200, "alive"));
        HttpServer metrics = server(ports.metrics());
        metrics.createContext("/metrics", exchange -> answer(exchange, 200, numbers.text()));
        ready.start();
        metrics.start();
        return new AgentPages(ready, metrics);
    }

    private static HttpServer server(int port) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(port), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        return server;
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("content-type", "text/plain; version=0.0.4; charset=utf-8");
        exchange.sendResponseHeaders(status, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    @Override
    public void close() {
        ready.stop(0);
        metrics.stop(0);
    }
}
