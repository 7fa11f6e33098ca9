package dev.lateen.model.validate;

import java.util.List;
import java.util.regex.Pattern;

/// Rules for the requests that a rate limit or quota is about. Thread: any.
final class RequestMatchRules {
    private static final Pattern HEADER_NAME = Pattern.compile("[-_A-Za-z0-9]+");
    private static final Pattern METHOD = Pattern.compile("[-!#$%&'*+.^_`|~A-Za-z0-9]+");
    private static final Pattern VARIABLE = Pattern.compile("\\{(\\*|\\*\\*|[A-Za-z_][A-Za-z0-9_]*)}");
    private static final int MOST = 64;

    private RequestMatchRules() {}

    static void check(View match) {
        for (String list : List.of("hosts", "methods", "paths", "routes")) {
            PolicyKindRules.atMost(match, list, MOST);
        }
        match.items("hosts").forEach(host -> host(match.report(), host));
        for (Spot method : match.items("methods")) {
            if (!METHOD.matcher(method.value()).matches()) {
                match.report().error(method, "bad-format", "not an HTTP method", "such as GET");
            }
        }
        match.items("paths").forEach(path -> path(match.report(), path));
        match.items("routes").forEach(route -> {
            if (route.value().isEmpty()) {
                match.report().error(route, "bad-format", "name of a route is empty", "the http[].name of a route");
            }
        });
        for (View.Entry header : match.entries("headers")) {
            headerName(match.report(), header.key());
            header.object()
                    .filter(value -> value.has("regex"))
                    .ifPresent(value -> Checks.regex(match.report(), value.spot("regex")));
        }
    }

    private static void host(Report report, Spot host) {
        String text = host.value();
        boolean star = text.startsWith("*") || text.endsWith("*");
        String bare = star ? text.replaceFirst("^\\*|\\*$", "") : text;
        if (text.isEmpty() || bare.contains("*")) {
            report.error(host, "bad-host", "not a host", "a host name, with a * at one end at most");
        } else if (text.matches(".*:[0-9]+")) {
            report.error(host, "bad-host", "a host stands without its port", text.replaceFirst(":[0-9]+$", ""));
        }
    }

    /// Exact, with a star at one end, or a template.
    static void path(Report report, Spot path) {
        String text = path.value();
        if (text.indexOf('?') >= 0) {
            report.error(path, "bad-format", "a path stands without its query", text.substring(0, text.indexOf('?')));
            return;
        }
        if (!text.startsWith("/") && !text.startsWith("*")) {
            report.error(path, "bad-format", "not a path", "/…, or * and the end of a path");
            return;
        }
        if (text.contains("{") || text.contains("}")) {
            template(report, path);
            return;
        }
        String bare = text.startsWith("*") ? text.substring(1) : text.replaceFirst("\\*$", "");
        if (bare.contains("*")) {
            report.error(path, "bad-format", "a * may stand at one end only", "a template with {*} or {**}");
        }
    }

    private static void template(Report report, Spot path) {
        boolean rest = false;
        for (String segment : path.value().split("/", -1)) {
            boolean plain = segment.indexOf('{') < 0 && segment.indexOf('}') < 0 && segment.indexOf('*') < 0;
            if (!plain && !VARIABLE.matcher(segment).matches()) {
                report.error(
                        path,
                        "bad-format",
                        "'" + segment + "' is no segment of a path template",
                        "{name}, {*}, {**}, or text without * and braces");
                return;
            }
            if (rest && !plain) {
                report.error(path, "bad-format", "no template can follow {**}", "{**} as the last template");
                return;
            }
            rest |= segment.equals("{**}");
        }
    }

    static void headerName(Report report, Spot name) {
        if (!HEADER_NAME.matcher(name.value()).matches()) {
            report.error(name, "bad-header", "not a header name", "letters, digits, - and _");
        }
    }
}
