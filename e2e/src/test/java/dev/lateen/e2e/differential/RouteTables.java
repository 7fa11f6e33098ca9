package dev.lateen.e2e.differential;

import java.util.ArrayList;
import java.util.List;

/// Connection managers with routes as Envoy's API has them, out of one small vocabulary that [Calls] shares, so that
/// they meet. Everything is decided by the request: where Envoy chooses by chance, the choice has one side only.
///
/// Thread: one.
final class RouteTables {
    static final List<String> SERVERS = List.of("red", "green", "blue", "shadow");

    private static final List<String> CLUSTERS = List.of("red", "green", "blue");
    static final String SLOW = "/slow";
    static final String TYPE = "\"@type\": type.googleapis.com/envoy.extensions.filters.http.";
    static final String CORS = "envoy.filters.http.cors";
    static final String FAULT = "envoy.filters.http.fault";

    private static final List<String> DOMAINS = List.of(
            "a.test", "b.test", "a.test:8080", "*.a.test", "*.test", "a.*", "*-x.test", "shop.default.svc", "*");
    private static final List<String> REGEXES =
            List.of("/a/.*", "/[a-c]/[0-9]+", "(?i)/A.*", "/a(/b)?", ".*\\\\.html", "/[^/]+/b", "/a|/b", "/a/b/c");
    private static final List<String> PREFIXES =
            List.of("/", "/", "/a", "/a/", "/a/b", "/b", "/A", "/a%2Fb", "/a;x", "/a//");
    private static final List<String> PATHS = List.of("/a", "/a/b", "/b/1", "/A", "/", "/a.html", "/a/b/c");
    private static final List<String> NAMES = List.of("x-a", "x-b", "x-c", "X-A", "user-agent", "cookie");
    private static final List<String> FORMATS = List.of(
            "plain",
            "%REQ(x-a)%",
            "<%REQ(x-missing)%>",
            "%REQ(x-missing?x-b)%",
            "%REQ(x-a):2%",
            "%PROTOCOL%",
            "100%%",
            "%REQ(:METHOD)% %REQ(:PATH)%",
            "%REQ(:AUTHORITY)%",
            "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
            "%DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT%",
            "%ROUTE_NAME%",
            "%UPSTREAM_CLUSTER%",
            "%REQUESTED_SERVER_NAME%");
    private static final List<String> ANSWER_FORMATS =
            List.of("plain", "%RESP(x-up)%", "%REQ(x-a)%/%RESP(x-missing)%", "%ROUTE_NAME%", "%BYTES_RECEIVED%");
    private static final List<String> APPEND =
            List.of("APPEND_IF_EXISTS_OR_ADD", "ADD_IF_ABSENT", "OVERWRITE_IF_EXISTS_OR_ADD", "OVERWRITE_IF_EXISTS");

    private final Dice dice;
    /// Where host and route both have a policy, Envoy fills gaps in one from the other; we take the route's alone.
    private boolean hostHasCors;

    RouteTables(Dice dice) {
        this.dice = dice;
    }

