package dev.lateen.proxy.authz;

import dev.lateen.proxy.config.CommonDecoder;
import dev.lateen.proxy.config.CommonFields;
import dev.lateen.proxy.config.Fraction;
import dev.lateen.proxy.config.HttpUri;
import dev.lateen.proxy.config.ImplementedFields;
import dev.lateen.proxy.config.MetadataMatcherDecoder;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.StringMatcher;
import dev.lateen.proxy.config.TypedConfig;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.extensions.filters.http.ext_authz.v3.BufferSettings;
import io.envoyproxy.envoy.extensions.filters.http.ext_authz.v3.ExtAuthz;
import io.envoyproxy.envoy.extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute;
import io.envoyproxy.envoy.extensions.filters.http.ext_authz.v3.HttpService;
import io.envoyproxy.envoy.type.matcher.v3.ListStringMatcher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Decodes the external authorization filters, for requests and for connections.
///
/// Thread: main.
public final class ExtAuthzDecoder {
    public static final String NETWORK = "envoy.extensions.filters.network.ext_authz.v3.ExtAuthz";
    private static final String AUTHZ = "envoy.extensions.filters.http.ext_authz.v3.";
    private static final int FORBIDDEN = 403;
    private static final int MAX_BODY = 8 << 20;

    private static final ImplementedFields FIELDS = ImplementedFields.builder()
            .include(CommonFields.LIST)
            .include(MetadataMatcherDecoder.FIELDS)
            .message(
                    AUTHZ + "ExtAuthz",
                    "grpc_service",
                    "http_service",
                    "transport_api_version",
                    "failure_mode_allow",
                    "failure_mode_allow_header_add",
                    "with_request_body",
                    "clear_route_cache",
                    "status_on_error",
                    "metadata_context_namespaces",
                    "filter_enabled",
                    "filter_enabled_metadata",
                    "stat_prefix",
                    "allowed_headers",
                    "disallowed_headers",
                    "include_tls_session")
            .harmless(AUTHZ + "ExtAuthz", "statistics of the cluster", "charge_cluster_response_stats")
            .message(AUTHZ + "BufferSettings", "max_request_bytes", "allow_partial_message", "pack_as_bytes")
            .message(
                    AUTHZ + "HttpService",
                    "server_uri",
                    "path_prefix",
                    "authorization_request",
                    "authorization_response")
            .message(AUTHZ + "AuthorizationRequest", "allowed_headers", "headers_to_add")
            .message(
                    AUTHZ + "AuthorizationResponse",
                    "allowed_upstream_headers",
                    "allowed_upstream_headers_to_append",
                    "allowed_client_headers",
                    "allowed_client_headers_on_success",
                    "dynamic_metadata_from_headers")
            .message(AUTHZ + "ExtAuthzPerRoute", "disabled", "check_settings")
            .message(
                    AUTHZ + "CheckSettings",
                    "context_extensions",
                    "disable_request_body_buffering",
                    "with_request_body")
            .message(
                    NETWORK,
                    "stat_prefix",
                    "grpc_service",
                    "failure_mode_allow",
                    "transport_api_version",
                    "filter_enabled_metadata",
                    "include_tls_session")
            .message("envoy.config.core.v3.GrpcService", "envoy_grpc", "timeout", "initial_metadata")
            .message("envoy.config.core.v3.GrpcService.EnvoyGrpc", "cluster_name", "authority")
            .message("envoy.type.v3.HttpStatus", "code")
            .build();

    private ExtAuthzDecoder() {}

    public static ExtAuthzConfig decode(TypedConfig config, Place at) {
        ExtAuthz authz = config.unpack(ExtAuthz.parser(), FIELDS, at);
        Optional<ExtAuthzConfig.Headers> allowed = authz.hasAllowedHeaders()
                ? Optional.of(headers(authz.getAllowedHeaders(), at.field("allowed_headers")))
                : Optional.empty();
        int status = authz.getStatusOnError().getCodeValue();
        return new ExtAuthzConfig(
                service(authz, at),
                new ExtAuthzConfig.Question(
                        allowed,
                        headers(authz.getDisallowedHeaders(), at.field("disallowed_headers")),
                        authz.hasWithRequestBody()
                                ? Optional.of(body(authz.getWithRequestBody(), at.field("with_request_body")))
                                : Optional.empty(),
                        List.copyOf(authz.getMetadataContextNamespacesList()),
                        authz.getIncludeTlsSession()),
                new ExtAuthzConfig.Condition(
                        authz.hasFilterEnabled()
                                ? CommonDecoder.fraction(authz.getFilterEnabled(), at.field("filter_enabled"))
                                : Fraction.ALL,
                        authz.hasFilterEnabledMetadata()
                                ? Optional.of(MetadataMatcherDecoder.decode(
                                        authz.getFilterEnabledMetadata(), at.field("filter_enabled_metadata")))
                                : Optional.empty()),
                new ExtAuthzConfig.Failure(
                        authz.getFailureModeAllow(),
                        authz.getFailureModeAllowHeaderAdd(),
                        status == 0 ? FORBIDDEN : status),
                authz.getClearRouteCache(),
                authz.getStatPrefix());
    }

