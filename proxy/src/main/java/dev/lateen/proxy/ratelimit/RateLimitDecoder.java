package dev.lateen.proxy.ratelimit;

import dev.lateen.proxy.config.CommonDecoder;
import dev.lateen.proxy.config.Fraction;
import dev.lateen.proxy.config.ImplementedFields;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.TypedConfig;
import dev.lateen.proxy.route.HeaderChangesDecoder;
import dev.lateen.proxy.route.RateLimitPolicyDecoder;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.ratelimit.v3.RateLimitServiceConfig;
import io.envoyproxy.envoy.extensions.filters.http.ratelimit.v3.RateLimit;
import io.envoyproxy.envoy.extensions.filters.http.ratelimit.v3.RateLimitPerRoute;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Decodes the filter that asks a rate limit service.
///
/// Thread: main.
public final class RateLimitDecoder {
    private static final String HTTP = "envoy.extensions.filters.http.ratelimit.v3.";
    private static final Duration DEFAULT_TIMEOUT = Duration.ofMillis(20);
    private static final int MIN_ERROR = 400;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int INTERNAL_ERROR = 500;
    private static final int MAX_STAGE = 10;

    static final ImplementedFields SERVICE = ImplementedFields.builder()
            .message("envoy.config.ratelimit.v3.RateLimitServiceConfig", "grpc_service", "transport_api_version")
            .message("envoy.config.core.v3.GrpcService", "envoy_grpc", "initial_metadata")
            .harmless("envoy.config.core.v3.GrpcService", "the filter's own timeout counts", "timeout")
            .message("envoy.config.core.v3.GrpcService.EnvoyGrpc", "cluster_name", "authority")
            .message("envoy.config.core.v3.HeaderValue", "key", "value")
            .build();

    static final ImplementedFields FIELDS = ImplementedFields.builder()
            .include(RateLimitPolicyDecoder.FIELDS)
            .include(SERVICE)
            .message(
                    HTTP + "RateLimit",
                    "domain",
                    "stage",
                    "request_type",
                    "timeout",
                    "failure_mode_deny",
                    "rate_limited_as_resource_exhausted",
                    "rate_limit_service",
                    "enable_x_ratelimit_headers",
                    "disable_x_envoy_ratelimited_header",
                    "rate_limited_status",
                    "response_headers_to_add",
                    "status_on_error",
                    "stat_prefix",
                    "filter_enabled",
                    "filter_enforced")
            .message(HTTP + "RateLimitPerRoute", "vh_rate_limits", "rate_limits", "domain")
            .message("envoy.type.v3.HttpStatus", "code")
            .message("envoy.config.core.v3.HeaderValueOption", "header", "append", "append_action", "keep_empty_value")
            .build();

    private RateLimitDecoder() {}

    public static RateLimitConfig decode(TypedConfig config, Place at) {
        RateLimit limit = config.unpack(RateLimit.parser(), FIELDS, at);
        at.field("domain").require(!limit.getDomain().isEmpty(), "is empty (expected: a domain of the service)");
        at.field("stage")
                .require(limit.getStage() >= 0 && limit.getStage() <= MAX_STAGE, "expected: 0 to " + MAX_STAGE);
        int status = limit.getRateLimitedStatus().getCodeValue();
        int onError = limit.getStatusOnError().getCodeValue();
        return new RateLimitConfig(
                service(
                        limit.getRateLimitService(),
                        limit.getDomain(),
                        limit.hasTimeout()
                                ? CommonDecoder.duration(limit.getTimeout(), at.field("timeout"))
                                : DEFAULT_TIMEOUT,
                        at.field("rate_limit_service")),
                limit.getStage(),
                requests(limit.getRequestType(), at.field("request_type")),
                new RateLimitConfig.Refusal(
                        status >= MIN_ERROR ? status : TOO_MANY_REQUESTS,
                        limit.getRateLimitedAsResourceExhausted(),
                        !limit.getDisableXEnvoyRatelimitedHeader(),
                        switch (limit.getEnableXRatelimitHeaders()) {
                            case OFF -> false;
                            case DRAFT_VERSION_03 -> true;
                            case UNRECOGNIZED ->
                                throw at.field("enable_x_ratelimit_headers")
                                        .refuse(limit.getEnableXRatelimitHeadersValue(), "OFF or DRAFT_VERSION_03");
                        },
                        HeaderChangesDecoder.decode(
                                limit.getResponseHeadersToAddList(), java.util.List.of(), "response_headers", at)),
                new RateLimitConfig.Failure(limit.getFailureModeDeny(), onError == 0 ? INTERNAL_ERROR : onError),
                limit.hasFilterEnabled()
                        ? CommonDecoder.fraction(limit.getFilterEnabled(), at.field("filter_enabled"))
                        : Fraction.ALL,
                limit.hasFilterEnforced()
                        ? CommonDecoder.fraction(limit.getFilterEnforced(), at.field("filter_enforced"))
                        : Fraction.ALL,
                limit.getStatPrefix());
    }

    public static RateLimitConfig.Route route(TypedConfig config, Place at) {
        RateLimitPerRoute route = config.unpack(RateLimitPerRoute.parser(), FIELDS, at);
        return new RateLimitConfig.Route(
                switch (route.getVhRateLimits()) {
                    case OVERRIDE -> RateLimitConfig.VirtualHosts.OVERRIDE;
                    case INCLUDE -> RateLimitConfig.VirtualHosts.INCLUDE;
                    case IGNORE -> RateLimitConfig.VirtualHosts.IGNORE;
                    case UNRECOGNIZED ->
                        throw at.field("vh_rate_limits")
                                .refuse(route.getVhRateLimitsValue(), "OVERRIDE, INCLUDE or IGNORE");
                },
                route.getRateLimitsCount() == 0
                        ? Optional.empty()
                        : Optional.of(
                                RateLimitPolicyDecoder.decode(route.getRateLimitsList(), at.field("rate_limits"))),
                route.getDomain());
    }

    static RateLimitConfig.Service service(RateLimitServiceConfig config, String domain, Duration timeout, Place at) {
        at.field("transport_api_version")
                .require(
                        config.getTransportApiVersion() == ApiVersion.V3,
                        "value: " + config.getTransportApiVersion().getNumber() + " (expected: V3)");
        var grpc = config.getGrpcService();
        String cluster = grpc.getEnvoyGrpc().getClusterName();
        at.field("grpc_service.envoy_grpc.cluster_name")
                .require(!cluster.isEmpty(), "is empty (expected: the name of a cluster)");
        Map<String, String> metadata = new LinkedHashMap<>();
        grpc.getInitialMetadataList()
                .forEach(each -> metadata.put(each.getKey().toLowerCase(Locale.ROOT), each.getValue()));
        String authority = grpc.getEnvoyGrpc().getAuthority();
        return new RateLimitConfig.Service(
                domain, cluster, authority.isEmpty() ? cluster : authority, timeout, metadata);
    }

    private static RateLimitConfig.RequestType requests(String text, Place at) {
        return switch (text) {
            case "", "both" -> RateLimitConfig.RequestType.BOTH;
            case "internal" -> RateLimitConfig.RequestType.INTERNAL;
            case "external" -> RateLimitConfig.RequestType.EXTERNAL;
            default -> throw at.refuse("'" + text + "'", "internal, external or both");
        };
    }
}
