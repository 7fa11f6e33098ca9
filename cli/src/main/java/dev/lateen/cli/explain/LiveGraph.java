package dev.lateen.cli.explain;

import dev.lateen.cli.mesh.ControlPlaneAddress;
import dev.lateen.cli.output.Json;
import dev.lateen.cli.output.Table;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// The numbers of the dashboard's graph, as a table. Thread: one; blocks.
public final class LiveGraph {
    private static final int TRIES = 8;
    private static final long PAUSE_MILLIS = 1_000;

    private final JsonNode graph;

    private LiveGraph(JsonNode graph) {
        this.graph = graph;
    }

    /// Asks the first control plane that has them; one that nobody has asked for a while needs a moment to collect
    /// some.
    ///
    /// @param query of the dashboard's graph
    /// @throws IOException when none has any
    public static LiveGraph of(List<ControlPlaneAddress> controlPlanes, String query) throws IOException {
        IOException last = new IOException("no control plane to ask");
        for (ControlPlaneAddress one : controlPlanes) {
            try {
                return new LiveGraph(ask(one, query));
            } catch (IOException failure) {
                last = failure; // another may know
            }
        }
        throw last;
    }

    private static JsonNode ask(ControlPlaneAddress one, String query) throws IOException {
        JsonNode graph = Json.read(one.debug().get("/dashboard/api/graph?" + query));
        for (int tries = 1; tries < TRIES && graph.path("seconds").asDouble(0) == 0; tries++) {
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", interrupted);
            }
            graph = Json.read(one.debug().get("/dashboard/api/graph?" + query));
        }
        return graph;
    }

    public JsonNode json() {
        return graph;
    }

    /// What came to each node.
    public String nodes() {
        Table table = new Table(3, "NAME", "NAMESPACE", "RATE", "SUCCESS", "P50", "P95", "P99", "IN", "OUT");
        for (JsonNode node : Json.items(graph, "nodes")) {
            JsonNode in = node.path("in");
            if (in.isObject()) {
                table.row(
                        title(node),
                        dash(Json.text(node, "namespace")),
                        rate(in),
                        success(in),
                        millis(in, "p50"),
                        millis(in, "p95"),
                        millis(in, "p99"),
                        bytes(in, "received"),
                        bytes(in, "sent"));
            }
        }
        return (table.isEmpty() ? "no traffic\n" : table.toString()) + elsewhere();
    }

    /// Of how many proxies the numbers are, where not of all.
    private String elsewhere() {
        int connected = graph.path("connected").asInt(0);
        int known = graph.path("known").asInt(0);
        return connected < known
                ? "%nof %d of %d proxies: the others are not connected to this control plane%n"
                        .formatted(connected, known)
                : "";
    }

    /// What went from node to node.
    public String edges() {
        Map<String, String> names = new HashMap<>();
        for (JsonNode node : Json.items(graph, "nodes")) {
            String namespace = Json.text(node, "namespace");
            names.put(Json.text(node, "id"), title(node) + (namespace.isEmpty() ? "" : "." + namespace));
        }
        Table table = new Table(3, "FROM", "TO", "PROTOCOL", "RATE", "SUCCESS", "P50", "P95", "P99", "MTLS");
        for (JsonNode edge : Json.items(graph, "edges")) {
            JsonNode traffic = edge.path("traffic");
            if (traffic.isObject()) {
                String from = Json.text(edge, "from");
                String to = Json.text(edge, "to");
                table.row(
                        names.getOrDefault(from, from),
                        names.getOrDefault(to, to),
                        Json.text(edge, "protocol"),
                        rate(traffic),
                        success(traffic),
                        millis(traffic, "p50"),
                        millis(traffic, "p95"),
                        millis(traffic, "p99"),
                        traffic.has("mtls") ? percent(traffic.path("mtls").asDouble(0)) : "-");
            }
        }
        return (table.isEmpty() ? "no traffic\n" : table.toString()) + elsewhere();
    }

    private static String title(JsonNode node) {
        String version = Json.text(node, "version");
        return Json.text(node, "name") + (version.isEmpty() ? "" : " " + version);
    }

    private static String dash(String text) {
        return text.isEmpty() ? "-" : text;
    }

    private static String rate(JsonNode traffic) {
        return String.format(Locale.ROOT, "%.1f/s", traffic.path("rate").asDouble(0));
    }

    private static String success(JsonNode traffic) {
        double count = traffic.path("count").asDouble(0);
        return count == 0 ? "-" : percent(1 - traffic.path("failed").asDouble(0) / count);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f%%", share * 100);
    }

    private static String millis(JsonNode traffic, String which) {
        return traffic.has(which)
                ? String.format(Locale.ROOT, "%.1fms", traffic.path(which).asDouble(0))
                : "-";
    }

    private static String bytes(JsonNode traffic, String which) {
        return String.format(Locale.ROOT, "%.1fkB/s", traffic.path(which).asDouble(0) / 1_000);
    }
}