    /// The filter for connections.
    public static ConnectionAuthzConfig connections(TypedConfig config, Place at) {
        var authz = config.unpack(
                io.envoyproxy.envoy.extensions.filters.network.ext_authz.v3.ExtAuthz.parser(), FIELDS, at);
        at.field("stat_prefix").require(!authz.getStatPrefix().isEmpty(), "is empty");
        at.field("grpc_service").require(authz.hasGrpcService(), "is missing");
        version(authz.getTransportApiVersion(), at);
        return new ConnectionAuthzConfig(
                authz.getStatPrefix(),
                grpc(authz.getGrpcService(), at.field("grpc_service")),
                authz.getFailureModeAllow(),
                authz.hasFilterEnabledMetadata()
                        ? Optional.of(MetadataMatcherDecoder.decode(
                                authz.getFilterEnabledMetadata(), at.field("filter_enabled_metadata")))
                        : Optional.empty(),
                authz.getIncludeTlsSession());
    }

    private static void version(ApiVersion version, Place at) {
        at.field("transport_api_version").require(version == ApiVersion.V3, "value: " + version + " (expected: V3)");
    }

    public static ExtAuthzConfig.Route route(TypedConfig config, Place at) {
        ExtAuthzPerRoute route = config.unpack(ExtAuthzPerRoute.parser(), FIELDS, at);
        return switch (route.getOverrideCase()) {
            case DISABLED -> {
                at.field("disabled").require(route.getDisabled(), "value: false (expected: true)");
                yield new ExtAuthzConfig.Route(true, Map.of(), false, Optional.empty());
            }
            case CHECK_SETTINGS -> {
                var settings = route.getCheckSettings();
                Place place = at.field("check_settings");
                yield new ExtAuthzConfig.Route(
                        false,
                        Map.copyOf(settings.getContextExtensionsMap()),
                        settings.getDisableRequestBodyBuffering(),
                        settings.hasWithRequestBody()
                                ? Optional.of(body(settings.getWithRequestBody(), place.field("with_request_body")))
                                : Optional.empty());
            }
            case OVERRIDE_NOT_SET -> throw at.refuse("is empty (expected: disabled or check_settings)");
        };
    }

    private static ExtAuthzConfig.Service service(ExtAuthz authz, Place at) {
        return switch (authz.getServicesCase()) {
            case GRPC_SERVICE -> {
                version(authz.getTransportApiVersion(), at);
                yield grpc(authz.getGrpcService(), at.field("grpc_service"));
            }
            case HTTP_SERVICE -> http(authz.getHttpService(), at.field("http_service"));
            case SERVICES_NOT_SET -> throw at.refuse("names no server (expected: grpc_service or http_service)");
        };
    }

    private static ExtAuthzConfig.Grpc grpc(GrpcService service, Place at) {
        String cluster = service.getEnvoyGrpc().getClusterName();
        at.field("envoy_grpc.cluster_name").require(!cluster.isEmpty(), "is empty (expected: the name of a cluster)");
        String authority = service.getEnvoyGrpc().getAuthority();
        return new ExtAuthzConfig.Grpc(
                cluster,
                service.hasTimeout()
                        ? CommonDecoder.duration(service.getTimeout(), at.field("timeout"))
                        : Duration.ofMillis(200),
                authority.isEmpty() ? cluster : authority,
                values(service.getInitialMetadataList()));
    }

    @SuppressWarnings("deprecation") // The service's own allowed_headers is what Istio sends.
    private static ExtAuthzConfig.Http http(HttpService service, Place at) {
        HttpUri uri = CommonDecoder.httpUri(service.getServerUri(), at.field("server_uri"));
        String prefix = service.getPathPrefix();
        at.field("path_prefix").require(prefix.isEmpty() || prefix.startsWith("/"), "'" + prefix + "' (expected: /…)");
        var request = service.getAuthorizationRequest();
        var response = service.getAuthorizationResponse();
        Place place = at.field("authorization_response");
        return new ExtAuthzConfig.Http(
                uri.cluster(),
                uri.timeout(),
                prefix,
                headers(request.getAllowedHeaders(), at.field("authorization_request.allowed_headers")),
                values(request.getHeadersToAddList()),
                new ExtAuthzConfig.AnswerHeaders(
                        headers(response.getAllowedUpstreamHeaders(), place.field("allowed_upstream_headers")),
                        headers(
                                response.getAllowedUpstreamHeadersToAppend(),
                                place.field("allowed_upstream_headers_to_append")),
                        headers(response.getAllowedClientHeaders(), place.field("allowed_client_headers")),
                        headers(
                                response.getAllowedClientHeadersOnSuccess(),
                                place.field("allowed_client_headers_on_success")),
                        headers(
                                response.getDynamicMetadataFromHeaders(),
                                place.field("dynamic_metadata_from_headers"))));
    }

    private static Map<String, String> values(List<HeaderValue> list) {
        Map<String, String> values = new LinkedHashMap<>();
        list.forEach(each -> values.put(each.getKey().toLowerCase(Locale.ROOT), each.getValue()));
        return Map.copyOf(values);
    }

    private static ExtAuthzConfig.Headers headers(ListStringMatcher list, Place at) {
        List<StringMatcher> names = new ArrayList<>();
        for (var pattern : list.getPatternsList()) {
            // Names are compared in lower case, whatever the pattern says of it.
            names.add(CommonDecoder.string(pattern, at.field("patterns").index(names.size())));
        }
        return names.isEmpty() ? ExtAuthzConfig.Headers.NONE : new ExtAuthzConfig.Headers(List.copyOf(names));
    }

    private static ExtAuthzConfig.Body body(BufferSettings settings, Place at) {
        int max = settings.getMaxRequestBytes();
        at.field("max_request_bytes").require(max > 0 && max <= MAX_BODY, "expected: 1 to " + MAX_BODY);
        return new ExtAuthzConfig.Body(max, settings.getAllowPartialMessage(), settings.getPackAsBytes());
    }
}
