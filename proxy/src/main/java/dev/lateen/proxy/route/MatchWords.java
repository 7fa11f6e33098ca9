package dev.lateen.proxy.route;

import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.config.HeaderMatcher;
import dev.lateen.proxy.config.StringMatcher;
import dev.lateen.proxy.route.PathMatcher.Connect;
import dev.lateen.proxy.route.PathMatcher.Exact;
import dev.lateen.proxy.route.PathMatcher.Prefix;
import dev.lateen.proxy.route.PathMatcher.Regex;
import dev.lateen.proxy.route.PathMatcher.SeparatedPrefix;
import java.util.ArrayList;
import java.util.List;

/// Puts into words what a route wants of a request. Thread: any (immutable).
final class MatchWords {
    private MatchWords() {}

    static String path(PathMatcher path) {
        return switch (path) {
            case Prefix _, SeparatedPrefix _ -> "a path that begins with " + pathText(path);
            case Exact _ -> "path " + pathText(path);
            case Regex _ -> "a path like " + pathText(path);
            case Connect _ -> "method CONNECT";
        };
    }

    static String pathText(PathMatcher path) {
        return switch (path) {
            case Prefix(String prefix, var _) -> prefix;
            case SeparatedPrefix(String prefix, var _) -> prefix;
            case Exact(String exact, var _) -> exact;
            case Regex(var pattern) -> pattern.pattern();
            case Connect _ -> "";
        };
    }

    /// What it wants besides the path, which matches: at least one of it the request did not have.
    static String beyondPath(RouteMatch match, RequestHead head) {
        List<String> sure = new ArrayList<>();
        List<String> possible = new ArrayList<>();
        for (HeaderMatcher header : match.headers()) {
            if (NearMatches.failsByHead(header, head)) {
                sure.add(header(header));
            } else if (!header.name().startsWith(":")) {
                possible.add(header(header));
            }
        }
        if (!sure.isEmpty()) {
            return String.join(" and ", sure);
        }
        for (QueryMatcher query : match.query()) {
            possible.add("query parameter " + query.name()
                    + query.value().map(value -> " " + value(value)).orElse(query.present() ? "" : " absent"));
        }
        if (!match.metadata().isEmpty()) {
            possible.add("a claim of a token, or other metadata");
        }
        if (match.grpcOnly()) {
            possible.add("gRPC");
        }
        if (match.share().numerator() < match.share().denominator()) {
            possible.add("to be among " + match.share().numerator() + " of "
                    + match.share().denominator() + " requests");
        }
        return possible.isEmpty()
                ? "what the request has: the routes may have changed since"
                : String.join(" and ", possible);
    }

    private static String header(HeaderMatcher header) {
        String not = header.invert() ? "not " : "";
        String name = switch (header.name()) {
            case ":method" -> "method ";
            case ":authority" -> "authority ";
            case ":scheme" -> "scheme ";
            default -> "header " + header.name() + " ";
        };
        return name
                + not
                + switch (header.test()) {
                    case HeaderMatcher.Value(StringMatcher matcher) -> value(matcher);
                    case HeaderMatcher.Range(long start, long end) -> "from " + start + " below " + end;
                    case HeaderMatcher.Present(boolean wanted) -> wanted ? "present" : "absent";
                };
    }

    private static String value(StringMatcher matcher) {
        return switch (matcher) {
            case StringMatcher.Exact(String text, var _) -> text;
            case StringMatcher.Among(var values, var _) -> "one of " + String.join(", ", values);
            case StringMatcher.Prefix(String text, var _) -> "beginning with " + text;
            case StringMatcher.Suffix(String text, var _) -> "ending with " + text;
            case StringMatcher.Contains(String text, var _) -> "containing " + text;
            case StringMatcher.Regex(var pattern) -> "like " + pattern.pattern();
        };
    }
}
