package dev.lateen.e2e.behaviour;

/// Listeners that want tokens, each in another way.
final class JwtBootstrap {
    private static final String JWT =
            "type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication";
    private static final String PER_ROUTE =
            "type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.PerRouteConfig";
    private static final String RBAC = "type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC";
    static final String ROUTE = "{match: {prefix: /}, route: {cluster: echo}}";
    static final String REQUIRED = "{provider_name: a}";
    private static final String ISTIO = "{requires_any: {requirements: [{provider_name: a}, {allow_missing: {}}]}}";

    private JwtBootstrap() {}

    /// @param echo port of the upstream
    /// @param keys port of a server that has the issuer's keys
    /// @param noKeys port of a server that fails
    static Bootstrap create(TokenIssuer issuer, int echo, int keys, int noKeys) {
        String local = "local_jwks: {inline_string: '" + issuer.keys() + "'}";
        String plain = "a: {issuer: a.test, " + local + "}";
        return new Bootstrap()
                .cluster("echo", echo)
                .cluster("keys", keys)
                .cluster("no-keys", noKeys)
                .http("required", "", jwt(plain, REQUIRED), ROUTE)
                .http("istio", "", jwt(plain, ISTIO), ROUTE)
                .http(
                        "tolerant",
                        "",
                        jwt(
                                plain,
                                "{requires_any: {requirements: [{provider_name: a}, {allow_missing_or_failed: {}}]}}"),
                        ROUTE)
                .http(
                        "two",
                        "",
                        jwt(
                                plain
                                        + ", b: {issuer: b.test, audiences: [xa, ya], from_headers: [{name: X-B, value_prefix: \"b:\"}],"
                                        + " from_params: [tb], from_cookies: [cb], " + local + "}",
                                "{requires_any: {requirements: [{provider_name: a}, {provider_name: b}, {allow_missing: {}}]}}"),
                        ROUTE)
                .http(
                        "both",
                        "",
                        jwt(
                                plain + ", b: {issuer: b.test, from_headers: [{name: x-b}], " + local + "}",
                                "{requires_all: {requirements: [{provider_name: a}, {provider_name: b}]}}"),
                        ROUTE)
                .http(
                        "output",
                        "",
                        jwt(
                                "a: {issuer: a.test, forward: true, forward_payload_header: X-Payload, payload_in_metadata: payload,"
                                        + " claim_to_headers: [{header_name: X-Sub, claim_name: sub}, {header_name: x-deep, claim_name: a.b},"
                                        + " {header_name: x-number, claim_name: num}, {header_name: x-list, claim_name: list},"
                                        + " {header_name: x-flag, claim_name: flag}], " + local + "}",
                                ISTIO),
                        ROUTE)
                .http(
                        "padded",
                        "",
                        jwt(
                                "a: {issuer: a.test, forward_payload_header: x-payload, pad_forward_payload_header: true, "
                                        + local + "}",
                                ISTIO),
                        ROUTE)
                .http(
                        "roles",
                        "",
                        jwt(
                                        "a: {issuer: a.test, payload_in_metadata: payload, normalize_payload_in_metadata: {space_delimited_claims: [scope]}, "
                                                + local + "}",
                                        ISTIO)
                                + rbac(),
                        ROUTE)
                .http(
                        "routed",
                        "",
                        jwt(
                                "a: {issuer: a.test, payload_in_metadata: payload, clear_route_cache: true, claim_to_headers:"
                                        + " [{header_name: x-sub, claim_name: sub}], " + local + "}",
                                ISTIO),
                        "{match: {prefix: /, headers: [{name: x-sub, string_match: {exact: me}}]}, direct_response: {status: 299}}, "
                                + ROUTE)
                .http(
                        "per-route",
                        "",
                        "{name: envoy.filters.http.jwt_authn, typed_config: {\"@type\": " + JWT
                                + ", providers: {" + plain + "}, requirement_map: {strict: " + REQUIRED
                                + "}, bypass_cors_preflight: true,"
                                + " rules: [{match: {prefix: /rule}, requires: " + REQUIRED
                                + "}, {match: {prefix: /named}, requirement_name: strict}]}},",
                        perRoute("/strict", "requirement_name: strict")
                                + perRoute("/wrong", "requirement_name: nobody")
                                + perRoute("/rule/off", "disabled: true")
                                + ROUTE)
                .http("remote", "", jwt("a: {issuer: a.test, " + remote("keys") + "}", REQUIRED), ROUTE)
                .http("failing", "", jwt("a: {issuer: a.test, " + remote("no-keys") + "}", REQUIRED), ROUTE)
                .http(
                        "terse",
                        "",
                        jwt(plain, REQUIRED).replace("rules:", "strip_failure_response: true, rules:"),
                        ROUTE);
    }

    static String jwt(String providers, String requires) {
        return "{name: envoy.filters.http.jwt_authn, typed_config: {\"@type\": %s, providers: {%s}, rules: [{match: {prefix: /}, requires: %s}]}},"
                .formatted(JWT, providers, requires);
    }

    private static String remote(String cluster) {
        return "remote_jwks: {http_uri: {uri: \"http://keys.test/keys?x\", cluster: %s, timeout: 2s}, cache_duration: 300s}"
                .formatted(cluster);
    }

    private static String perRoute(String prefix, String fields) {
        return "{match: {prefix: %s}, route: {cluster: echo}, typed_per_filter_config: {envoy.filters.http.jwt_authn: {\"@type\": %s, %s}}}, "
                .formatted(prefix, PER_ROUTE, fields);
    }

    private static String rbac() {
        return """
                {name: envoy.filters.http.rbac, typed_config: {"@type": %s, rules: {action: ALLOW, policies: {
                  user: {permissions: [{url_path: {path: {exact: /principal}}}], principals: [{and_ids: {ids: [%s, %s]}}]},
                  audience: {permissions: [{url_path: {path: {exact: /audience}}}], principals: [{or_ids: {ids: [%s, %s]}}]},
                  scope: {permissions: [{url_path: {path: {exact: /scope}}}], principals: [%s]},
                  deep: {permissions: [{url_path: {path: {exact: /deep}}}], principals: [%s]}}}}},
                """.formatted(
                        RBAC,
                        claim("iss", "string_match: {exact: a.test}"),
                        claim("sub", "string_match: {safe_regex: {regex: \".+\"}}"),
                        claim("aud", "string_match: {exact: x}"),
                        claim("aud", "list_match: {one_of: {string_match: {exact: x}}}"),
                        claim("scope", "list_match: {one_of: {string_match: {exact: write}}}"),
                        claim("a}, {key: b", "string_match: {exact: deep}"));
    }

    private static String claim(String keys, String value) {
        return "{metadata: {filter: envoy.filters.http.jwt_authn, path: [{key: payload}, {key: %s}], value: {%s}}}"
                .formatted(keys, value);
    }
}
