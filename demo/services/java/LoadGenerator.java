import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/// Sends `RATE` requests a second to `TARGET`, for ever. Says each failure, and how many answers came, every 100.
public final class LoadGenerator {
    private static final AtomicLong ANSWERED = new AtomicLong();

    public static void main(String[] arguments) throws InterruptedException {
        URI target = URI.create(System.getenv().getOrDefault("TARGET", "http://order-service/api/orders"));
        double rate = Double.parseDouble(System.getenv().getOrDefault("RATE", "20"));
        HttpClient client = client();
        long interval = (long) (1e9 / rate);
        long next = System.nanoTime();
        System.out.println("load-generator sends " + rate + " requests/s to " + target);
        while (true) {
            next += interval;
            long wait = next - System.nanoTime();
            if (wait > 0) {
                Thread.sleep(Duration.ofNanos(wait));
            }
            Thread.ofVirtual().start(() -> send(client, target));
        }
    }

    private static void send(HttpClient client, URI target) {
        try {
            HttpRequest request = HttpRequest.newBuilder(target).timeout(Duration.ofSeconds(30)).build();
            HttpResponse<Void> response = client.send(request, HttpResponse.BodyHandlers.discarding());
            if (response.statusCode() >= 400) {
                System.out.println("status " + response.statusCode());
            }
            long answered = ANSWERED.incrementAndGet();
            if (answered % 100 == 0) {
                System.out.println("answered " + answered);
            }
        } catch (IOException failure) {
            System.out.println("failed: " + failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

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
}
