package dev.lateen.bench.sidebyside;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Asks for a proxy's page of metrics once a second, on a thread of its own, until closed.
final class Scrapes implements AutoCloseable {
    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(LIMIT)
            .build();
    private final HttpRequest request;
    private final List<Double> millis = new ArrayList<>();
    private final Thread thread;
    private volatile boolean ended;

    Scrapes(int adminPort) {
        request = page(adminPort);
        thread = Thread.ofPlatform().name("scrapes").start(this::run);
    }

    /// How many series the page has.
    static long series(int adminPort) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(page(adminPort), HttpResponse.BodyHandlers.ofLines())
                    .body()
                    .filter(line -> !line.startsWith("#"))
                    .count();
        }
    }

    private static HttpRequest page(int adminPort) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + adminPort + "/stats/prometheus"))
                .timeout(LIMIT)
                .build();
    }

    private void run() {
        try {
            long next = System.nanoTime();
            while (!ended) {
                long start = System.nanoTime();
                client.send(request, HttpResponse.BodyHandlers.discarding());
                millis.add((System.nanoTime() - start) / 1e6);
                next = Math.max(next + EVERY.toNanos(), System.nanoTime());
                Thread.sleep(Duration.ofNanos(Math.max(0, next - System.nanoTime())));
            }
        } catch (IOException e) {
            throw new IllegalStateException("the page of metrics could not be read", e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// From asking to the last byte, of each time; ends the asking.
    List<Double> millis() {
        close();
        return List.copyOf(millis);
    }

    @Override
    public void close() {
        ended = true;
        try {
            thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        client.close();
    }
}
