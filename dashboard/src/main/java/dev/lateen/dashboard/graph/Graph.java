package dev.lateen.dashboard.graph;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/// What a page draws: nodes, and edges between them with their numbers over one span of time.
///
/// @param at end of the span
/// @param seconds that the numbers are of
/// @param oldest since when there is anything
public record Graph(
        Instant at, double seconds, Instant oldest, int proxies, int silent, List<Node> nodes, List<Edge> edges) {

    /// What a node stands for.
    public enum Kind {
        APP,
        WORKLOAD,
        SERVICE,
        /// A service outside of the mesh.
        EXTERNAL,
        GATEWAY,
        /// Callers that no proxy knows.
        UNKNOWN
    }

    /// How well it goes, judged by answers.
    public enum Health {
        HEALTHY,
        DEGRADED,
        FAILING,
        IDLE
    }

    /// @param group of versions of the same; empty for none
    /// @param workloads that it stands for, as `namespace/name`
    /// @param sidecars whether all of these workloads have proxies
    public record Node(
            String id,
            Kind kind,
            String namespace,
            String name,
            String version,
            String group,
            Set<String> workloads,
            boolean sidecars,
            Health health,
            Traffic in,
            Traffic out) {}

    /// @param share of what its source sends, from 0 to 1; only where there is any
    /// @param lastSeen when there was traffic, where there is none now
    public record Edge(
            String from, String to, String protocol, Health health, double share, Traffic traffic, Instant lastSeen) {}

    /// Numbers of a span of time; `count` and bytes are of the whole span.
    ///
    /// @param count of requests, for TCP of connections
    /// @param failed answers 5xx, gRPC errors and none at all
    /// @param refused answers 4xx
    /// @param secured share over mutual TLS from 0 to 1; empty where no callee has told
    /// @param p50 milliseconds; empty where nothing was timed, as the others
    /// @param sentBytes towards the callee
    public record Traffic(
            double count,
            double failed,
            double refused,
            OptionalDouble secured,
            OptionalDouble p50,
            OptionalDouble p95,
            OptionalDouble p99,
            double sentBytes,
            double receivedBytes,
            Map<String, Double> answers) {
        public static final Traffic NONE = new Traffic(
                0,
                0,
                0,
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                0,
                0,
                Map.of());
    }
}
