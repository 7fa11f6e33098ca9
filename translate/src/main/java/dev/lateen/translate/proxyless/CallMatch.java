package dev.lateen.translate.proxyless;

import com.google.re2j.PatternSyntaxException;
import dev.lateen.regex.BoundedPatterns;
import dev.lateen.translate.policy.RegexText;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.type.matcher.v3.MetadataMatcher;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.ArrayList;
import java.util.List;

/// Which calls a route takes. Of a call gRPC shows the path and the metadata: conditions on what it does not show are
/// decided here where the answer is the same for every call, and else leave the route out.
///
/// Limits: four conditions that a header must not have a value; a route with more is left out.
///
/// Thread: any.
///
/// Source: gRFC A28, "Route matching".
final class CallMatch {
    private static final int MOST_ABSENT = 4;

    private CallMatch() {}

    /// The matches that together take what `from` takes of gRPC calls; none where it takes no call, or where that
    /// cannot be said.
    static List<RouteMatch> of(RouteMatch from) {
        RouteMatch.Builder plain = RouteMatch.newBuilder();
        if (!path(from, plain) || from.getQueryParametersCount() > 0) {
            return List.of();
        }
        if (from.hasCaseSensitive()) {
            plain.setCaseSensitive(from.getCaseSensitive());
        }
        // Tokens are not looked at, so that no claim is known.
        if (!from.getDynamicMetadataList().stream().allMatch(MetadataMatcher::getInvert)) {
            return List.of();
        }
        List<RouteMatch> matches = new ArrayList<>(List.of(plain.build()));
        int absent = 0;
        for (HeaderMatcher header : from.getHeadersList()) {
            if (header.getName().equals(":method")) {
                if (!takesPost(header)) {
                    return List.of();
                }
            } else if (header.getName().startsWith(":")) {
                return List.of();
            } else if (header.getInvertMatch() && header.hasStringMatch()) {
                if (++absent > MOST_ABSENT) {
                    return List.of();
                }
                matches = withOrWithout(matches, header);
            } else {
                matches.replaceAll(match -> match.toBuilder().addHeaders(header).build());
            }
        }
        return matches;
    }

    /// gRPC takes no route whose header is not there, even if the condition is turned round.
    private static List<RouteMatch> withOrWithout(List<RouteMatch> matches, HeaderMatcher header) {
        HeaderMatcher missing = HeaderMatcher.newBuilder()
                .setName(header.getName())
                .setPresentMatch(true)
                .setInvertMatch(true)
                .build();
        HeaderMatcher other =
                header.toBuilder().setTreatMissingHeaderAsEmpty(false).build();
        List<RouteMatch> both = new ArrayList<>();
        for (RouteMatch match : matches) {
            both.add(match.toBuilder().addHeaders(missing).build());
            both.add(match.toBuilder().addHeaders(other).build());
        }
        return both;
    }

    private static boolean path(RouteMatch from, RouteMatch.Builder to) {
        return switch (from.getPathSpecifierCase()) {
            case PREFIX -> {
                to.setPrefix(from.getPrefix());
                yield true;
            }
            case PATH -> {
                to.setPath(from.getPath());
                yield true;
            }
            case SAFE_REGEX -> {
                to.setSafeRegex(from.getSafeRegex());
                yield true;
            }
            case PATH_SEPARATED_PREFIX -> {
                to.setSafeRegex(
                        RegexMatcher.newBuilder().setRegex(RegexText.quote(from.getPathSeparatedPrefix()) + "(/.*)?"));
                yield true;
            }
            case CONNECT_MATCHER, PATH_MATCH_POLICY, PATHSPECIFIER_NOT_SET -> false;
        };
    }

    /// Every call is a POST.
    private static boolean takesPost(HeaderMatcher method) {
        boolean takes = method.hasStringMatch() ? takesPost(method.getStringMatch()) : method.getPresentMatch();
        return takes != method.getInvertMatch();
    }

    private static boolean takesPost(StringMatcher wanted) {
        String post = "POST";
        return switch (wanted.getMatchPatternCase()) {
            case EXACT -> post.equals(wanted.getExact());
            case PREFIX -> post.startsWith(wanted.getPrefix());
            case SUFFIX -> post.endsWith(wanted.getSuffix());
            case CONTAINS -> post.contains(wanted.getContains());
            case SAFE_REGEX -> matches(wanted.getSafeRegex().getRegex(), post);
            case CUSTOM, MATCHPATTERN_NOT_SET -> false;
        };
    }

    private static boolean matches(String regex, String text) {
        try {
            return BoundedPatterns.compile(regex).matches(text);
        } catch (PatternSyntaxException _) {
            return false;
        }
    }
}
