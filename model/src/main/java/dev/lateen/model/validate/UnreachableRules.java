package dev.lateen.model.validate;

import dev.lateen.model.tree.Node;
import dev.lateen.model.tree.Node.Mapping;
import dev.lateen.model.tree.Node.Scalar;
import dev.lateen.model.tree.Node.Sequence;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Finds rules of a VirtualService that no request reaches, since an earlier one takes it. Thread: any one.
final class UnreachableRules {
    private final Report report;

    UnreachableRules(Report report) {
        this.report = report;
    }

    void check(View spec) {
        for (String field : List.of("http", "tls", "tcp")) {
            rules(spec.objects(field));
        }
    }

    private void rules(List<View> rules) {
        Map<String, Integer> seen = new HashMap<>();
        int catchAll = -1;
        for (int index = 0; index < rules.size(); index++) {
            View rule = rules.get(index);
            List<View> matches = rule.objects("match");
            if (matches.isEmpty()) {
                if (catchAll >= 0) {
                    report.warning(
                            rule.spot(),
                            "unreachable",
                            "rule is never used: rule " + catchAll + " matches everything",
                            "only the last rule can do without a match");
                }
                catchAll = catchAll < 0 ? index : catchAll;
                continue;
            }
            for (View match : matches) {
                Integer earlier = seen.putIfAbsent(canonical(match.mapping()), index);
                if (earlier != null) {
                    report.warning(
                            match.spot(), "unreachable", "match is never used: rule " + earlier + " has the same", "");
                }
            }
        }
    }

    /// The same text for the same content, whatever the order of its fields.
    private static String canonical(Node node) {
        return switch (node) {
            case Scalar scalar -> scalar.type() + ":" + scalar.text().length() + ":" + scalar.text();
            case Sequence sequence ->
                sequence.items().stream()
                        .map(UnreachableRules::canonical)
                        .toList()
                        .toString();
            case Mapping mapping -> {
                Map<String, String> fields = new TreeMap<>();
                mapping.fields().forEach((name, field) -> {
                    if (!name.equals("name")) {
                        fields.put(name, canonical(field.value()));
                    }
                });
                yield fields.toString();
            }
        };
    }
}
