package dev.lateen.cli.diagnosis;

import dev.lateen.cli.output.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Kubernetes' selectors of labels, with the reason where one does not match. Thread: any.
final class Selectors {
    private Selectors() {}

    /// Why the labels are not selected; empty where they are. A selector that says nothing selects everything.
    static Optional<String> refusal(JsonNode selector, Map<String, String> labels) {
        for (Map.Entry<String, JsonNode> one : selector.path("matchLabels").properties()) {
            String wanted = one.getValue().asString("");
            if (!wanted.equals(labels.get(one.getKey()))) {
                return Optional.of(
                        "label " + one.getKey() + " is " + shown(labels, one.getKey()) + " (expected: " + wanted + ")");
            }
        }
        for (JsonNode one : Json.items(selector, "matchExpressions")) {
            Optional<String> refusal = expression(one, labels);
            if (refusal.isPresent()) {
                return refusal;
            }
        }
        return Optional.empty();
    }

    /// Whether a plain map of labels, as Services have it, selects something; an empty one selects nothing.
    static boolean selects(JsonNode selector, Map<String, String> labels) {
        return !selector.isEmpty()
                && selector.properties().stream()
                        .allMatch(one -> one.getValue().asString("").equals(labels.get(one.getKey())));
    }

    private static Optional<String> expression(JsonNode expression, Map<String, String> labels) {
        String key = Json.text(expression, "key");
        List<String> values = Json.items(expression, "values").stream()
                .map(one -> one.asString(""))
                .toList();
        boolean present = labels.containsKey(key);
        String expected = switch (Json.text(expression, "operator")) {
            case "In" -> present && values.contains(labels.get(key)) ? "" : String.join(" or ", values);
            case "NotIn" -> present && values.contains(labels.get(key)) ? "not " + String.join(" or ", values) : "";
            case "Exists" -> present ? "" : "any value";
            case "DoesNotExist" -> present ? "none" : "";
            default -> "an operator that is known";
        };
        return expected.isEmpty()
                ? Optional.empty()
                : Optional.of("label " + key + " is " + shown(labels, key) + " (expected: " + expected + ")");
    }

    private static String shown(Map<String, String> labels, String key) {
        return labels.containsKey(key) ? "'" + labels.get(key) + "'" : "missing";
    }
}
