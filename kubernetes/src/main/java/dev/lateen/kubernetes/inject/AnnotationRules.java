package dev.lateen.kubernetes.inject;

import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.kubernetes.PodAnnotations;
import dev.lateen.model.tree.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Checks what a pod's annotations ask of injection. A pod whose wishes cannot be met is refused rather than started
/// with others: an excluded port that is none would be captured.
final class AnnotationRules {
    private static final Set<String> DATA_PLANES = Set.of("", "lateen", "envoy");

    /// Annotations that stand for a value of the injector, by that value's name below `global.proxy`.
    private static final Map<String, String> VALUES = Map.of(
            Names.INCLUDE_IP_RANGES, "includeIPRanges",
            Names.EXCLUDE_IP_RANGES, "excludeIPRanges",
            Names.INCLUDE_INBOUND_PORTS, "includeInboundPorts",
            Names.EXCLUDE_INBOUND_PORTS, "excludeInboundPorts",
            Names.INCLUDE_OUTBOUND_PORTS, "includeOutboundPorts",
            Names.EXCLUDE_OUTBOUND_PORTS, "excludeOutboundPorts",
            Names.DATA_PLANE, "dataPlane");

    private final List<Diagnostic> found = new ArrayList<>();

    private AnnotationRules() {}

    static List<Diagnostic> check(PodSubject subject, InjectionSettings settings) {
        AnnotationRules rules = new AnnotationRules();
        VALUES.forEach((annotation, value) ->
                rules.check(annotation, settings.value("global", "proxy", value), "values.global.proxy." + value, ""));
        for (Map.Entry<String, JsonNode> annotation :
                Trees.at(subject.pod(), "metadata", "annotations").properties()) {
            String name = annotation.getKey();
            String instead = VALUES.containsKey(name) ? ", which stands for " + VALUES.get(name) : "";
            rules.check(name, annotation.getValue().asString(""), "metadata.annotations['" + name + "']", instead);
        }
        return List.copyOf(rules.found);
    }

    private void check(String name, String value, String path, String instead) {
        expected(name, value)
                .ifPresent(text -> found.add(
                        Diagnostic.error("invalid-annotation", Position.UNKNOWN, path, "not understood" + instead)
                                .withValue(value)
                                .withExpected(text)));
    }

    /// What should stand there; empty where the value is good.
    private static Optional<String> expected(String name, String value) {
        return switch (name) {
            case Names.DATA_PLANE -> unless(DATA_PLANES.contains(value), "lateen or envoy");
            case Names.USER_VOLUME, Names.USER_VOLUME_MOUNT ->
                unless(isObjectOfObjects(value), "JSON, an object by name");
            default -> PodAnnotations.expected(name, value);
        };
    }

    private static Optional<String> unless(boolean good, String expected) {
        return good ? Optional.empty() : Optional.of(expected);
    }

    private static boolean isObjectOfObjects(String value) {
        return Trees.parseObject(value)
                .map(object -> object.properties().stream().allMatch(one -> one.getValue() instanceof ObjectNode))
                .orElse(false);
    }
}
