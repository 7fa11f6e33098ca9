package dev.lateen.dashboard.graph;

import java.time.Duration;
import java.util.Set;

/// What a page wants to see.
///
/// @param window over which numbers are summed
/// @param namespaces to look into; empty for all
/// @param services whether the services that were asked for stand between
/// @param idle whether what has no traffic is shown, too
public record GraphQuery(Type type, Duration window, Set<String> namespaces, boolean services, boolean idle) {
    /// What becomes one node.
    public enum Type {
        APP,
        VERSIONED_APP,
        WORKLOAD,
        SERVICE
    }

    public GraphQuery {
        namespaces = Set.copyOf(namespaces);
    }
}
