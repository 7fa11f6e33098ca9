package dev.lateen.kubernetes.cluster;

import tools.jackson.databind.node.ObjectNode;

/// News of one object of a cluster.
public sealed interface ClusterEvent {
    String kind();

    /// Empty where the kind belongs to no namespace.
    String namespace();

    String name();

    /// The object is new or has changed.
    ///
    /// @param object without what only API servers need (managed fields, the last applied configuration)
    record Seen(String kind, String namespace, String name, ObjectNode object) implements ClusterEvent {}

    record Gone(String kind, String namespace, String name) implements ClusterEvent {}
}
