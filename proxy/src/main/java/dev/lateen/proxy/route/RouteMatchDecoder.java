package dev.lateen.proxy.route;

import dev.lateen.proxy.config.CommonDecoder;
import dev.lateen.proxy.config.Fraction;
import dev.lateen.proxy.config.HeaderMatcher;
import dev.lateen.proxy.config.MetadataMatcher;
import dev.lateen.proxy.config.MetadataMatcherDecoder;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.StringMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Decodes what a route matches.
public final class RouteMatchDecoder {
    private RouteMatchDecoder() {}

    public static RouteMatch decode(io.envoyproxy.envoy.config.route.v3.RouteMatch match, Place at) {
        List<HeaderMatcher> headers = new ArrayList<>();
        for (int index = 0; index < match.getHeadersCount(); index++) {
            headers.add(CommonDecoder.header(
                    match.getHeaders(index), at.field("headers").index(index)));
        }
        List<QueryMatcher> query = new ArrayList<>();
        for (int index = 0; index < match.getQueryParametersCount(); index++) {
            query.add(query(
                    match.getQueryParameters(index),
                    at.field("query_parameters").index(index)));
        }
        List<MetadataMatcher> metadata = new ArrayList<>();
        for (int index = 0; index < match.getDynamicMetadataCount(); index++) {
            metadata.add(MetadataMatcherDecoder.decode(
                    match.getDynamicMetadata(index),
                    at.field("dynamic_metadata").index(index)));
        }
        Fraction share = match.hasRuntimeFraction()
                ? CommonDecoder.fraction(match.getRuntimeFraction(), at.field("runtime_fraction"))
                : Fraction.ALL;
        return new RouteMatch(path(match, at), headers, query, metadata, match.hasGrpc(), share);
    }

    private static PathMatcher path(io.envoyproxy.envoy.config.route.v3.RouteMatch match, Place at) {
        boolean ignoreCase =
                match.hasCaseSensitive() && !match.getCaseSensitive().getValue();
        return switch (match.getPathSpecifierCase()) {
            case PREFIX -> new PathMatcher.Prefix(match.getPrefix(), ignoreCase);
            case PATH -> new PathMatcher.Exact(match.getPath(), ignoreCase);
            case SAFE_REGEX -> new PathMatcher.Regex(CommonDecoder.regex(match.getSafeRegex(), at.field("safe_regex")));
            case PATH_SEPARATED_PREFIX -> separated(match.getPathSeparatedPrefix(), ignoreCase, at);
            case CONNECT_MATCHER -> new PathMatcher.Connect();
            case PATH_MATCH_POLICY -> throw at.field("path_match_policy").unsupported();
            case PATHSPECIFIER_NOT_SET ->
                throw at.refuse(
                        "has no path (expected: prefix, path, safe_regex, path_separated_prefix or connect_matcher)");
        };
    }

    private static PathMatcher separated(String prefix, boolean ignoreCase, Place at) {
        Place place = at.field("path_separated_prefix");
        place.require(
                prefix.startsWith("/") && prefix.length() > 1 && !prefix.endsWith("/") && prefix.indexOf('?') < 0,
                "'" + prefix + "' (expected: a path such as /a/b, without a slash at its end)");
        return new PathMatcher.SeparatedPrefix(prefix, ignoreCase);
    }

    static QueryMatcher query(io.envoyproxy.envoy.config.route.v3.QueryParameterMatcher matcher, Place at) {
        Optional<StringMatcher> value = matcher.hasStringMatch()
                ? Optional.of(CommonDecoder.string(matcher.getStringMatch(), at.field("string_match")))
                : Optional.empty();
        return new QueryMatcher(matcher.getName(), value, !matcher.hasPresentMatch() || matcher.getPresentMatch());
    }
}
