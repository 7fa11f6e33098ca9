package dev.lateen.model.mesh;

import dev.lateen.model.istio.HttpRoute.Match;
import dev.lateen.model.istio.HttpRoute.Source;
import dev.lateen.model.istio.StringMatch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// Joins the matches of a delegate's route with those of the route that delegates to it. Each match of the delegate
/// must
/// lie within one of the root's, or none of them counts: half a route would be another route.
///
/// Source: Istio, `VirtualService.http.delegate`. Thread: any.
final class DelegatedMatches {
    private DelegatedMatches() {}

    /// Each match of the delegate within each of the root's that holds it; empty where one lies within none.
    static Optional<List<Match>> joined(List<Match> root, List<Match> delegate) {
        if (root.isEmpty()) {
            return Optional.of(delegate);
        }
        if (delegate.isEmpty()) {
            return Optional.of(root);
        }
        List<Match> all = new ArrayList<>();
        for (Match inner : delegate) {
            int before = all.size();
            for (Match outer : root) {
                if (conflict(outer, inner).isEmpty()) {
                    all.add(both(outer, inner));
                }
            }
            if (all.size() == before) {
                return Optional.empty();
            }
        }
        return Optional.of(List.copyOf(all));
    }

    /// The first match of the delegate that lies within none of the root's.
    static Optional<Match> outside(List<Match> root, List<Match> delegate) {
        if (root.isEmpty()) {
            return Optional.empty();
        }
        return delegate.stream()
                .filter(inner ->
                        root.stream().noneMatch(outer -> conflict(outer, inner).isEmpty()))
                .findFirst();
    }

    /// Why the inner match does not lie within the outer one; empty where it does.
    static String conflict(Match outer, Match inner) {
        if (outer.ignoreUriCase() != inner.ignoreUriCase()) {
            return "one of them ignores case in ignoreUriCase, the other one does not";
        }
        for (Part part : Part.values()) {
            if (!part.within(outer, inner)) {
                return part.field + " lies outside" + (part.hasPattern(outer, inner) ? Part.PATTERNS : "");
            }
        }
        return "";
    }

    private enum Part {
        URI("uri"),
        SCHEME("scheme"),
        METHOD("method"),
        AUTHORITY("authority"),
        HEADERS("headers"),
        WITHOUT_HEADERS("withoutHeaders"),
        QUERY("queryParams"),
        PORT("port"),
        NAMESPACE("sourceNamespace"),
        LABELS("sourceLabels"),
        GATEWAYS("gateways");

        private static final String PATTERNS = ": regular expressions are not compared, not even with themselves";

        private final String field;

        Part(String field) {
            this.field = field;
        }

        /// By the name of the header or parameter; those of the match itself have none.
        private Map<String, StringMatch> texts(Match match) {
            return switch (this) {
                case URI -> single(match.uri());
                case SCHEME -> single(match.scheme());
                case METHOD -> single(match.method());
                case AUTHORITY -> single(match.authority());
                case HEADERS -> match.headers();
                case WITHOUT_HEADERS -> match.withoutHeaders();
                case QUERY -> match.queryParams();
                case PORT, NAMESPACE, LABELS, GATEWAYS -> Map.of();
            };
        }

        private static Map<String, StringMatch> single(Optional<StringMatch> text) {
            return text.map(one -> Map.of("", one)).orElse(Map.of());
        }

        boolean within(Match outer, Match inner) {
            return switch (this) {
                case URI, SCHEME, METHOD, AUTHORITY, HEADERS, WITHOUT_HEADERS, QUERY -> {
                    Map<String, StringMatch> of = texts(inner);
                    yield texts(outer).entrySet().stream().allMatch(text -> {
                        StringMatch other = of.get(text.getKey());
                        return other == null || holds(text.getValue(), other);
                    });
                }
                case PORT -> holds(outer.port(), inner.port());
                // Even one that leaves it open, as in Istio.
                case NAMESPACE ->
                    outer.source().namespace().isEmpty()
                            || outer.source().namespace().equals(inner.source().namespace());
                case LABELS ->
                    outer.source().labels().entrySet().stream()
                            .allMatch(label -> inner.source()
                                    .labels()
                                    .getOrDefault(label.getKey(), label.getValue())
                                    .equals(label.getValue()));
                case GATEWAYS ->
                    outer.source().gateways().isEmpty()
                            || outer.source()
                                    .gateways()
                                    .containsAll(inner.source().gateways());
            };
        }

        boolean hasPattern(Match outer, Match inner) {
            Map<String, StringMatch> of = texts(inner);
            return texts(outer).entrySet().stream()
                    .anyMatch(text -> of.containsKey(text.getKey())
                            && (text.getValue() instanceof StringMatch.Regex
                                    || of.get(text.getKey()) instanceof StringMatch.Regex));
        }
    }

    private static boolean holds(StringMatch outer, StringMatch inner) {
        return switch (outer) {
            case StringMatch.Exact _ -> outer.equals(inner);
            case StringMatch.Prefix(String prefix) ->
                switch (inner) {
                    case StringMatch.Exact(String text) -> text.startsWith(prefix);
                    case StringMatch.Prefix(String text) -> text.startsWith(prefix);
                    case StringMatch.Regex _, StringMatch.Present _ -> false;
                };
            case StringMatch.Regex _, StringMatch.Present _ -> false;
        };
    }

    private static boolean holds(OptionalInt outer, OptionalInt inner) {
        return outer.isEmpty() || inner.isEmpty() || outer.equals(inner);
    }

    private static Match both(Match outer, Match inner) {
        return new Match(
                inner.origin(),
                name(outer.name(), inner.name()),
                inner.uri().or(outer::uri),
                inner.scheme().or(outer::scheme),
                inner.method().or(outer::method),
                inner.authority().or(outer::authority),
                union(outer.headers(), inner.headers()),
                union(outer.withoutHeaders(), inner.withoutHeaders()),
                union(outer.queryParams(), inner.queryParams()),
                inner.ignoreUriCase(),
                inner.port().isPresent() ? inner.port() : outer.port(),
                new Source(
                        union(outer.source().labels(), inner.source().labels()),
                        inner.source().gateways().isEmpty()
                                ? outer.source().gateways()
                                : inner.source().gateways(),
                        inner.source().namespace().isEmpty()
                                ? outer.source().namespace()
                                : inner.source().namespace()),
                inner.statPrefix().isEmpty() ? outer.statPrefix() : inner.statPrefix());
    }

    /// The name of a route or a match under that of the root's.
    static String name(String root, String delegate) {
        return root.isEmpty() || delegate.isEmpty() ? root + delegate : root + "-" + delegate;
    }

    private static <T> Map<String, T> union(Map<String, T> outer, Map<String, T> inner) {
        Map<String, T> all = new LinkedHashMap<>(outer);
        all.putAll(inner);
        return all;
    }
}
