package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Which route a request takes, and what the route makes of it.
@ParameterizedClass
@EnumSource(DataPlane.class)
class RoutingIT {
    private static RunningProxy proxy;
    private static Upstream echo;
    private static Upstream one;
    private static Upstream two;

    @Parameter
    DataPlane plane;

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        echo = Upstream.echo();
        one = Upstream.saying("one");
        two = Upstream.saying("two");
        proxy = plane.start(new Bootstrap()
                .cluster("echo", echo.port())
                .cluster("one", one.port())
                .cluster("two", two.port())
                .http("match", MATCHES)
                .httpHosts("hosts", "strip_any_host_port: true,", "", HOSTS)
                .http("actions", ACTIONS));
    }

    @AfterParameterizedClassInvocation
    static void stop() throws Exception {
        proxy.close();
        echo.close();
        one.close();
        two.close();
    }

    private static String says(String name, String match) {
        return "{name: %s, match: {%s}, direct_response: {status: 200, body: {inline_string: %s}}},\n"
                .formatted(name, match, name);
    }

    private static final String MATCHES = says("path", "path: /exact")
            + says("folded", "path: /Folded, case_sensitive: false")
            + says("regex", "safe_regex: {regex: \"/r/[0-9]+/x\"}")
            + says("separated", "path_separated_prefix: /sep")
            + says("header-exact", "prefix: /h, headers: [{name: x-a, string_match: {exact: one}}]")
            + says("header-prefix", "prefix: /h, headers: [{name: x-b, string_match: {prefix: ab}}]")
            + says("header-suffix", "prefix: /h, headers: [{name: x-c, string_match: {suffix: yz}}]")
            + says(
                    "header-regex",
                    "prefix: /h, headers: [{name: x-d, string_match: {safe_regex: {regex: \"[a-c]+\"}}}]")
            + says(
                    "header-folded",
                    "prefix: /h, headers: [{name: x-e, string_match: {exact: LOUD, ignore_case: true}}]")
            + says("header-contains", "prefix: /h, headers: [{name: x-g, string_match: {contains: mid}}]")
            + says("header-range", "prefix: /h, headers: [{name: x-n, range_match: {start: 5, end: 10}}]")
            + says("method", "prefix: /h, headers: [{name: \":method\", string_match: {exact: DELETE}}]")
            + says("authority", "prefix: /h, headers: [{name: \":authority\", string_match: {exact: special.test}}]")
            + says("scheme", "prefix: /h/scheme, headers: [{name: \":scheme\", string_match: {exact: http}}]")
            + says("header-present", "prefix: /h, headers: [{name: x-p, present_match: true}]")
            + says("both", "prefix: /h2, headers: [{name: x-1, present_match: true}, {name: x-2, present_match: true}]")
            + says(
                    "header-absent",
                    "prefix: /h/absent, headers: [{name: x-q, present_match: true, invert_match: true}]")
            + says(
                    "header-not",
                    "prefix: /h/not, headers: [{name: x-r, string_match: {exact: bad}, invert_match: true}]")
            + says(
                    "missing-as-empty",
                    "prefix: /h/empty, headers: [{name: x-s, string_match: {exact: \"\"}, treat_missing_header_as_empty: true}]")
            + says("query-exact", "prefix: /q, query_parameters: [{name: a, string_match: {exact: \"1\"}}]")
            + says(
                    "query-regex",
                    "prefix: /q, query_parameters: [{name: b, string_match: {safe_regex: {regex: \"x+\"}}}]")
            + says("query-present", "prefix: /q, query_parameters: [{name: c, present_match: true}]")
            + says("grpc", "prefix: /g, grpc: {}")
            + says("prefix", "prefix: /pre")
            + "{match: {prefix: /h}, direct_response: {status: 200, body: {inline_string: header-none}}},"
            + "{match: {prefix: /q}, direct_response: {status: 200, body: {inline_string: query-none}}}";

    private static final String HOSTS = """
            {name: exact, domains: [a.test], routes: [%s]},
            {name: suffix, domains: ["*.a.test"], routes: [%s]},
            {name: longer, domains: ["*.b.a.test"], routes: [%s]},
            {name: prefix, domains: ["b.*"], routes: [%s]},
            {name: tls, domains: [tls.test], require_tls: ALL, routes: [%s]}
            """.formatted(
                    says("exact", "prefix: /"),
                    says("suffix", "prefix: /"),
                    says("longer", "prefix: /"),
                    says("prefix", "prefix: /"),
                    says("tls", "prefix: /"));

    private static final String ACTIONS = """
            {match: {prefix: /weighted}, route: {weighted_clusters: {clusters: [{name: one, weight: 80}, {name: two, weight: 20}]}}},
            {match: {prefix: /rewrite/prefix}, route: {cluster: echo, prefix_rewrite: /new}},
            {match: {prefix: /rewrite/regex}, route: {cluster: echo,
              regex_rewrite: {pattern: {regex: "^/rewrite/regex/([a-z]+)/([0-9]+)"}, substitution: "/\\\\2/\\\\1"}}},
            {match: {prefix: /rewrite/host}, route: {cluster: echo, host_rewrite_literal: new.test}},
            {match: {prefix: /rewrite/header}, route: {cluster: echo, host_rewrite_header: x-host}},
            {match: {prefix: /rewrite/from-path}, route: {cluster: echo,
              host_rewrite_path_regex: {pattern: {regex: "^/rewrite/from-path/([a-z]+).*"}, substitution: "\\\\1.test"}}},
            {match: {prefix: /headers}, route: {cluster: echo},
              request_headers_to_add: [
                {header: {key: x-added, value: "1"}},
                {header: {key: x-set, value: ours}, append_action: OVERWRITE_IF_EXISTS_OR_ADD},
                {header: {key: x-if-absent, value: ours}, append_action: ADD_IF_ABSENT},
                {header: {key: x-if-there, value: ours}, append_action: OVERWRITE_IF_EXISTS},
                {header: {key: x-from, value: "%REQ(x-source)%-%PROTOCOL%"}, append_action: OVERWRITE_IF_EXISTS_OR_ADD}],
              request_headers_to_remove: [x-gone],
              response_headers_to_add: [{header: {key: x-reply, value: added}}],
              response_headers_to_remove: [x-upstream-secret]},
            {match: {prefix: /header-cluster}, route: {cluster_header: x-cluster}},
            {match: {prefix: /lost}, route: {cluster: nowhere}},
            {match: {prefix: /redirect/host}, redirect: {host_redirect: new.test}},
            {match: {prefix: /redirect/path}, redirect: {path_redirect: /elsewhere, response_code: FOUND}},
            {match: {prefix: /redirect/https}, redirect: {https_redirect: true, response_code: PERMANENT_REDIRECT}},
            {match: {prefix: /redirect/prefix}, redirect: {prefix_rewrite: /to, response_code: SEE_OTHER}},
            {match: {prefix: /redirect/strip}, redirect: {host_redirect: new.test, strip_query: true, response_code: TEMPORARY_REDIRECT}},
            {match: {prefix: /redirect/port}, redirect: {port_redirect: 8443, scheme_redirect: https}},
            {match: {prefix: /direct/204}, direct_response: {status: 204}},
            {match: {prefix: /direct/418}, direct_response: {status: 418, body: {inline_string: teapot}},
              response_headers_to_add: [{header: {key: x-reply, value: direct}}]}
            """;

    @ParameterizedTest
    @CsvSource({
        "/exact, path",
        "/exact?a=b, path",
        "/exact/, -",
        "/Exact, -",
        "/FOLDED, folded",
        "/r/12/x, regex",
        "/r/12/x?q=1, regex",
        "/r/12/xy, -",
        "/r/a/x, -",
        "/sep, separated",
        "/sep/a, separated",
        "/sep?x, separated",
        "/separate, -",
        "/prefix, prefix",
        "/pre, prefix",
        "/g, -",
    })
    void matchesPaths(String path, String route) throws Exception {
        assertRoute(proxy.client("match").get(path), route);
    }

    @ParameterizedTest
    @CsvSource({
        "x-a: one, header-exact",
        "x-a: onerous, header-none",
        "x-b: abc, header-prefix",
        "x-c: xyz, header-suffix",
        "x-d: abcabc, header-regex",
        "x-d: abcd, header-none",
        "x-e: loud, header-folded",
        "x-g: amidst, header-contains",
        "x-n: 5, header-range",
        "x-n: 9, header-range",
        "x-n: 10, header-none",
        "x-n: five, header-none",
        "x-p:, header-present",
        "host: special.test, authority",
    })
    void matchesHeaders(String field, String route) throws Exception {
        assertRoute(proxy.client("match").get("/h", field), route);
    }

    @Test
    void matchesAnyValueOfARepeatedField() throws Exception {
        assertRoute(proxy.client("match").get("/h", "x-a: zero", "x-a: one"), "header-exact");
        assertRoute(proxy.client("match").get("/h", "x-b: zzz", "x-b: abc"), "header-prefix");
        assertRoute(proxy.client("match").get("/h/not", "x-r: good", "x-r: bad"), "header-none");
    }

    @ParameterizedTest
    @CsvSource({"DELETE, method", "POST, header-none"})
    void matchesMethods(String method, String route) throws Exception {
        assertRoute(proxy.client("match").call(method, "/h"), route);
    }

    /// Methods are open-ended and case-sensitive (RFC 9110 §9.1).
    @Test
    void takesMethodsThatItDoesNotKnow() throws Exception {
        Reply reply = proxy.client("match").call("delete", "/h");
        assertThat(reply.status()).isEqualTo(plane == DataPlane.ENVOY ? 400 : 200);
    }

    @Test
    void matchesInvertedAndMissingHeaders() throws Exception {
        HttpClient client = proxy.client("match");
        assertRoute(client.get("/h/absent"), "header-absent");
        assertRoute(client.get("/h/absent", "x-q: 1"), "header-none");
        assertRoute(client.get("/h/not", "x-r: good"), "header-not");
        assertRoute(client.get("/h/not"), "header-none");
        assertRoute(client.get("/h/not", "x-r: bad"), "header-none");
        assertRoute(client.get("/h/empty"), "missing-as-empty");
        assertRoute(client.get("/h/scheme"), "scheme");
    }

    @Test
    void needsEveryHeaderOfAMatch() throws Exception {
        assertRoute(proxy.client("match").get("/h2", "x-1: a"), "header-none");
        assertRoute(proxy.client("match").get("/h2", "x-1: a", "x-2: b"), "both");
    }

    @ParameterizedTest
    @CsvSource({
        "/q?a=1, query-exact",
        "/q?z=0&a=1, query-exact",
        "/q?a=2, query-none",
        "/q?b=xxx, query-regex",
        "/q?b=xxy, query-none",
        "/q?c, query-present",
        "/q?c=, query-present",
        "/q?cc=1, query-none",
        "/q, query-none",
    })
    void matchesQueries(String path, String route) throws Exception {
        assertRoute(proxy.client("match").get(path), route);
    }

    @Test
    void matchesGrpcByContentType() throws Exception {
        Reply reply = proxy.client("match").call("POST", "/g/call", "content-type: application/grpc");
        assertThat(reply.field("grpc-status")).as("a direct response to gRPC").isNotEqualTo("12");
        assertThat(proxy.client("match").call("POST", "/g/call").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({
        "a.test, exact",
        "A.TEST, exact",
        "a.test:8080, exact",
        "x.a.test, suffix",
        "x.b.a.test, longer",
        "b.com, prefix",
        "c.test, -",
    })
    void choosesVirtualHosts(String host, String route) throws Exception {
        assertRoute(proxy.client("hosts").get("/", "host: " + host), route);
    }

    @Test
    void redirectsToHttpsWhereTlsIsRequired() throws Exception {
        Reply reply = proxy.client("hosts").get("/x?y=1", "host: tls.test");
        assertThat(reply.status()).isEqualTo(301);
        assertThat(reply.field("location")).isEqualTo("https://tls.test/x?y=1");
    }

    @Test
    void answersNotFoundWithoutRoute() throws Exception {
        Reply reply = proxy.client("match").get("/nothing?noroute");
        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.body()).isEmpty();
        LogLine line = proxy.logged("noroute");
        assertThat(line.flags()).isEqualTo("NR");
        assertThat(line.details()).isEqualTo("route_not_found");
    }

    @Test
    void splitsByWeightWithinThreePoints() throws Exception {
        int requests = 2000;
        int ones = 0;
        try (var socket = proxy.connect("actions")) {
            for (int i = 0; i < requests; i++) {
                HttpClient.write(socket, "GET /weighted HTTP/1.1\r\nhost: a\r\n\r\n");
                ones += Reply.read(socket.getInputStream(), "GET").body().equals("one") ? 1 : 0;
            }
        }
        assertThat(100.0 * ones / requests).isBetween(77.0, 83.0);
    }

    @ParameterizedTest
    @CsvSource({
        "/rewrite/prefix/a?b=c, GET /new/a?b=c HTTP/1.1, host: a.test",
        "/rewrite/prefixed, GET /newed HTTP/1.1, host: a.test",
        "/rewrite/regex/ab/12?x, GET /12/ab?x HTTP/1.1, host: a.test",
        "/rewrite/host, GET /rewrite/host HTTP/1.1, host: new.test",
        "/rewrite/header, GET /rewrite/header HTTP/1.1, host: from-header.test",
        "/rewrite/from-path/some?q, GET /rewrite/from-path/some?q HTTP/1.1, host: some.test",
    })
    void rewritesPathAndHost(String path, String line, String host) throws Exception {
        Reply reply = proxy.client("actions").get(path, "x-host: from-header.test");
        assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
        String seen = reply.body();
        assertThat(seen).startsWith(line + "\r\n").contains(host + "\r\n");
    }

    @Test
    void tellsTheUpstreamOfTheOriginalPath() throws Exception {
        assertThat(proxy.client("actions").get("/rewrite/prefix/a").body())
                .contains("x-envoy-original-path: /rewrite/prefix/a\r\n");
    }

    @Test
    void changesRequestHeaders() throws Exception {
        String seen = proxy.client("actions")
                .get("/headers", "x-added: 0", "x-set: theirs", "x-if-absent: theirs", "x-gone: 1", "x-source: s")
                .body();
        assertThat(seen)
                .contains("x-set: ours\r\n", "x-if-absent: theirs\r\n", "x-from: s-HTTP/1.1\r\n")
                .contains("x-added: 0\r\n", "x-added: 1\r\n")
                .doesNotContain("x-gone", "x-if-there", "x-set: theirs", "x-if-absent: ours");
    }

    @Test
    void changesResponseHeaders() throws Exception {
        Reply reply = proxy.client("actions").get("/headers");
        assertThat(reply.field("x-reply")).isEqualTo("added");
        assertThat(proxy.client("actions").get("/direct/418").field("x-reply")).isEqualTo("direct");
    }

    @Test
    void takesTheClusterFromAHeader() throws Exception {
        assertThat(proxy.client("actions")
                        .get("/header-cluster", "x-cluster: two")
                        .body())
                .isEqualTo("two");
        assertThat(proxy.client("actions")
                        .get("/header-cluster", "x-cluster: none")
                        .status())
                .isEqualTo(503);
    }

    @ParameterizedTest
    @CsvSource({
        "/redirect/host/a?b=c, 301, http://new.test/redirect/host/a?b=c",
        "/redirect/path/a?b=c, 302, http://a.test/elsewhere?b=c",
        "/redirect/https, 308, https://a.test/redirect/https",
        "/redirect/prefix/a?b, 303, http://a.test/to/a?b",
        "/redirect/strip?b=c, 307, http://new.test/redirect/strip",
        "/redirect/port, 301, https://a.test:8443/redirect/port",
    })
    void redirects(String path, int status, String location) throws Exception {
        Reply reply = proxy.client("actions").get(path);
        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.field("location")).isEqualTo(location);
    }

    @Test
    void answersDirectly() throws Exception {
        assertThat(proxy.client("actions").get("/direct/204").status()).isEqualTo(204);
        Reply reply = proxy.client("actions").get("/direct/418?direct");
        assertThat(reply.status()).isEqualTo(418);
        assertThat(reply.body()).isEqualTo("teapot");
        assertThat(proxy.logged("?direct").details()).isEqualTo("direct_response");
    }

    private static void assertRoute(Reply reply, String route) throws IOException {
        if (route.equals("-")) {
            assertThat(reply.status()).isEqualTo(404);
        } else {
            assertThat(reply.body()).isEqualTo(route);
        }
    }
}
