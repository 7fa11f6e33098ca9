package dev.lateen.kubernetes.inject;

import dev.lateen.kubernetes.tree.Trees;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Kubernetes' selector of labels, `matchLabels` and `matchExpressions` together. One that selects nothing in
/// particular, or with an operator that is not known, matches no pod here: it would change every pod of a cluster.
public final class LabelSelector {
    private LabelSelector() {}

    public static boolean matches(ObjectNode selector, JsonNode labels) {
        List<ObjectNode> expressions = Trees.objects(selector, "matchExpressions");
        JsonNode exact = selector.path("matchLabels");
        if (expressions.isEmpty() && exact.isEmpty()) {
            return false;
        }
        boolean all = exact.properties().stream()
                .allMatch(one ->
                        Trees.text(labels, one.getKey()).equals(one.getValue().asString(""))
                                && labels.has(one.getKey()));
        return all && expressions.stream().allMatch(one -> matchesExpression(one, labels));
    }

    private static boolean matchesExpression(ObjectNode expression, JsonNode labels) {
        String key = Trees.text(expression, "key");
        List<String> values = Trees.texts(expression, "values");
        boolean present = labels.has(key);
        return switch (Trees.text(expression, "operator")) {
            case "In" -> present && values.contains(Trees.text(labels, key));
            case "NotIn" -> !present || !values.contains(Trees.text(labels, key));
            case "Exists" -> present;
            case "DoesNotExist" -> !present;
            default -> false;
        };
    }
}
