package dev.lateen.kubernetes.webhook;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Listens for what API servers ask, under istiod's paths: `/inject` and what follows it, `/validate`, `/httpsReady`;
/// and, as the one HTTPS port, for other trust domains that fetch the mesh's bundle: `/spiffe/bundle`.
///
/// Limits: bodies as large as an API server's largest object with its old state, a number of requests at a time; more
/// wait their turn, for which the API server's own timeout is the end.
///
/// Thread: any; each request has a virtual thread.
public final class WebhookServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WebhookServer.class);
    private static final int MOST_BYTES = 8 * 1024 * 1024;
    private static final int AT_A_TIME = 16;

    private final HttpsServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore turns = new Semaphore(AT_A_TIME);

    private WebhookServer(HttpsServer server) {
        this.server = server;
    }

    /// @param tls with the certificate that the API server is told to believe
    /// @param injection as it is in force at the time of a request
    /// @param bundle of the mesh's trust domain
    /// @param listener hears what is answered
    public static WebhookServer start(
            InetSocketAddress address,
            SSLContext tls,
            Supplier<InjectionHook> injection,
            ValidationHook validation,
            Supplier<String> bundle,
            WebhookListener listener)
            throws IOException {
        WebhookServer started;
        try {
            started = new WebhookServer(HttpsServer.create(address, 0));
        } catch (IOException e) {
            throw new IOException("webhooks: cannot listen at " + address + ": " + e.getMessage(), e);
        }
        HttpsServer server = started.server;
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        server.setExecutor(started.threads);
        server.createContext("/inject", exchange -> {
            long start = System.nanoTime();
            started.review(
                    exchange,
                    request -> injection
                            .get()
                            .answer(request, exchange.getRequestURI().getPath(), listener),
                    _ -> {});
            listener.injectionTook(Duration.ofNanos(System.nanoTime() - start));
        });
        server.createContext(
                "/validate",
                exchange ->
                        started.review(exchange, request -> validation.answer(request, listener), listener::noReview));
        server.createContext("/httpsReady", exchange -> answer(exchange, 200, "text/plain", "ok\n"));
        server.createContext("/spiffe/bundle", exchange -> answer(exchange, 200, "application/json", bundle.get()));
        server.start();
        return started;
    }

    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    /// @param wrong hears with which status a request is answered that is no review
    private void review(HttpExchange exchange, Function<AdmissionRequest, String> hook, IntConsumer wrong)
            throws IOException {
        try {
            turns.acquire();
            try {
                answer(exchange, hook, wrong);
            } finally {
                turns.release();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            exchange.close();
        } catch (RuntimeException failure) {
            LOG.atError()
                    .setCause(failure)
                    .addKeyValue("path", exchange.getRequestURI())
                    .log("a webhook failed");
            answer(exchange, 500, "text/plain", "the webhook failed: its log says why\n");
        }
    }

    private static void answer(HttpExchange exchange, Function<AdmissionRequest, String> hook, IntConsumer wrong)
            throws IOException {
        if (!exchange.getRequestMethod().equals("POST")) {
            wrong.accept(405);
            answer(exchange, 405, "text/plain", "POST an AdmissionReview\n");
            return;
        }
        byte[] body = exchange.getRequestBody().readNBytes(MOST_BYTES + 1);
        if (body.length > MOST_BYTES) {
            wrong.accept(413);
            answer(exchange, 413, "text/plain", "more than " + MOST_BYTES + " bytes\n");
            return;
        }
        Optional<AdmissionRequest> request = AdmissionRequest.read(new String(body, StandardCharsets.UTF_8));
        if (request.isEmpty()) {
            wrong.accept(400);
            answer(exchange, 400, "text/plain", "not an AdmissionReview with a request\n");
            return;
        }
        answer(exchange, 200, "application/json", hook.apply(request.get()));
    }

    private static void answer(HttpExchange exchange, int status, String type, String text) throws IOException {
        try (exchange) {
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.sendResponseHeaders(status, body.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        }
    }
}
