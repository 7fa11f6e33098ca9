package dev.lateen.control.dashboard;

import com.sun.net.httpserver.HttpExchange;
import dev.lateen.control.debug.MeshView;
import dev.lateen.control.push.ConnectedProxy;
import dev.lateen.dashboard.graph.Graph;
import dev.lateen.dashboard.graph.GraphBuilder;
import dev.lateen.dashboard.graph.GraphSeries;
import dev.lateen.dashboard.graph.Inventory;
import dev.lateen.dashboard.traffic.Frame;
import dev.lateen.dashboard.traffic.History;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The graph, once and as a stream of events.
///
/// Limits: 32 streams; each ends after 45 s, since the server bounds the time of an answer, and the page begins
/// another.
///
/// Thread: any; a stream keeps its own.
final class LiveGraphs {
    static final int MOST_STREAMS = 32;

    private static final Duration STREAM = Duration.ofSeconds(45);
    private static final JsonMapper JSON = new JsonMapper();

    private final MeshView mesh;
    private final History history;
    private final Collector collector;
    private final InstantSource clock;
    private final LongHistory longAgo;
    private final Semaphore streams = new Semaphore(MOST_STREAMS);

    LiveGraphs(MeshView mesh, History history, Collector collector, InstantSource clock, LongHistory longAgo) {
        this.mesh = mesh;
        this.history = history;
        this.collector = collector;
        this.clock = clock;
        this.longAgo = longAgo;
    }

    /// Errors: `UncheckedIOException` where what was long ago cannot be had.
    Optional<JsonNode> now(Map<String, String> query) {
        collector.look();
        GraphParameters parameters = GraphParameters.of(query);
        Optional<Instant> at = parameters.at();
        if (at.isPresent()
                && longAgo.isThere()
                && isForgotten(at.get().minus(parameters.query().window()))) {
            try {
                Frame frame = longAgo.frame(at.get(), parameters.query().window());
                return Optional.of(dated(GraphJson.of(GraphBuilder.of(frame, inventory(), parameters.query()))));
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
        return Optional.of(graph(parameters));
    }

    private boolean isForgotten(Instant at) {
        return history.oldest().filter(oldest -> !at.isBefore(oldest)).isEmpty();
    }

    /// How the numbers of a node, or of an edge where `to` is given, have gone.
    Optional<JsonNode> series(Map<String, String> query) {
        collector.look();
        GraphParameters parameters = GraphParameters.of(query);
        String from = query.getOrDefault("id", query.getOrDefault("from", ""));
        Optional<String> to = Optional.ofNullable(query.get("to"));
        ArrayNode points = JSON.createArrayNode();
        for (GraphSeries.Point point : GraphSeries.of(history, inventory(), parameters.query(), from, to)) {
            ObjectNode json = GraphJson.traffic(point.traffic(), point.seconds());
            json.remove("answers");
            points.add(json.put("at", point.at().toEpochMilli()));
        }
        return Optional.of(points);
    }

    void stream(HttpExchange exchange, GraphParameters parameters) throws IOException {
        if (!streams.tryAcquire()) {
            Replies.text(exchange, 503, "too many pages look at the graph\n");
            return;
        }
        try {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream out = exchange.getResponseBody()) {
                write(out, "retry: 250\n\n");
                events(out, parameters);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            streams.release();
        }
    }

    private void events(OutputStream out, GraphParameters parameters) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + STREAM.toNanos();
        long round = -1;
        while (System.nanoTime() < deadline) {
            collector.look();
            long next = collector.awaitRound(round, Collector.EVERY.multipliedBy(2));
            round = Math.max(round, next);
            write(out, "data: " + JSON.writeValueAsString(graph(parameters)) + "\n\n");
        }
    }

    private ObjectNode graph(GraphParameters parameters) {
        Graph graph = GraphBuilder.of(
                history, inventory(), parameters.query(), parameters.at().orElseGet(clock::instant));
        ObjectNode json = dated(GraphJson.of(graph));
        if (parameters.at().isEmpty()) {
            KnownProxies known = KnownProxies.of(mesh);
            json.put("connected", known.connected()).put("known", known.known());
        }
        return json;
    }

    /// Says since when there are numbers of our own, whatever the graph is of.
    private ObjectNode dated(ObjectNode json) {
        history.oldest().ifPresent(oldest -> json.put("since", oldest.toEpochMilli()));
        return json;
    }

    private Inventory inventory() {
        return Inventory.of(
                mesh.snapshot(),
                mesh.proxies().stream().map(ConnectedProxy::node).toList());
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }
}
