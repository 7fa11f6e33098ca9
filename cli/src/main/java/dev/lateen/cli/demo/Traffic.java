package dev.lateen.cli.demo;

import dev.lateen.cli.demo.Client.Answer;
import dev.lateen.local.Mesh;
import dev.lateen.local.Mesh.PodView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;

/// The requests of the checks, client → ingress gateway → order-service → user-service, and what proxies logged of
/// them.
///
/// Thread: any.
final class Traffic {
    static final int WORKERS = 8;
    private static final int PER_SECOND = 200;
    private static final int LOG_END_BYTES = 1 << 20;

    private final Mesh mesh;
    private final Pods pods;
    private final Path logs;
    private final Client client = Client.from(Optional.empty());

    Traffic(Mesh mesh, Pods pods, Path logs) {
        this.mesh = mesh;
        this.pods = pods;
        this.logs = logs;
    }

    /// Orders, which ask for users.
    Answer orders() {
        return orders("", Map.of());
    }

    Answer orders(Map<String, String> headers) {
        return orders("", headers);
    }

    /// @param rest of the path and query, which order-service passes on to user-service
    Answer orders(String rest, Map<String, String> headers) {
        Map<String, String> all = new TreeMap<>(headers);
        all.put("Host", Shop.GATEWAY_HOST);
        return atGateway("/api/orders" + rest, all);
    }

    Answer atGateway(String path, Map<String, String> headers) {
        return client.get("http://" + mesh.gatewayAddress(80).orElse("127.0.0.1:1") + path, headers);
    }

    /// A request to a user-service pod past the client's side of the mesh, without TLS.
    Answer plaintext() {
        return client.get("http://" + pods.of("user-service-v1").getFirst().address() + ":8080/api/users", Map.of());
    }

    /// So many orders, some at a time.
    Load burst(int requests) {
        return Load.of(requests, WORKERS, this::orders);
    }

    /// Orders until it is stopped.
    Load steady() {
        return Load.started(WORKERS, PER_SECOND, this::orders);
    }

    /// Waits until requests take the routes that were saved last, wherever in the caller's proxy they are served.
    boolean inForce(Shop.Saved saved) {
        return Eventually.holds(() -> {
            Load load = burst(4 * WORKERS);
            return load.ok() > 0 && load.routed(saved.mark()) == load.ok();
        });
    }

    /// Waits until nobody is refused any more, at either version; where a route sends `version: v2` to v2. A connection
    /// keeps the policy under which it began until it closes, so as many are used at once as there may be.
    boolean settled() {
        int connections = 3 * WORKERS;
        return Eventually.holds(() ->
                Load.of(2 * connections, connections, this::orders).failed() == 0
                        && Load.of(2 * connections, connections, () -> orders("", Map.of("version", "v2")))
                                        .failed()
                                == 0);
    }

    /// Sends one order that can be told apart and waits for its line in the logs of the workload's proxies.
    Optional<String> loggedLine(String workload) {
        String key = key();
        orders("?key=" + key, Map.of());
        String[] line = new String[1];
        boolean found = Eventually.holds(Duration.ofSeconds(20), () -> {
            line[0] = log(workload).filter(one -> one.contains(key)).findFirst().orElse("");
            return !line[0].isEmpty();
        });
        return found ? Optional.of(line[0]) : Optional.empty();
    }

    /// Tells the requests of one moment from all others.
    static String key() {
        return "k" + UUID.randomUUID();
    }

    /// The last lines of the logs of a workload's proxies.
    Stream<String> log(String workload) {
        return pods.of(workload).stream().flatMap(this::lines);
    }

    private Stream<String> lines(PodView pod) {
        try {
            return end(logs.resolve(pod.name() + ".istio-proxy.log")).lines();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// A log grows with the load.
    private static String end(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            channel.position(Math.max(0, channel.size() - LOG_END_BYTES));
            return new String(Channels.newInputStream(channel).readNBytes(LOG_END_BYTES), StandardCharsets.UTF_8);
        }
    }
}
