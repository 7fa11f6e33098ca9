package dev.lateen.local.agent;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;

/// Talks to Envoy's admin API.
///
/// Thread: any; blocks for at most a few seconds.
final class EnvoyAdmin {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final String READINESS = "/stats?filter=^(server%5C.state|listener_manager%5C.(workers_started"
            + "|lds%5C.update_success)|cluster_manager%5C.cds%5C.update_success)$";
    /// Those of the kubelet and of scrapers, who keep theirs as long as we live.
    private static final Pattern OWN_LISTENERS = Pattern.compile("listener\\.(admin|.*_(15021|15090))\\..*");
    private static final String ACTIVE = "/stats?filter=^listener%5C..*downstream_cx_active$";

    private final String root;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(1))
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();

    EnvoyAdmin(InetSocketAddress address) {
        this.root = "http://" + address.getHostString() + ":" + address.getPort();
    }

    /// Why Envoy is not ready; empty where it is: it has taken clusters and listeners, and its workers run.
    Optional<String> notReady() {
        Optional<String> page = get(READINESS);
        if (page.isEmpty()) {
            return Optional.of("Envoy's admin API does not answer");
        }
        Map<String, Long> numbers = numbers(page.get());
        if (numbers.getOrDefault("cluster_manager.cds.update_success", 0L) == 0
                || numbers.getOrDefault("listener_manager.lds.update_success", 0L) == 0) {
            return Optional.of("config not received from the control plane");
        }
        if (numbers.getOrDefault("listener_manager.workers_started", 0L) == 0) {
            return Optional.of("workers have not yet started");
        }
        long state = numbers.getOrDefault("server.state", -1L);
        return state == 0 ? Optional.empty() : Optional.of("server is not live, current state is " + state);
    }

    Optional<String> prometheus() {
        return get("/stats/prometheus");
    }

    /// Asks connections to end soon, and goes on serving meanwhile.
    void drain(boolean inboundOnly) {
        post("/drain_listeners?graceful&skip_exit" + (inboundOnly ? "&inboundonly" : ""));
    }

    /// Connections of clients, over all listeners but those for ourselves.
    long activeConnections() {
        return numbers(get(ACTIVE).orElse("")).entrySet().stream()
                .filter(number -> !OWN_LISTENERS.matcher(number.getKey()).matches()
                        && !number.getKey().contains(".worker_"))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    private static Map<String, Long> numbers(String page) {
        Map<String, Long> numbers = new HashMap<>();
        page.lines().forEach(line -> {
            int colon = line.lastIndexOf(": ");
            if (colon > 0) {
                try {
                    numbers.put(line.substring(0, colon), Long.parseLong(line.substring(colon + 2)));
                } catch (NumberFormatException _) {
                    // A text or a histogram, which nobody asked for.
                }
            }
        });
        return numbers;
    }

    /// The page there; empty where Envoy does not answer, or with another status than 200.
    Optional<String> get(String path) {
        return send(HttpRequest.newBuilder(URI.create(root + encoded(path))).GET());
    }

    private void post(String path) {
        send(HttpRequest.newBuilder(URI.create(root + path)).POST(HttpRequest.BodyPublishers.noBody()));
    }

    /// What a regular expression holds and a URI may not.
    private static String encoded(String path) {
        return path.replace("^", "%5E").replace("|", "%7C").replace("$", "%24");
    }

    private Optional<String> send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = client.send(request.timeout(TIMEOUT).build(), BodyHandlers.ofString());
            return response.statusCode() == 200 ? Optional.of(response.body()) : Optional.empty();
        } catch (IOException _) {
            return Optional.empty();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
