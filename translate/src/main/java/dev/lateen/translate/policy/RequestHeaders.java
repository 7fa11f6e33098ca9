package dev.lateen.translate.policy;

import dev.lateen.model.istio.StringMatch;
import dev.lateen.model.policy.RequestMatch;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/// A match of requests as conditions on headers, which is what rate-limit actions can ask for.
final class RequestHeaders {
    private static final String QUERY = "(?:\\?.*)?";

    private RequestHeaders() {}

    /// Conditions that must all hold; none for a match of everything.
    static List<HeaderMatcher> of(RequestMatch match) {
        List<HeaderMatcher> all = new ArrayList<>();
        if (!match.hosts().isEmpty()) {
            all.add(regex(":authority", "(?i)" + anyOf(match.hosts(), RequestHeaders::host) + "(?::[0-9]+)?")
                    .build());
        }
        if (!match.methods().isEmpty()) {
            all.add(regex(":method", anyOf(match.methods(), RegexText::quote)).build());
        }
        if (!match.paths().isEmpty()) {
            all.add(path(match.paths()).build());
        }
        match.headers().forEach((name, value) -> all.add(header(name, value)));
        return all;
    }

    /// One of the paths or templates, whatever the query.
    static HeaderMatcher.Builder path(List<String> paths) {
        return regex(":path", anyOf(paths, RequestHeaders::path) + QUERY);
    }

    private static HeaderMatcher header(String name, StringMatch value) {
        HeaderMatcher.Builder header = HeaderMatcher.newBuilder().setName(name);
        return switch (value) {
            case StringMatch.Present _ -> header.setPresentMatch(true).build();
            case StringMatch.Exact(String text) ->
                header.setStringMatch(StringMatcher.newBuilder().setExact(text)).build();
            case StringMatch.Prefix(String text) ->
                header.setStringMatch(StringMatcher.newBuilder().setPrefix(text))
                        .build();
            case StringMatch.Regex(String pattern) -> regex(name, pattern).build();
        };
    }

    private static HeaderMatcher.Builder regex(String name, String regex) {
        return HeaderMatcher.newBuilder()
                .setName(name)
                .setStringMatch(StringMatcher.newBuilder()
                        .setSafeRegex(RegexMatcher.newBuilder().setRegex(regex)));
    }

    private static String anyOf(List<String> values, Function<String, String> regex) {
        return values.stream().map(regex).collect(Collectors.joining("|", "(?:", ")"));
    }

    private static String host(String host) {
        return stars(host, "[^:]*");
    }

    /// A star at one end stands for any text; braces stand for one segment, or with two stars for any number.
    private static String path(String path) {
        if (!path.contains("{")) {
            return stars(path, "[^?]*");
        }
        StringBuilder regex = new StringBuilder();
        int at = 0;
        while (at < path.length()) {
            int open = path.indexOf('{', at);
            int close = open < 0 ? -1 : path.indexOf('}', open);
            if (close < 0) {
                break;
            }
            regex.append(RegexText.quote(path.substring(at, open)));
            regex.append(path.substring(open, close + 1).equals("{**}") ? "[^?]*" : "[^/?]+");
            at = close + 1;
        }
        return regex.append(RegexText.quote(path.substring(at))).toString();
    }

    private static String stars(String text, String any) {
        if (text.startsWith("*")) {
            return any + RegexText.quote(text.substring(1));
        }
        return text.endsWith("*") ? RegexText.quote(text.substring(0, text.length() - 1)) + any : RegexText.quote(text);
    }
}
