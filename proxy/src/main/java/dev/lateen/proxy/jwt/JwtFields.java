package dev.lateen.proxy.jwt;

import dev.lateen.proxy.config.ImplementedFields;
import dev.lateen.proxy.route.RouteFields;

/// The fields of the JWT filter that are implemented.
final class JwtFields {
    private static final String JWT = "envoy.extensions.filters.http.jwt_authn.v3.";

    static final ImplementedFields LIST = ImplementedFields.builder()
            .include(RouteFields.LIST)
            .message(
                    JWT + "JwtAuthentication",
                    "providers",
                    "rules",
                    "bypass_cors_preflight",
                    "requirement_map",
                    "strip_failure_response",
                    "stat_prefix")
            .message(
                    JWT + "JwtProvider",
                    "issuer",
                    "audiences",
                    "remote_jwks",
                    "local_jwks",
                    "forward",
                    "from_headers",
                    "from_params",
                    "from_cookies",
                    "forward_payload_header",
                    "pad_forward_payload_header",
                    "payload_in_metadata",
                    "header_in_metadata",
                    "normalize_payload_in_metadata",
                    "clock_skew_seconds",
                    "claim_to_headers",
                    "clear_route_cache")
            .harmless(JWT + "JwtProvider", "good tokens are always remembered, within fixed limits", "jwt_cache_config")
            .message(JWT + "JwtProvider.NormalizePayload", "space_delimited_claims")
            .message(JWT + "JwtCacheConfig", "jwt_cache_size", "jwt_max_token_size")
            .message(JWT + "RemoteJwks", "http_uri", "cache_duration", "async_fetch", "retry_policy")
            .message(JWT + "JwksAsyncFetch", "fast_listener", "failed_refetch_duration")
            .message("envoy.config.core.v3.RetryPolicy", "num_retries")
            .message(JWT + "JwtHeader", "name", "value_prefix")
            .message(JWT + "JwtClaimToHeader", "header_name", "claim_name")
            .message(JWT + "ProviderWithAudiences", "provider_name", "audiences")
            .message(
                    JWT + "JwtRequirement",
                    "provider_name",
                    "provider_and_audiences",
                    "requires_any",
                    "requires_all",
                    "allow_missing_or_failed",
                    "allow_missing")
            .message(JWT + "JwtRequirementOrList", "requirements")
            .message(JWT + "JwtRequirementAndList", "requirements")
            .message(JWT + "RequirementRule", "match", "requires", "requirement_name")
            .message(JWT + "PerRouteConfig", "disabled", "requirement_name")
            .build();

    private JwtFields() {}
}
