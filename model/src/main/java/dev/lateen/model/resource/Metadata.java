package dev.lateen.model.resource;

import java.time.Instant;
import java.util.Comparator;
import java.util.Map;

/// Kubernetes object metadata, as far as a mesh reads it.
///
/// @param creationTimestamp decides which of two rivals is the elder; `Instant.EPOCH` where it is not known
/// @param order place in the order of loading: breaks a tie of timestamps
public record Metadata(
        String name,
        String namespace,
        Map<String, String> labels,
        Map<String, String> annotations,
        Instant creationTimestamp,
        long order,
        long generation,
        String resourceVersion) {
    /// Of two rivals of one kind the first one wins. Timestamps have whole seconds, so that ties are common.
    ///
    /// Source: Istio, which takes the name and then the namespace within one second.
    public static final Comparator<Metadata> ELDEST_FIRST = Comparator.comparing(Metadata::creationTimestamp)
            .thenComparingLong(Metadata::order)
            .thenComparing(Metadata::name)
            .thenComparing(Metadata::namespace);

    public Metadata {
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
    }
}
