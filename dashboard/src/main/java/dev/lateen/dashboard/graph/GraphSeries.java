package dev.lateen.dashboard.graph;

import dev.lateen.dashboard.graph.Graph.Traffic;
import dev.lateen.dashboard.traffic.Frame;
import dev.lateen.dashboard.traffic.History;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How the numbers of one node or edge have gone over the last hour.
///
/// Thread: any.
public final class GraphSeries {
    private GraphSeries() {}

    /// @param at end of the span
    public record Point(Instant at, double seconds, Traffic traffic) {}

    /// @param id of a node, or where an edge begins
    /// @param to where the edge ends
    public static List<Point> of(
            History history, Inventory inventory, GraphQuery query, String id, Optional<String> to) {
        List<Point> points = new ArrayList<>();
        for (Frame frame : history.spans()) {
            Graph graph = GraphBuilder.of(frame, inventory, query);
            Traffic traffic = to.isPresent() ? edge(graph, id, to.get()) : node(graph, id);
            points.add(new Point(frame.to(), frame.seconds(), traffic));
        }
        return points;
    }

    private static Traffic node(Graph graph, String id) {
        return graph.nodes().stream()
                .filter(node -> node.id().equals(id))
                .map(node -> node.in().count() > 0 ? node.in() : node.out())
                .findFirst()
                .orElse(Traffic.NONE);
    }

    /// Where there are several protocols, the busiest.
    private static Traffic edge(Graph graph, String from, String to) {
        return graph.edges().stream()
                .filter(edge -> edge.from().equals(from) && edge.to().equals(to))
                .map(Graph.Edge::traffic)
                .max((one, other) -> Double.compare(one.count(), other.count()))
                .orElse(Traffic.NONE);
    }
}
