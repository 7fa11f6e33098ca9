package dev.lateen.model.validate;

import dev.lateen.model.tree.Node;
import dev.lateen.model.tree.Node.Mapping;
import dev.lateen.model.tree.Node.Scalar;
import dev.lateen.model.tree.Node.Sequence;
import java.util.ArrayList;
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
        List<View> prefixes = new ArrayList<>();
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
                if (catchAll >= 0) {
                    report.warning(
                            match.spot(),
                            "unreachable",
                            "match is never used: rule " + catchAll + " matches everything",
                            "put the rule without a match last");
                    continue;
                }
                Integer earlier = seen.putIfAbsent(canonical(match.mapping()), index);
                if (earlier != null) {
                    report.warning(
                            match.spot(), "unreachable", "match is never used: rule " + earlier + " has the same", "");
                } else {
                    wider(match, prefixes);
                }
            }
        }
    }

    /// Reports an earlier match that takes all that this one would, by a shorter prefix of the path.
    private void wider(View match, List<View> prefixes) {
        if (!match.object("uri").map(uri -> uri.filled("prefix")).orElse(false)) {
            return;
        }
        for (View earlier : prefixes) {
            if (covers(earlier, match)) {
                report.warning(
                        match.spot(),
                        "unreachable",
                        "match is never used: '" + prefixOf(earlier) + "' at " + earlier.path() + " takes it all",
                        "put the longer prefix first");
                break;
            }
        }
        prefixes.add(match);
    }

    /// A longer prefix under the same conditions; a match without a method is taken for GET, as Istio does.
    private static boolean covers(View earlier, View later) {
        boolean longer = prefixOf(later).startsWith(prefixOf(earlier))
                && !prefixOf(later).equals(prefixOf(earlier));
        return longer && conditions(earlier).equals(conditions(later));
    }

    private static Map<String, String> conditions(View match) {
        Map<String, String> conditions = new TreeMap<>();
        match.mapping().fields().forEach((name, field) -> conditions.put(name, canonical(field.value())));
        conditions.remove("name");
        conditions.remove("uri");
        String method = match.object("method")
                .map(found -> found.has("prefix") ? found.text("prefix") + "*" : found.text("exact"))
                .orElse("GET");
        conditions.put("method", method);
        return conditions;
    }

    private static String prefixOf(View match) {
        return match.object("uri").map(uri -> uri.text("prefix")).orElse("");
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
