package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What each of Istio's path normalisations makes of a path before a policy sees it: the same on both data planes.
class PathRulesIT {
    /// The fields that Istio sets for each value of `meshConfig.pathNormalization`, and two more of Envoy's.
    private static final Map<String, String> RULES = rules();

    private static final List<String> PATHS = List.of(
            "/admin",
            "/admin/x",
            "/ADMIN",
            "//admin",
            "///admin",
            "/./admin",
            "/.//admin",
            "/a/../admin",
            "/a//../admin",
            "/../admin",
            "/a/b/../../../admin",
            "/a/%2e%2e/admin",
            "/a/%2E%2E/admin",
            "/a/.%2e/admin",
            "/%2e/admin",
            "/%2e%2e/%2e%2e/admin",
            "/%61dmin",
            "/%41dmin",
            "/%2561dmin",
            "/admin%2f",
            "/%2fadmin",
            "/%2Fadmin",
            "/%5cadmin",
            "/%5Cadmin",
            "/a%2f..%2fadmin",
            "/a%5c..%5cadmin",
            "/a/..%2fadmin",
            "/a%252f..%252fadmin",
            "/a/..;/admin",
            "/a/..;x=1/admin",
            "/a/.;/admin",
            "/.;/admin",
            "/a;x/..;/admin",
            "/a/b;c/../admin",
            "/a/%2e%2e;/admin",
            "/a/..;",
            "/a/..;x",
            "/a;/../x",
            "/x;y/z",
            "/x;/y;a=b",
            "/..;/admin",
            "/a/...;/admin",
            "/a/..%3b/admin",
            "/a/..%3B/admin",
            "/admin;x",
            "/admin?x=/../y",
            "/admin%3fx",
            "/admin%20",
            "/a%",
            "/a%z",
            "/a%zz",
            "/a%00",
            "/a/.",
            "/a/..",
            "/..",
            "/.",
            "//",
            "/a\\..\\admin",
            "/\\admin",
            "/a/./b/../c",
            "/a/...",
            "/a/..b",
            "/%C3%A9",
            "/a%7Eb",
            "/a%2Db",
            "/a%41b");

    private static Map<String, String> rules() {
        Map<String, String> rules = new LinkedHashMap<>();
        rules.put("none", "");
        rules.put("base", "normalize_path: true,");
        rules.put("merge", "normalize_path: true, merge_slashes: true,");
        rules.put(
                "decode",
                "normalize_path: true, merge_slashes: true, path_with_escaped_slashes_action: UNESCAPE_AND_FORWARD,");
        rules.put(
                "redirect",
                "normalize_path: true, merge_slashes: true, path_with_escaped_slashes_action: UNESCAPE_AND_REDIRECT,");
        rules.put("reject", "normalize_path: true, path_with_escaped_slashes_action: REJECT_REQUEST,");
        return rules;
    }

    /// A policy that keeps everybody out of /admin.
    private static final String POLICY = """
        {name: envoy.filters.http.rbac, typed_config: {
          "@type": type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC,
          rules: {action: DENY, policies: {admin: {principals: [{any: true}],
            permissions: [{url_path: {path: {prefix: /admin}}}]}}}}},\
        """;

    /// Status and, where it arrived, the path that the upstream saw.
    private static Map<String, String> results(DataPlane plane) throws Exception {
        Map<String, String> results = new LinkedHashMap<>();
        try (Upstream echo = Upstream.echo()) {
            Bootstrap bootstrap = new Bootstrap().cluster("echo", echo.port());
            RULES.forEach((name, fields) ->
                    bootstrap.http(name, fields, POLICY, "{match: {prefix: /}, route: {cluster: echo}}"));
            try (RunningProxy proxy = plane.start(bootstrap)) {
                for (String rule : RULES.keySet()) {
                    for (String path : PATHS) {
                        Reply reply = proxy.client(rule).get(path);
                        String seen = reply.status() == 200
                                ? reply.body().lines().findFirst().orElse("")
                                : reply.field("location");
                        results.put(rule + " " + path, reply.status() + " " + seen);
                    }
                }
            }
        }
        return results;
    }

    @Test
    void bothDataPlanesMakeTheSameOfEveryPath() throws Exception {
        assumeTrue(DataPlane.ENVOY.obstacle().isEmpty(), DataPlane.ENVOY.obstacle());
        Map<String, String> ours = results(DataPlane.LATEEN);
        Map<String, String> envoys = results(DataPlane.ENVOY);
        List<String> different = new ArrayList<>();
        ours.forEach((request, result) -> {
            if (!result.equals(envoys.get(request)) && !isKnown(request, result)) {
                different.add(request + ": " + result + ", Envoy: " + envoys.get(request));
            }
        });
        assertThat(different).isEmpty();
    }

    /// Slashes that are merged leave one, not two where there was nothing else; what is decoded into `..;` is one.
    private static boolean isKnown(String request, String result) {
        return (request.endsWith(" //") && result.equals("200 GET / HTTP/1.1"))
                || (request.endsWith(" /a/%2e%2e;/admin") && result.startsWith("403 "));
    }

    /// Whatever the upstream decodes once more, it does not get to what the policy guards.
    @Test
    void noSpellingGetsAroundAPolicyWhereSlashesAreDecoded() throws Exception {
        assertThat(results(DataPlane.LATEEN).entrySet().stream()
                        .filter(result -> result.getKey().startsWith("decode "))
                        .filter(result -> result.getValue().startsWith("200 GET /admin"))
                        .toList())
                .isEmpty();
    }
}
