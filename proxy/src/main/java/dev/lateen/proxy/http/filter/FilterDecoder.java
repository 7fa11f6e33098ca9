package dev.lateen.proxy.http.filter;

import dev.lateen.proxy.authz.ExtAuthzDecoder;
import dev.lateen.proxy.cluster.NameCacheDecoder;
import dev.lateen.proxy.config.CommonDecoder;
import dev.lateen.proxy.config.Fraction;
import dev.lateen.proxy.config.HeaderMatcher;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.StringMatcher;
import dev.lateen.proxy.config.TypedConfig;
import dev.lateen.proxy.jwt.JwtDecoder;
import dev.lateen.proxy.ratelimit.LocalRateLimitDecoder;
import dev.lateen.proxy.ratelimit.RateLimitDecoder;
import dev.lateen.proxy.rbac.RbacDecoder;
import dev.lateen.proxy.telemetry.MetricsDecoder;
import io.envoyproxy.envoy.extensions.filters.http.cors.v3.Cors;
import io.envoyproxy.envoy.extensions.filters.http.cors.v3.CorsPolicy;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import java.util.ArrayList;
import java.util.List;

/// Decodes the configuration of every HTTP filter that this proxy has. What is not listed here is refused by its name;
/// `FilterCatalog` makes the filters.
///
/// Thread: main.
///
/// Differs: Istio's ALPN filter is accepted without effect.
public final class FilterDecoder {
    private static final String HTTP = "envoy.extensions.filters.http.";

    private FilterDecoder() {}

    /// The configuration of a filter in a chain.
    public static FilterConfig decode(TypedConfig config, Place at) {
        return switch (config.type()) {
            case HTTP + "router.v3.Router" -> {
                Router router = config.unpack(Router.parser(), FilterFields.LIST, at);
                yield new FilterConfig.Router(router.getSuppressEnvoyHeaders(), router.getRespectExpectedRqTimeout());
            }
            case HTTP + "fault.v3.HTTPFault" -> fault(config.unpack(HTTPFault.parser(), FilterFields.LIST, at), at);
            case HTTP + "cors.v3.Cors" -> {
                config.unpack(Cors.parser(), FilterFields.LIST, at);
                yield new FilterConfig.Cors();
            }
            case HTTP + "rbac.v3.RBAC" -> new FilterConfig.Rbac(RbacDecoder.http(config, at));
            case HTTP + "jwt_authn.v3.JwtAuthentication" -> new FilterConfig.Jwt(JwtDecoder.decode(config, at));
            case HTTP + "ext_authz.v3.ExtAuthz" -> new FilterConfig.ExtAuthz(ExtAuthzDecoder.decode(config, at));
            case HTTP + "ratelimit.v3.RateLimit" -> new FilterConfig.RateLimit(RateLimitDecoder.decode(config, at));
            case HTTP + "local_ratelimit.v3.LocalRateLimit" ->
                new FilterConfig.LocalRateLimit(LocalRateLimitDecoder.decode(config, at));
            case HTTP + "grpc_stats.v3.FilterConfig" -> {
                config.unpack(
                        io.envoyproxy.envoy.extensions.filters.http.grpc_stats.v3.FilterConfig.parser(),
                        FilterFields.LIST,
                        at);
                yield new FilterConfig.GrpcStats();
            }
            case HTTP + "dynamic_forward_proxy.v3.FilterConfig" -> {
                // What it says of names has to be what the cluster says, which keeps them.
                config.unpack(
                        io.envoyproxy.envoy.extensions.filters.http.dynamic_forward_proxy.v3.FilterConfig.parser(),
                        NameCacheDecoder.FIELDS,
                        at);
                yield new FilterConfig.DynamicForward();
            }
            case SessionDecoder.TYPE -> SessionDecoder.decode(config, at);
            case "io.istio.http.peer_metadata.Config" -> PeerMetadataDecoder.decode(config, at);
            case MetricsDecoder.TYPE -> new FilterConfig.IstioStats(MetricsDecoder.decode(config, at));
            case "istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig" -> new FilterConfig.Alpn();
            default -> throw at.refuse("HTTP filter " + config.type() + " is not supported by this proxy yet");
        };
    }

