package dev.lateen.kubernetes.inject;

import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.tree.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Checks what a pod's annotations ask of injection. A pod whose wishes cannot be met is refused rather than started
/// with others: an excluded port that is none would be captured.
final class AnnotationRules {
    private static final int HIGHEST_PORT = 65_535;
    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");
    private static final Pattern IPV4_RANGE = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}/\\d{1,2}");
    private static final Pattern IPV6_RANGE = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*/\\d{1,3}");
    private static final Set<String> MODES = Set.of("REDIRECT", "TPROXY", "NONE");
    private static final Set<String> DATA_PLANES = Set.of("", "lateen", "envoy");

    private static final String PORTS = "ports with commas between them";
    private static final String RANGES = "CIDR ranges with commas between them";
    private static final String COUNT = "a number";

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
            case Names.INTERCEPTION_MODE -> unless(MODES.contains(value), "REDIRECT, TPROXY or NONE");
            case Names.DATA_PLANE -> unless(DATA_PLANES.contains(value), "lateen or envoy");
            case Names.STATUS_PORT -> unless(isPort(value), "a port, or 0 for none");
            case Names.READINESS + "initialDelaySeconds",
                    Names.READINESS + "periodSeconds",
                    Names.READINESS + "failureThreshold" ->
                unless(NUMBER.matcher(value).matches(), COUNT);
            case Names.READINESS + "applicationPorts" -> unless(arePorts(value), PORTS);
            case Names.INCLUDE_IP_RANGES -> unless(value.equals("*") || areRanges(value), RANGES + ", or *");
            case Names.EXCLUDE_IP_RANGES -> unless(areRanges(value), RANGES);
            case Names.INCLUDE_INBOUND_PORTS -> unless(value.equals("*") || arePorts(value), PORTS + ", or *");
            case Names.EXCLUDE_INBOUND_PORTS, Names.EXCLUDE_OUTBOUND_PORTS -> unless(arePorts(value), PORTS);
            case Names.INCLUDE_OUTBOUND_PORTS -> unless(value.equals("*") || arePorts(value), PORTS + ", or *");
            case Names.REWRITE_PROBES, Names.MERGE_METRICS, Names.NATIVE_SIDECAR ->
                unless(isTruth(value), "true or false");
            case Names.USER_VOLUME, Names.USER_VOLUME_MOUNT ->
                unless(isObjectOfObjects(value), "JSON, an object by name");
            default -> Optional.empty();
        };
    }

    private static Optional<String> unless(boolean good, String expected) {
        return good ? Optional.empty() : Optional.of(expected);
    }

    private static boolean isTruth(String value) {
        return value.equals("true") || value.equals("false");
    }

    private static boolean isPort(String value) {
        return NUMBER.matcher(value).matches() && Integer.parseInt(value) <= HIGHEST_PORT;
    }

    private static boolean arePorts(String value) {
        return value.isBlank() || items(value).stream().allMatch(AnnotationRules::isPort);
    }

    private static boolean areRanges(String value) {
        return value.isBlank()
                || items(value).stream()
                        .allMatch(one -> IPV4_RANGE.matcher(one).matches()
                                || IPV6_RANGE.matcher(one).matches());
    }

    private static boolean isObjectOfObjects(String value) {
        return Trees.parseObject(value)
                .map(object -> object.properties().stream().allMatch(one -> one.getValue() instanceof ObjectNode))
                .orElse(false);
    }

    private static List<String> items(String value) {
        List<String> items = new ArrayList<>();
        for (String item : value.split(",", -1)) {
            items.add(item.strip());
        }
        return items;
    }
}
