package dev.lateen.model.mesh;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Which endpoints of a service its clients prefer where no DestinationRule says: `spec.trafficDistribution` of a
/// Service, else the annotation of the service or entry, else that of its namespace.
///
/// Source: Istio, "Traffic Distribution"; KEP-3015.
public enum TrafficDistribution {
    ANY,
    SAME_ZONE,
    SAME_NODE;

    public static final String ANNOTATION = "networking.istio.io/traffic-distribution";

    private static final List<String> TO_ZONE =
            List.of(MeshNetworks.LABEL, Topology.REGION, Topology.ZONE, Topology.SUBZONE);
    private static final List<String> TO_NODE =
            Stream.concat(TO_ZONE.stream(), Stream.of(Topology.HOSTNAME)).toList();

    /// Labels that tell endpoints apart: the more of them in a row are the client's own, the sooner one is used.
    public List<String> nearness() {
        return switch (this) {
            case ANY -> List.of();
            case SAME_ZONE -> TO_ZONE;
            case SAME_NODE -> TO_NODE;
        };
    }

    /// What a service says for itself. Words that nobody knows have no say, as in Istio.
    ///
    /// @param field of a Service, empty for none
    static Optional<TrafficDistribution> of(String field, Map<String, String> annotations) {
        return parse(field).or(() -> of(annotations));
    }

    static Optional<TrafficDistribution> of(Map<String, String> annotations) {
        return parse(annotations.getOrDefault(ANNOTATION, ""));
    }

    /// Without regard to case; empty for words that nobody knows.
    public static Optional<TrafficDistribution> parse(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "preferclose", "prefersamezone" -> Optional.of(SAME_ZONE);
            case "prefersamenode" -> Optional.of(SAME_NODE);
            case "any" -> Optional.of(ANY);
            default -> Optional.empty();
        };
    }
}
