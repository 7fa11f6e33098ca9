package dev.lateen.e2e.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// An AuthorizationPolicy as somebody writes it: field names and values, without meaning.
///
/// @param selects whether its selector chooses the workload in question
record WrittenPolicy(String namespace, String name, boolean selects, boolean dryRun, String action, List<Rule> rules) {

    /// Each source and operation by field name, such as `notPrincipals`.
    record Rule(List<Map<String, List<String>>> from, List<Map<String, List<String>>> to, List<When> when) {}

    record When(String key, List<String> values, List<String> notValues) {}

    /// YAML's flow style.
    String yaml() {
        List<String> rules = new ArrayList<>();
        for (Rule rule : this.rules) {
            List<String> parts = new ArrayList<>();
            if (!rule.from().isEmpty()) {
                parts.add("from: " + each(rule.from(), "source"));
            }
            if (!rule.to().isEmpty()) {
                parts.add("to: " + each(rule.to(), "operation"));
            }
            if (!rule.when().isEmpty()) {
                parts.add("when: "
                        + rule.when().stream()
                                .map(w -> "{key: " + quoted(w.key())
                                        + (w.values().isEmpty() ? "" : ", values: " + list(w.values()))
                                        + (w.notValues().isEmpty() ? "" : ", notValues: " + list(w.notValues()))
                                        + "}")
                                .toList());
            }
            rules.add("{" + String.join(", ", parts) + "}");
        }
        return """
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: %s, namespace: %s%s}
                spec: {selector: {matchLabels: {app: %s}}, action: %s%s}
                """.formatted(
                        name,
                        namespace,
                        dryRun ? ", annotations: {istio.io/dry-run: \"true\"}" : "",
                        selects ? "shop" : "other",
                        action,
                        rules.isEmpty() ? "" : ", rules: " + rules);
    }

    private static List<String> each(List<Map<String, List<String>>> items, String name) {
        return items.stream()
                .map(item -> "{" + name + ": {"
                        + String.join(
                                ", ",
                                item.entrySet().stream()
                                        .map(e -> e.getKey() + ": " + list(e.getValue()))
                                        .toList())
                        + "}}")
                .toList();
    }

    private static List<String> list(List<String> values) {
        return values.stream().map(WrittenPolicy::quoted).toList();
    }

    private static String quoted(String text) {
        return "\"" + text + "\"";
    }
}
