package dev.lateen.translate;

import dev.lateen.model.istio.HttpRoute.Match;
import dev.lateen.model.istio.StringMatch;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.QueryParameterMatcher;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Conditions of routes. Headers are sorted by name, so that equal rules make equal routes.
final class RouteMatches {
    private RouteMatches() {}

    /// @param wholeElements whether a prefix of the path ends where an element of it does
    static RouteMatch of(Optional<Match> from, boolean wholeElements) {
        RouteMatch.Builder to = RouteMatch.newBuilder().setPrefix("/");
        if (from.isEmpty()) {
            return to.build();
        }
        Match match = from.get();
        new TreeMap<>(match.headers()).forEach((name, value) -> {
            List<String> claim = ClaimMatches.path(name);
            if (claim.isEmpty()) {
                to.addHeaders(header(name, value).build());
            } else {
                to.addDynamicMetadata(ClaimMatches.of(claim, value));
            }
        });
        new TreeMap<>(match.withoutHeaders()).forEach((name, value) -> {
            List<String> claim = ClaimMatches.path(name);
            if (claim.isEmpty()) {
                to.addHeaders(without(name, value));
            } else {
                to.addDynamicMetadata(ClaimMatches.of(claim, value).setInvert(true));
            }
        });
        match.uri().ifPresent(uri -> path(to, uri, wholeElements));
        to.setCaseSensitive(com.google.protobuf.BoolValue.of(!match.ignoreUriCase()));
        match.method().ifPresent(m -> to.addHeaders(header(":method", m).build()));
        match.authority().ifPresent(m -> to.addHeaders(header(":authority", m).build()));
        match.scheme().ifPresent(m -> to.addHeaders(header(":scheme", m).build()));
        for (Map.Entry<String, StringMatch> parameter : match.queryParams().entrySet()) {
            to.addQueryParameters(query(parameter.getKey(), parameter.getValue()));
        }
        return to.build();
    }

    private static void path(RouteMatch.Builder to, StringMatch uri, boolean wholeElements) {
        switch (uri) {
            case StringMatch.Exact(String text) -> to.setPath(text);
            case StringMatch.Prefix(String text) when wholeElements -> prefixOfElements(to, text);
            case StringMatch.Prefix(String text) -> to.setPrefix(text);
            case StringMatch.Regex(String pattern) -> to.setSafeRegex(regex(pattern));
            case StringMatch.Present _ -> to.setPrefix("/");
        }
    }

    private static void prefixOfElements(RouteMatch.Builder to, String text) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == '/') {
            end--;
        }
        // Envoy refuses a whole table of routes for one prefix that is none.
        if (end == 0 || !text.startsWith("/") || text.indexOf('?') >= 0 || text.indexOf('#') >= 0) {
            to.setPrefix(end == 0 ? "/" : text);
        } else {
            to.setPathSeparatedPrefix(text.substring(0, end));
        }
    }

    static RegexMatcher regex(String pattern) {
        return RegexMatcher.newBuilder().setRegex(pattern).build();
    }

    private static HeaderMatcher.Builder header(String name, StringMatch value) {
        HeaderMatcher.Builder header = HeaderMatcher.newBuilder().setName(name);
        switch (value) {
            case StringMatch.Present _ -> header.setPresentMatch(true);
            case StringMatch.Regex(String pattern) when pattern.equals("*") -> header.setPresentMatch(true);
            case StringMatch.Exact _, StringMatch.Prefix _, StringMatch.Regex _ -> header.setStringMatch(text(value));
        }
        return header;
    }

    private static HeaderMatcher without(String name, StringMatch value) {
        HeaderMatcher.Builder header = header(name, value).setInvertMatch(true);
        // A header that is missing counts as one that does not match.
        if (header.hasStringMatch()) {
            header.setTreatMissingHeaderAsEmpty(true);
        }
        return header.build();
    }

    private static QueryParameterMatcher query(String name, StringMatch value) {
        QueryParameterMatcher.Builder query = QueryParameterMatcher.newBuilder().setName(name);
        if (value instanceof StringMatch.Present) {
            query.setPresentMatch(true);
        } else {
            query.setStringMatch(text(value));
        }
        return query.build();
    }

    static StringMatcher text(StringMatch from) {
        StringMatcher.Builder to = StringMatcher.newBuilder();
        switch (from) {
            case StringMatch.Exact(String text) -> to.setExact(text);
            case StringMatch.Prefix(String text) -> to.setPrefix(text);
            case StringMatch.Regex(String pattern) -> to.setSafeRegex(regex(pattern));
            case StringMatch.Present _ -> to.setPrefix("");
        }
        return to.build();
    }
}
