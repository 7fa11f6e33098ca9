package dev.lateen.dashboard.graph;

import dev.lateen.dashboard.graph.Flows.Flow;
import dev.lateen.dashboard.graph.Graph.Edge;
import dev.lateen.dashboard.graph.Graph.Health;
import dev.lateen.dashboard.graph.Graph.Kind;
import dev.lateen.dashboard.graph.Graph.Node;
import dev.lateen.dashboard.graph.Graph.Traffic;
import dev.lateen.dashboard.traffic.EdgeKey;
import dev.lateen.dashboard.traffic.Frame;
import dev.lateen.dashboard.traffic.History;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Makes the graph of a span of time: who calls whom, grouped as the query says.
///
/// Thread: one; one graph.
public final class GraphBuilder {
    private final Inventory inventory;
    private final GraphQuery query;
    private final NodeNames names;
    private final Map<String, Draft> nodes = new TreeMap<>();
    private final Map<Line, Sums> lines = new TreeMap<>(
            Comparator.comparing(Line::from).thenComparing(Line::to).thenComparing(Line::protocol));
    private final Map<Line, Instant> seen = new HashMap<>();

    private GraphBuilder(Inventory inventory, GraphQuery query) {
        this.inventory = inventory;
        this.query = query;
        this.names = new NodeNames(inventory, query);
    }

    private record Line(String from, String to, String protocol) {}

    private record Draft(NodeNames.Name name, Set<String> workloads, Sums in, Sums out) {}

    /// @param at the end of the span
    public static Graph of(History history, Inventory inventory, GraphQuery query, Instant at) {
        Frame frame = history.window(at, query.window());
        GraphBuilder builder = new GraphBuilder(inventory, query);
        builder.traffic(frame);
        if (query.idle()) {
            builder.idle(history.lastSeen());
        }
        return builder.graph(frame, history.oldest().orElse(at));
    }

    /// Of one frame, without what is idle.
    public static Graph of(Frame frame, Inventory inventory, GraphQuery query) {
        GraphBuilder builder = new GraphBuilder(inventory, query);
        builder.traffic(frame);
        return builder.graph(frame, frame.from());
    }

    private void traffic(Frame frame) {
        new Flows(inventory).of(frame.edges()).forEach((flow, sums) -> add(flow, sums, null));
    }

    private void idle(Map<EdgeKey, Instant> lastSeen) {
        Flows flows = new Flows(inventory);
        lastSeen.forEach((edge, at) -> {
            // A caller that did not know whom it reached would stand beside the callee that did.
            if (edge.destination().isKnown()) {
                add(flows.flow(edge), new Sums(), at);
            }
        });
        for (NodeNames.Name name : names.all()) {
            if (isWanted(name.namespace(), name.namespace())) {
                draft(name);
            }
        }
    }

    private void add(Flow flow, Sums sums, @Nullable Instant at) {
        NodeNames.Name from = names.caller(flow.source());
        NodeNames.Name to = names.callee(flow);
        if (!isWanted(from.namespace(), to.namespace())) {
            return;
        }
        List<NodeNames.Name> way = new ArrayList<>(List.of(from));
        names.between(flow).filter(service -> !service.equals(to)).ifPresent(way::add);
        way.add(to);
        for (int i = 0; i + 1 < way.size(); i++) {
            Draft left = draft(way.get(i));
            Draft right = draft(way.get(i + 1));
            left.out().add(sums);
            right.in().add(sums);
            Line line = new Line(way.get(i).id(), way.get(i + 1).id(), flow.protocol());
            lines.computeIfAbsent(line, _ -> new Sums()).add(sums);
            if (at != null) {
                seen.merge(line, at, (one, other) -> one.isAfter(other) ? one : other);
            }
        }
    }

    private boolean isWanted(String one, String other) {
        Set<String> wanted = query.namespaces();
        return wanted.isEmpty() || wanted.contains(one) || wanted.contains(other);
    }

    private Draft draft(NodeNames.Name name) {
        return nodes.computeIfAbsent(
                name.id(), _ -> new Draft(name, new LinkedHashSet<>(names.workloads(name)), new Sums(), new Sums()));
    }

    private Graph graph(Frame frame, Instant oldest) {
        List<Edge> edges = new ArrayList<>();
        lines.forEach((line, sums) -> {
            Draft from = nodes.get(line.from());
            double all = from == null ? 0 : from.out().count();
            edges.add(new Edge(
                    line.from(),
                    line.to(),
                    line.protocol(),
                    sums.health(),
                    all > 0 ? sums.count() / all : 0,
                    sums.isEmpty() ? Traffic.NONE : sums.traffic(),
                    sums.isEmpty() ? seen.getOrDefault(line, frame.to()) : frame.to()));
        });
        return new Graph(
                frame.to(),
                frame.seconds(),
                oldest,
                frame.proxies(),
                frame.silent(),
                nodes.values().stream().map(this::node).toList(),
                edges);
    }

    private Node node(Draft draft) {
        NodeNames.Name name = draft.name();
        boolean sidecars = draft.workloads().stream().allMatch(key -> {
            Inventory.Workload workload = inventory.workloads().get(key);
            return workload == null || workload.hasProxy();
        });
        Health health = draft.in().isEmpty() ? draft.out().health() : draft.in().health();
        return new Node(
                name.id(),
                name.kind(),
                name.namespace(),
                name.name(),
                name.version(),
                name.kind() == Kind.APP && query.type() == GraphQuery.Type.VERSIONED_APP
                        ? "app/" + name.namespace() + "/" + name.name()
                        : "",
                draft.workloads(),
                sidecars,
                health,
                draft.in().isEmpty() ? Traffic.NONE : draft.in().traffic(),
                draft.out().isEmpty() ? Traffic.NONE : draft.out().traffic());
    }
}
