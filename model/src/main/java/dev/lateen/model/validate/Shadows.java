package dev.lateen.model.validate;

import dev.lateen.model.tree.Node;
import dev.lateen.model.tree.Node.Mapping;
import dev.lateen.model.tree.Node.Scalar;
import dev.lateen.model.tree.Node.Sequence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What of a VirtualService's rules no request reaches, since an earlier rule takes it. The cost grows with the length
/// of prefixes, not with the number of rules before. Thread: any one.
public final class Shadows {
    /// One rule or match that stands in the shadow of an earlier one.
    public sealed interface Shadow {
        /// The match that is in the shadow; empty where it is a whole rule.
        default Optional<Match> match() {
            return switch (this) {
                case BehindCatchAll(var _, var match, var _) -> Optional.of(match);
                case SameMatch(var _, var match, var _) -> Optional.of(match);
                case NarrowerMatch(var _, var match, var _, var _) -> Optional.of(match);
                case SecondCatchAll _, NothingLeft _ -> Optional.empty();
            };
        }

        /// A second rule without a match.
        record SecondCatchAll(Rule rule, Rule earlier) implements Shadow {}

        /// A match behind a rule without one.
        record BehindCatchAll(Rule rule, Match hidden, Rule earlier) implements Shadow {}

        /// A match that an earlier rule, or this one, has too.
        record SameMatch(Rule rule, Match hidden, Rule earlier) implements Shadow {}

        /// A match whose path has a longer prefix than an earlier one under the same conditions.
        record NarrowerMatch(Rule rule, Match hidden, Rule earlierRule, Match earlier) implements Shadow {}

        /// A rule of which all matches stand in earlier rules.
        record NothingLeft(Rule rule) implements Shadow {}
    }

    /// @param index from 0
    public record Rule(int index, View view) {}

    /// @param index from 0, within its rule
    public record Match(int index, View view) {
        /// What the path has to begin with; empty where it is matched in another way.
        public String prefix() {
            return view.object("uri").map(uri -> uri.text("prefix")).orElse("");
        }
    }

    private record Seen(int order, Rule rule, Match match) {}

    private final List<Shadow> found = new ArrayList<>();
    private final Map<String, Rule> exact = new HashMap<>();
    private final Map<Map<String, String>, Map<String, Seen>> prefixes = new HashMap<>();
    private int seen;

    private Shadows() {}

    /// @param rules of `http`, `tls` or `tcp`
    public static List<Shadow> among(List<View> rules) {
        Shadows shadows = new Shadows();
        Rule catchAll = null;
        for (int index = 0; index < rules.size(); index++) {
            Rule rule = new Rule(index, rules.get(index));
            List<View> matches = rule.view().objects("match");
            if (!matches.isEmpty()) {
                shadows.look(rule, matches, catchAll);
            } else if (catchAll == null) {
                catchAll = rule;
            } else {
                shadows.found.add(new Shadow.SecondCatchAll(rule, catchAll));
            }
        }
        return List.copyOf(shadows.found);
    }

    private void look(Rule rule, List<View> matches, @Nullable Rule catchAll) {
        int same = 0;
        for (int index = 0; index < matches.size(); index++) {
            Match match = new Match(index, matches.get(index));
            if (catchAll != null) {
                found.add(new Shadow.BehindCatchAll(rule, match, catchAll));
            }
            Rule earlier = exact.putIfAbsent(canonical(match.view().mapping()), rule);
            if (earlier != null) {
                same++;
                found.add(new Shadow.SameMatch(rule, match, earlier));
            } else {
                narrower(rule, match);
            }
        }
        if (same == matches.size()) {
            found.add(new Shadow.NothingLeft(rule));
        }
    }

    /// A longer prefix under the same conditions; a match without a method is taken for GET, as Istio does.
    private void narrower(Rule rule, Match match) {
        String prefix = match.prefix();
        if (prefix.isEmpty()) {
            return;
        }
        Map<String, Seen> alike = prefixes.computeIfAbsent(conditions(match.view()), key -> new HashMap<>());
        Seen first = null;
        for (int length = 1; length < prefix.length(); length++) {
            Seen shorter = alike.get(prefix.substring(0, length));
            if (shorter != null && (first == null || shorter.order() < first.order())) {
                first = shorter;
            }
        }
        if (first != null) {
            found.add(new Shadow.NarrowerMatch(rule, match, first.rule(), first.match()));
        }
        alike.putIfAbsent(prefix, new Seen(seen++, rule, match));
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

    /// The same text for the same content, whatever the order of its fields.
    private static String canonical(Node node) {
        return switch (node) {
            case Scalar scalar -> scalar.type() + ":" + scalar.text().length() + ":" + scalar.text();
            case Sequence sequence ->
                sequence.items().stream().map(Shadows::canonical).toList().toString();
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