    /// What a route says to a filter.
    public static Object decodeOverride(TypedConfig config, Place at) {
        return switch (config.type()) {
            case HTTP + "fault.v3.HTTPFault", HTTP + "local_ratelimit.v3.LocalRateLimit" -> decode(config, at);
            case HTTP + "cors.v3.CorsPolicy" -> cors(config.unpack(CorsPolicy.parser(), FilterFields.LIST, at), at);
            case HTTP + "rbac.v3.RBACPerRoute" -> new FilterConfig.Rbac(RbacDecoder.route(config, at));
            case HTTP + "ext_authz.v3.ExtAuthzPerRoute" ->
                new FilterConfig.ExtAuthzRoute(ExtAuthzDecoder.route(config, at));
            case HTTP + "ratelimit.v3.RateLimitPerRoute" ->
                new FilterConfig.RateLimitRoute(RateLimitDecoder.route(config, at));
            case SessionDecoder.TYPE + "PerRoute" -> SessionDecoder.route(config, at);
            case HTTP + "jwt_authn.v3.PerRouteConfig" -> new FilterConfig.JwtRoute(JwtDecoder.route(config, at));
            default ->
                throw at.refuse(
                        "HTTP filter configuration " + config.type() + " is not supported on routes by this proxy yet");
        };
    }

    private static FilterConfig.Fault fault(HTTPFault fault, Place at) {
        List<HeaderMatcher> headers = new ArrayList<>();
        for (int index = 0; index < fault.getHeadersCount(); index++) {
            headers.add(CommonDecoder.header(
                    fault.getHeaders(index), at.field("headers").index(index)));
        }
        var abort = fault.getAbort();
        return new FilterConfig.Fault(
                fault.hasDelay()
                        ? CommonDecoder.fraction(fault.getDelay().getPercentage(), at.field("delay.percentage"))
                        : Fraction.NONE,
                CommonDecoder.duration(fault.getDelay().getFixedDelay(), at.field("delay.fixed_delay"))
                        .toNanos(),
                fault.getDelay().hasHeaderDelay(),
                fault.hasAbort()
                        ? CommonDecoder.fraction(abort.getPercentage(), at.field("abort.percentage"))
                        : Fraction.NONE,
                abort.hasHttpStatus() ? abort.getHttpStatus() : 0,
                abort.hasGrpcStatus() ? abort.getGrpcStatus() : -1,
                abort.hasHeaderAbort(),
                List.copyOf(headers));
    }

    private static FilterConfig.CorsPolicy cors(CorsPolicy policy, Place at) {
        List<StringMatcher> origins = new ArrayList<>();
        for (int index = 0; index < policy.getAllowOriginStringMatchCount(); index++) {
            origins.add(CommonDecoder.string(
                    policy.getAllowOriginStringMatch(index),
                    at.field("allow_origin_string_match").index(index)));
        }
        Fraction enabled = policy.hasFilterEnabled()
                ? CommonDecoder.fraction(policy.getFilterEnabled(), at.field("filter_enabled"))
                : Fraction.ALL;
        at.field("filter_enabled")
                .require(
                        enabled.numerator() == 0 || enabled.numerator() >= enabled.denominator(),
                        "a share is not supported by this proxy yet (expected: 0% or 100%)");
        return new FilterConfig.CorsPolicy(
                List.copyOf(origins),
                policy.getAllowMethods(),
                policy.getAllowHeaders(),
                policy.getExposeHeaders(),
                policy.getMaxAge(),
                policy.getAllowCredentials().getValue(),
                !policy.hasForwardNotMatchingPreflights()
                        || policy.getForwardNotMatchingPreflights().getValue(),
                enabled.numerator() > 0);
    }
}
