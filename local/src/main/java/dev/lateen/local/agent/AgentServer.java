package dev.lateen.local.agent;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.lateen.proxy.admin.AdminReply;
import dev.lateen.proxy.admin.AppProber;
import dev.lateen.proxy.admin.MergedPage;
import dev.lateen.proxy.bootstrap.AppMetrics;
import dev.lateen.proxy.telemetry.Exposition;
import dev.lateen.proxy.telemetry.PrometheusText;
import dev.lateen.proxy.telemetry.Rendering;
import dev.lateen.proxy.telemetry.Stats;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;

/// What Istio's agent serves on 15020: readiness of the proxy, the numbers of Envoy merged with those that we count
/// for it and with the application's, and the kubelet's questions to the application.
///
/// Thread: any; requests on virtual threads.
final class AgentServer implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final EnvoyAdmin envoy;
    private final BooleanSupplier namesTold;
    private final MergedPage merged;
    private final AppProber prober;
    private final Runnable quit;
    private final Runnable drain;
    private volatile boolean draining;

    /// @param namesTold whether the names that are to be served have come
    /// @param drain asks clients to end their connections soon
    /// @param quit ends the agent as SIGTERM does
    /// @throws IOException where the port is in use
    AgentServer(
            InetSocketAddress address,
            EnvoyAdmin envoy,
            BooleanSupplier namesTold,
            MergedPage merged,
            AppProber prober,
            Runnable drain,
            Runnable quit)
            throws IOException {
        this.envoy = envoy;
        this.namesTold = namesTold;
        this.merged = merged;
        this.prober = prober;
        this.drain = drain;
        this.quit = quit;
        try {
            this.server = HttpServer.create(address, 0);
        } catch (IOException e) {
            executor.close();
            throw new IOException("cannot listen on " + address + ": " + e.getMessage(), e);
        }
        server.setExecutor(executor);
        server.createContext("/healthz/ready", this::ready);
        server.createContext("/stats/prometheus", this::metrics);
        server.createContext("/metrics", this::metrics);
        server.createContext("/quitquitquit", exchange -> change(exchange, this.quit));
        server.createContext("/drain", exchange -> change(exchange, this.drain));
        server.createContext("/", this::probe);
        server.start();
    }

    /// The numbers of Envoy, those that we count for it, and those of the application.
    static MergedPage merged(Optional<AppMetrics> application, Stats stats, EnvoyAdmin envoy) {
        return new MergedPage(application, (rendering, out) -> write(stats, envoy, rendering, out));
    }

    InetSocketAddress address() {
        return server.getAddress();
    }

    /// A page of JSON or text.
    interface Page {
        AdminReply of(HttpExchange exchange);
    }

    /// Serves a page more.
    void add(String path, Page page) {
        server.createContext(path, exchange -> {
            AdminReply reply = page.of(exchange);
            answer(exchange, reply.status(), reply.contentType(), reply.body());
        });
    }

    /// From now on it says that it is not ready, so that no new work comes.
    void draining() {
        draining = true;
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }

    private void ready(HttpExchange exchange) throws IOException {
        Optional<String> reason = draining ? Optional.of("draining") : envoy.notReady();
        if (reason.isEmpty() && !namesTold.getAsBoolean()) {
            reason = Optional.of("the names of the mesh have not come yet");
        }
        answer(
                exchange,
                reason.isEmpty() ? 200 : 503,
                "text/plain; charset=utf-8",
                reason.map(text -> text + "\n").orElse(""));
    }

    private void probe(HttpExchange exchange) throws IOException {
        AdminReply reply = prober.answer(exchange.getRequestURI().getPath())
                .orElse(new AdminReply(404, "text/plain; charset=utf-8", "not found\n"));
        answer(exchange, reply.status(), reply.contentType(), reply.body());
    }

    private void metrics(HttpExchange exchange) throws IOException {
        Headers asked = exchange.getRequestHeaders();
        // Of Envoy we have text; messages with native histograms are on its own ports.
        Exposition format =
                Exposition.wanted(String.join(",", asked.getOrDefault("accept", List.of())), Exposition.OPEN_METRICS);
        MergedPage.Page page = merged.ask(
                Rendering.of(format),
                Objects.requireNonNullElse(asked.getFirst("x-prometheus-scrape-timeout-seconds"), ""));
        try (exchange) {
            exchange.getResponseHeaders().set("content-type", page.format().contentType());
            boolean bodiless = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(200, bodiless ? -1 : 0);
            if (!bodiless) {
                try (OutputStream out = exchange.getResponseBody()) {
                    page.body().writeTo(out);
                }
            }
        }
    }

    /// What we count for Envoy, and what it counts itself.
    private static boolean write(Stats stats, EnvoyAdmin envoy, Rendering rendering, OutputStream out)
            throws IOException {
        PrometheusText.write(stats, rendering, out);
        Optional<String> page = envoy.prometheus();
        out.write(EnvoyText.as(rendering.format(), page.orElse("")).getBytes(StandardCharsets.UTF_8));
        return page.isPresent();
    }

    private static void change(HttpExchange exchange, Runnable action) throws IOException {
        if (!exchange.getRequestMethod().equals("POST")) {
            answer(exchange, 405, "text/plain; charset=utf-8", "Method Not Allowed\n");
        } else if (!exchange.getRemoteAddress().getAddress().isLoopbackAddress()) {
            answer(exchange, 403, "text/plain; charset=utf-8", "Only requests from localhost are allowed\n");
        } else {
            answer(exchange, 200, "text/plain; charset=utf-8", "OK\n");
            action.run();
        }
    }

    private static void answer(HttpExchange exchange, int status, String type, String text) throws IOException {
        try (exchange) {
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("content-type", type);
            boolean bodiless = body.length == 0 || exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(status, bodiless ? -1 : body.length);
            if (!bodiless) {
                try (OutputStream out = exchange.getResponseBody()) {
                    out.write(body);
                }
            }
        }
    }
}