    /// Each on a listener of its own: `t0`, `t1`, ….
    Side.Configuration next(int count) {
        List<ConnectionManagers.Table> tables = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            tables.add(new ConnectionManagers.Table(managerFields(), hosts()));
        }
        return new ConnectionManagers(List.copyOf(tables));
    }

    private String managerFields() {
        return "use_remote_address: " + dice.in(50) + ", "
                + dice.maybe(50, () -> "normalize_path: true, ")
                + dice.maybe(40, () -> "merge_slashes: true, ")
                + dice.maybe(
                        40,
                        () -> "path_with_escaped_slashes_action: "
                                + dice.one(List.of("KEEP_UNCHANGED", "UNESCAPE_AND_FORWARD"))
                                + ", ")
                + dice.maybe(30, () -> "strip_any_host_port: true, ")
                + dice.maybe(20, () -> "strip_trailing_host_dot: true, ")
                + dice.maybe(30, () -> "xff_num_trusted_hops: " + dice.upTo(2) + ", ")
                + dice.maybe(20, () -> "skip_xff_append: true, ")
                + dice.maybe(20, () -> "via: mesh, ")
                + dice.maybe(20, () -> "generate_request_id: false, ")
                + dice.maybe(30, () -> "preserve_external_request_id: true, ")
                + dice.maybe(20, () -> "always_set_request_id_in_response: true, ")
                + dice.maybe(
                        40,
                        () -> "server_header_transformation: "
                                + dice.one(List.of("OVERWRITE", "APPEND_IF_ABSENT", "PASS_THROUGH")) + ", ")
                + dice.maybe(20, () -> "server_name: mesh, ")
                + dice.maybe(20, () -> "scheme_header_transformation: {scheme_to_overwrite: https}, ")
                + dice.maybe(
                        30,
                        () -> "common_http_protocol_options: {headers_with_underscores_action: "
                                + dice.one(List.of("ALLOW", "DROP_HEADER")) + "}, ");
    }

    private String hosts() {
        List<String> domains = new ArrayList<>(dice.some(2 + dice.upTo(5), DOMAINS));
        List<String> hosts = new ArrayList<>();
        while (!domains.isEmpty()) {
            int count = 1 + dice.upTo(Math.min(1, domains.size() - 1));
            List<String> own = domains.subList(0, count);
            hostHasCors = dice.in(30);
            hosts.add("{name: host%d, domains: [\"%s\"], routes: [%s], %s}"
                    .formatted(hosts.size(), String.join("\", \"", own), routes(hosts.size()), hostFields()));
            own.clear();
        }
        return String.join(",\n", hosts);
    }

    private String hostFields() {
        return headerChanges(20)
                + dice.maybe(10, () -> "require_tls: " + dice.one(List.of("ALL", "EXTERNAL_ONLY")) + ", ")
                + dice.maybe(30, () -> "include_request_attempt_count: true, ")
                + dice.maybe(30, () -> "include_attempt_count_in_response: true, ")
                + dice.maybe(20, () -> "retry_policy: " + retryPolicy() + ", ")
                + (hostHasCors ? "typed_per_filter_config: {" + CORS + ": " + cors() + "}, " : "");
    }

    private String routes(int host) {
        List<String> routes = new ArrayList<>();
        routes.add("{match: {prefix: %s}, route: {cluster: %s, max_stream_duration: {grpc_timeout_header_max: %s}}}"
                .formatted(SLOW, dice.one(CLUSTERS), dice.one(List.of("0s", "20s"))));
        for (int n = 1 + dice.upTo(6); n >= 0; n--) {
            boolean last = n == 0 && dice.in(80);
            routes.add("{%s match: {%s}, %s %s %s}"
                    .formatted(
                            dice.maybe(80, () -> "name: h%d-r%d,".formatted(host, routes.size())),
                            last ? "prefix: /" : match(),
                            last ? "route: {" + forward() + "}," : action(),
                            headerChanges(25),
                            dice.maybe(25, this::perRoute)));
        }
        return String.join(",\n  ", routes);
    }

    private String perRoute() {
        List<String> filters = new ArrayList<>();
        if (!hostHasCors && dice.in(50)) {
            filters.add(CORS + ": " + cors());
        }
        if (filters.isEmpty() || dice.in(70)) {
            filters.add(FAULT + ": " + fault());
        }
        return "typed_per_filter_config: {" + String.join(", ", filters) + "},";
    }

    private String match() {
        String path = switch (dice.upTo(6)) {
            case 0, 1 -> "path: \"" + dice.one(PATHS) + "\"";
            case 2 -> "path_separated_prefix: \"" + dice.one(List.of("/a", "/a/b", "/b", "/A")) + "\"";
            case 3 -> "safe_regex: {regex: \"" + dice.one(REGEXES) + "\"}";
            default -> "prefix: \"" + dice.one(PREFIXES) + "\"";
        };
        return path
                + dice.maybe(15, () -> ", case_sensitive: false")
                + dice.maybe(35, () -> ", headers: [" + dice.list(1, 2, this::headerMatch) + "]")
                + dice.maybe(20, () -> ", query_parameters: [" + dice.list(1, 2, this::queryMatch) + "]")
                + dice.maybe(8, () -> ", grpc: {}")
                + dice.maybe(
                        8,
                        () -> ", runtime_fraction: {default_value: {numerator: %d, denominator: %s}}"
                                .formatted(dice.one(List.of(0, 100)), "HUNDRED"));
    }

    private String headerMatch() {
        String name = dice.one(List.of("x-a", "x-b", "x-c", ":method", ":authority", "cookie", "content-type"));
        String test = switch (dice.upTo(3)) {
            case 0 -> "present_match: " + dice.in(70);
            case 1 -> "range_match: {start: %d, end: %d}".formatted(dice.upTo(3) - 1, 2 + dice.upTo(10));
            default -> "string_match: " + stringMatch(List.of("one", "two", "ONE", "12", "GET", "a.test", "", "o"));
        };
        return "{name: \"%s\", %s%s%s}"
                .formatted(
                        name,
                        test,
                        dice.maybe(20, () -> ", invert_match: true"),
                        dice.maybe(10, () -> ", treat_missing_header_as_empty: true"));
    }

    private String queryMatch() {
        return "{name: %s, %s}"
                .formatted(
                        dice.one(List.of("a", "b", "A")),
                        dice.in(40)
                                ? "present_match: true"
                                : "string_match: " + stringMatch(List.of("1", "one", "x", "%31", "a b", "")));
    }

    private String stringMatch(List<String> values) {
        String value = dice.one(values);
        String kind = dice.one(List.of("exact", "exact", "prefix", "suffix", "contains", "safe_regex"));
        if (kind.equals("safe_regex")) {
            return "{safe_regex: {regex: \"%s\"}}"
                    .formatted(dice.one(List.of("[a-z]+", "o.*", "(?i)ONE", ".*", "\\\\d+")));
        }
        // Only exact may be empty.
        String text = value.isEmpty() && !kind.equals("exact") ? "x" : value;
        return "{%s: \"%s\"%s}".formatted(kind, text, dice.maybe(25, () -> ", ignore_case: true"));
    }

    private String action() {
        return switch (dice.upTo(9)) {
            case 0, 1 -> "redirect: {" + redirect() + "},";
            case 2 ->
                dice.in(10)
                        ? "direct_response: {status: 204},"
                        : "direct_response: {status: %d%s},"
                                .formatted(
                                        dice.one(List.of(200, 403, 404, 503)),
                                        dice.maybe(70, () -> ", body: {inline_string: said}"));
            default -> "route: {" + forward() + "},";
        };
    }

    private String forward() {
        String to = switch (dice.upTo(9)) {
            case 0 -> "cluster_header: x-cluster";
            case 1 ->
                "cluster: missing, cluster_not_found_response_code: "
                        + dice.one(List.of("NOT_FOUND", "SERVICE_UNAVAILABLE", "INTERNAL_SERVER_ERROR"));
            case 2, 3 -> weighted();
            default -> "cluster: " + dice.one(CLUSTERS);
        };
        String path = switch (dice.upTo(5)) {
            case 0, 1 -> ", prefix_rewrite: \"" + dice.one(List.of("/", "/new", "/new/", "/x?y=1")) + "\"";
            case 2 ->
                ", regex_rewrite: {pattern: {regex: \"%s\"}, substitution: \"%s\"}"
                        .formatted(
                                dice.one(List.of("^/([a-z])/(.*)$", "(/)", "(a)", "^/a(.*)", "(b)|(c)")),
                                dice.one(List.of("/\\\\1/z", "/new\\\\0", "-", "/\\\\1")));
            default -> "";
        };
        String host = switch (dice.upTo(6)) {
            case 0 -> ", host_rewrite_literal: new.test";
            case 1 -> ", host_rewrite_header: x-host";
            case 2 -> ", host_rewrite_path_regex: {pattern: {regex: \"^/([a-z]+).*\"}, substitution: \"\\\\1.test\"}";
            default -> "";
        };
        return to
                + path
                + host
                + dice.maybe(host.isEmpty() ? 0 : 40, () -> ", append_x_forwarded_host: true")
                + dice.maybe(30, () -> ", retry_policy: " + retryPolicy())
                + dice.maybe(20, () -> ", timeout: " + dice.one(List.of("0s", "30s", "7.5s")))
                + dice.maybe(
                        10,
                        () -> ", max_stream_duration: {max_stream_duration: 60s, grpc_timeout_header_max: "
                                + dice.one(List.of("0s", "20s")) + "}")
                + dice.maybe(15, () -> ", request_mirror_policies: [" + mirror() + "]");
    }

    private String mirror() {
        return "{cluster: shadow, runtime_fraction: {default_value: {numerator: %d}}%s}"
                .formatted(
                        dice.one(List.of(0, 100, 100)),
                        dice.maybe(30, () -> ", disable_shadow_host_suffix_append: true"));
    }

    /// One of them takes all.
    private String weighted() {
        int taker = dice.upTo(CLUSTERS.size() - 1);
        List<String> all = new ArrayList<>();
        for (int i = 0; i < CLUSTERS.size(); i++) {
            all.add("{name: %s, weight: %d, %s %s}"
                    .formatted(
                            CLUSTERS.get(i),
                            i == taker ? dice.one(List.of(1, 100)) : 0,
                            headerChanges(30),
                            dice.maybe(15, () -> "host_rewrite_literal: weighted.test")));
        }
        return "weighted_clusters: {clusters: [" + String.join(", ", all) + "]}";
    }

    private String redirect() {
        String host = dice.maybe(40, () -> "host_redirect: " + dice.one(List.of("else.test", "Else.test")) + ", ");
        String scheme = switch (dice.upTo(3)) {
            case 0 -> "https_redirect: true, ";
            case 1 -> "scheme_redirect: " + dice.one(List.of("http", "https", "ws")) + ", ";
            default -> "";
        };
        String path = switch (dice.upTo(4)) {
            case 0 -> "path_redirect: \"" + dice.one(List.of("/new", "/new?x=1", "/")) + "\", ";
            case 1 -> "prefix_rewrite: \"" + dice.one(List.of("/new", "/")) + "\", ";
            case 2 -> "regex_rewrite: {pattern: {regex: \"^/a\"}, substitution: \"/z\"}, ";
            default -> "";
        };
        return host
                + scheme
                + path
                + dice.maybe(30, () -> "port_redirect: " + dice.one(List.of(80, 443, 8443)) + ", ")
                + dice.maybe(20, () -> "strip_query: true, ")
                + dice.maybe(
                        50,
                        () -> "response_code: "
                                + dice.one(List.of(
                                        "MOVED_PERMANENTLY",
                                        "FOUND",
                                        "SEE_OTHER",
                                        "TEMPORARY_REDIRECT",
                                        "PERMANENT_REDIRECT")));
    }

    private String retryPolicy() {
        return "{retry_on: \"%s\", num_retries: %d, retry_back_off: {base_interval: 0.001s, max_interval: 0.002s}%s%s%s}"
                .formatted(
                        dice.one(List.of(
                                "5xx",
                                "gateway-error",
                                "retriable-4xx",
                                "reset",
                                "connect-failure,refused-stream,unavailable,cancelled",
                                "retriable-status-codes",
                                "retriable-headers",
                                "cancelled,deadline-exceeded",
                                "internal,resource-exhausted,unavailable",
                                "reset,retriable-status-codes")),
                        dice.upTo(3),
                        dice.maybe(
                                60,
                                () -> ", retriable_status_codes: ["
                                        + dice.list(1, 2, () -> dice.one(List.of("404", "503", "418"))) + "]"),
                        dice.maybe(30, () -> ", retriable_headers: [{name: x-up, string_match: {exact: red}}]"),
                        dice.maybe(15, () -> ", retriable_request_headers: [{name: x-a, present_match: true}]"));
    }

    private String cors() {
        return "{%scors.v3.CorsPolicy, allow_origin_string_match: [%s]%s%s%s%s%s%s}"
                .formatted(
                        TYPE,
                        dice.one(List.of(
                                "{exact: \"http://one.test\"}",
                                "{suffix: .test}",
                                "{exact: \"*\"}",
                                "{safe_regex: {regex: \"https?://[a-z]+.test\"}}")),
                        dice.maybe(60, () -> ", allow_methods: \"GET,POST\""),
                        dice.maybe(50, () -> ", allow_headers: \"x-a,x-b\""),
                        dice.maybe(40, () -> ", expose_headers: x-up"),
                        dice.maybe(40, () -> ", max_age: \"60\""),
                        dice.maybe(40, () -> ", allow_credentials: " + dice.in(50)),
                        dice.maybe(30, () -> ", forward_not_matching_preflights: " + dice.in(50)));
    }

    private String fault() {
        String condition = dice.maybe(40, () -> ", headers: [" + headerMatch() + "]");
        String abort = switch (dice.upTo(2)) {
            case 0 -> "grpc_status: " + dice.one(List.of(5, 14)) + ", percentage: {numerator: 100}";
            default ->
                "http_status: %d, percentage: {numerator: %d, denominator: %s}"
                        .formatted(dice.one(List.of(404, 503, 555)), dice.one(List.of(0, 1_000_000)), "MILLION");
        };
        return "{%sfault.v3.HTTPFault, abort: {%s}%s}".formatted(TYPE, abort, condition);
    }

    /// @param percent how often each kind of change comes
    private String headerChanges(int percent) {
        return dice.maybe(percent, () -> "request_headers_to_add: [" + dice.list(1, 3, () -> change(FORMATS)) + "], ")
                + dice.maybe(
                        percent / 2,
                        () -> "request_headers_to_remove: [" + dice.one(List.of("x-b", "X-A", "user-agent", "x-set"))
                                + "], ")
                + dice.maybe(
                        percent,
                        () -> "response_headers_to_add: [" + dice.list(1, 2, () -> change(ANSWER_FORMATS)) + "], ")
                + dice.maybe(
                        percent / 2,
                        () -> "response_headers_to_remove: [" + dice.one(List.of("x-up", "x-two", "set-cookie"))
                                + "], ");
    }

    private String change(List<String> formats) {
        String name = dice.in(50) ? "x-set" : dice.one(NAMES);
        return "{header: {key: %s, value: \"%s\"}, append_action: %s%s}"
                .formatted(
                        name,
                        dice.one(formats),
                        dice.one(APPEND),
                        // What is added to one of Envoy's own names that is empty is a difference that is listed.
                        name.equals("user-agent") ? "" : dice.maybe(15, () -> ", keep_empty_value: true"));
    }
}
