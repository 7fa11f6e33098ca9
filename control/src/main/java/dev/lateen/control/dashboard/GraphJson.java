package dev.lateen.control.dashboard;

import dev.lateen.dashboard.graph.Graph;
import dev.lateen.dashboard.graph.Graph.Edge;
import dev.lateen.dashboard.graph.Graph.Node;
import dev.lateen.dashboard.graph.Graph.Traffic;
import java.util.Locale;
import java.util.OptionalDouble;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A graph as the page reads it: short names, no field for what is not there.
///
/// Thread: any.
final class GraphJson {
    private static final JsonMapper JSON = new JsonMapper();

    private GraphJson() {}

    static ObjectNode of(Graph graph) {
        ObjectNode json = JSON.createObjectNode()
                .put("at", graph.at().toEpochMilli())
                .put("seconds", round(graph.seconds()))
                .put("oldest", graph.oldest().toEpochMilli())
                .put("proxies", graph.proxies())
                .put("silent", graph.silent());
        ArrayNode nodes = json.putArray("nodes");
        graph.nodes().forEach(node -> nodes.add(node(node, graph.seconds())));
        ArrayNode edges = json.putArray("edges");
        graph.edges().forEach(edge -> edges.add(edge(edge, graph.seconds())));
        return json;
    }

    private static ObjectNode node(Node node, double seconds) {
        ObjectNode json = JSON.createObjectNode()
                .put("id", node.id())
                .put("kind", word(node.kind()))
                .put("namespace", node.namespace())
                .put("name", node.name())
                .put("health", word(node.health()));
        if (!node.version().isEmpty()) {
            json.put("version", node.version());
        }
        if (!node.group().isEmpty()) {
            json.put("group", node.group());
        }
        if (!node.sidecars()) {
            json.put("noSidecar", true);
        }
        if (!node.workloads().isEmpty()) {
            ArrayNode workloads = json.putArray("workloads");
            node.workloads().forEach(workloads::add);
        }
        if (node.in().count() > 0) {
            json.set("in", traffic(node.in(), seconds));
        }
        if (node.out().count() > 0) {
            json.set("out", traffic(node.out(), seconds));
        }
        return json;
    }

    private static ObjectNode edge(Edge edge, double seconds) {
        ObjectNode json = JSON.createObjectNode()
                .put("from", edge.from())
                .put("to", edge.to())
                .put("protocol", edge.protocol())
                .put("health", word(edge.health()));
        if (edge.traffic().count() > 0 || edge.traffic().sentBytes() > 0) {
            json.put("share", round(edge.share()));
            json.set("traffic", traffic(edge.traffic(), seconds));
        } else {
            json.put("lastSeen", edge.lastSeen().toEpochMilli());
        }
        return json;
    }

    static ObjectNode traffic(Traffic traffic, double seconds) {
        ObjectNode json = JSON.createObjectNode()
                .put("count", round(traffic.count()))
                .put("rate", seconds > 0 ? round(traffic.count() / seconds) : 0)
                .put("failed", round(traffic.failed()))
                .put("refused", round(traffic.refused()))
                .put("sent", seconds > 0 ? round(traffic.sentBytes() / seconds) : 0)
                .put("received", seconds > 0 ? round(traffic.receivedBytes() / seconds) : 0);
        put(json, "mtls", traffic.secured());
        put(json, "p50", traffic.p50());
        put(json, "p95", traffic.p95());
        put(json, "p99", traffic.p99());
        if (!traffic.answers().isEmpty()) {
            ObjectNode answers = json.putObject("answers");
            traffic.answers().forEach((answer, count) -> answers.put(answer, round(count)));
        }
        return json;
    }

    private static void put(ObjectNode json, String name, OptionalDouble value) {
        if (value.isPresent()) {
            json.put(name, round(value.getAsDouble()));
        }
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static double round(double value) {
        return Math.round(value * 1_000) / 1_000.0;
    }
}
