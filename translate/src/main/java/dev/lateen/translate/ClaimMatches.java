package dev.lateen.translate;

import dev.lateen.model.istio.StringMatch;
import io.envoyproxy.envoy.type.matcher.v3.MetadataMatcher;
import io.envoyproxy.envoy.type.matcher.v3.ValueMatcher;
import java.util.ArrayList;
import java.util.List;

/// Conditions of routes about claims of the request's token, which stand among those about headers.
///
/// Source: Istio, "JWT claim based routing".
final class ClaimMatches {
    private static final String PREFIX = "@request.auth.claims";

    private ClaimMatches() {}

    /// Where in the token the claim stands that a header's name means: `a` and `b` for `@request.auth.claims.a.b`
    /// and `@request.auth.claims[a][b]`; empty where it means a header.
    static List<String> path(String header) {
        int from = PREFIX.length();
        if (!header.regionMatches(true, 0, PREFIX, 0, from) || header.length() < from + 2) {
            return List.of();
        }
        return switch (header.charAt(from)) {
            case '.' -> List.of(header.substring(from + 1).split("\\.", -1));
            case '[' -> header.endsWith("]") ? RbacValues.path(header, from) : List.of();
            default -> List.of();
        };
    }

    /// A claim that matches, or a list with an item that does.
    static MetadataMatcher.Builder of(List<String> claim, StringMatch value) {
        List<String> whole = new ArrayList<>(List.of("payload"));
        whole.addAll(claim);
        return RbacValues.ofToken(whole, isAny(value) ? present() : RbacValues.itselfOrItem(text(value))).toBuilder();
    }

    private static boolean isAny(StringMatch value) {
        return switch (value) {
            case StringMatch.Present _ -> true;
            case StringMatch.Regex(String pattern) -> pattern.equals("*");
            case StringMatch.Exact _, StringMatch.Prefix _ -> false;
        };
    }

    private static ValueMatcher present() {
        return ValueMatcher.newBuilder().setPresentMatch(true).build();
    }

    private static ValueMatcher text(StringMatch value) {
        return ValueMatcher.newBuilder()
                .setStringMatch(RouteMatches.text(value))
                .build();
    }
}
