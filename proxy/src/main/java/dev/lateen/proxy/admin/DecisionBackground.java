package dev.lateen.proxy.admin;

import dev.lateen.proxy.decision.Decision;
import dev.lateen.proxy.route.RouteTable;
import dev.lateen.proxy.stream.Evidence;
import dev.lateen.proxy.stream.RouteFacts;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What the configuration in force adds to a noted decision when somebody wants it explained.
///
/// Thread: that on which the answer is written.
@FunctionalInterface
public interface DecisionBackground {
    /// Adds nothing to what was noted.
    DecisionBackground NONE = _ -> Optional.empty();

    /// The routes in force under that name.
    Optional<RouteTable> routes(String table);

    /// The route that was taken, or the table that has none; null where none was looked for.
    default @Nullable RouteFacts route(Decision decision) {
        return decision.route;
    }

    /// Name of its cluster; empty where it is not known.
    default String clusterName(Decision decision) {
        return decision.cluster == null ? "" : decision.cluster;
    }

    /// `filter_metadata` of its cluster.
    default Map<String, Map<String, Object>> cluster(Decision decision) {
        return decision.clusterMetadata;
    }

    /// `filter_metadata` of its listener and of its route table, as far as they are known.
    default List<Map<String, Map<String, Object>>> around(Decision decision) {
        return List.of();
    }

    /// Notes that go after those of the decision.
    default List<Evidence.Note> notes(Decision decision) {
        return List.of();
    }
}
