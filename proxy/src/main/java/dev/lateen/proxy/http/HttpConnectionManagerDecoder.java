package dev.lateen.proxy.http;

import com.google.protobuf.UInt32Value;
import dev.lateen.net.http.HttpLimits;
import dev.lateen.proxy.config.CidrRange;
import dev.lateen.proxy.config.CommonDecoder;
import dev.lateen.proxy.config.ImplementedFields;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.TypedConfig;
import dev.lateen.proxy.http.HttpConnectionManagerConfig.ClientAddress;
import dev.lateen.proxy.http.HttpConnectionManagerConfig.ClientCertificate;
import dev.lateen.proxy.http.HttpConnectionManagerConfig.Codec;
import dev.lateen.proxy.http.HttpConnectionManagerConfig.HostRules;
import dev.lateen.proxy.http.HttpConnectionManagerConfig.PathRules;
import dev.lateen.proxy.http.HttpConnectionManagerConfig.RequestIds;
import dev.lateen.proxy.http.HttpConnectionManagerConfig.RequestRules;
import dev.lateen.proxy.http.HttpConnectionManagerConfig.ResponseRules;
import dev.lateen.proxy.http.HttpConnectionManagerConfig.RouteSource;
import dev.lateen.proxy.http.HttpConnectionManagerConfig.Times;
import dev.lateen.proxy.http.HttpConnectionManagerConfig.Underscores;
import dev.lateen.proxy.http.filter.FilterConfig;
import dev.lateen.proxy.http.filter.FilterDecoder;
import dev.lateen.proxy.http.filter.NamedFilter;
import dev.lateen.proxy.route.RouteAction.TunnelEnd;
import dev.lateen.proxy.route.RouteAction.UpgradeRule;
import dev.lateen.proxy.route.RouteDecoder;
import dev.lateen.proxy.tracing.TracingDecoder;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Decodes HTTP connection managers, except for `access_log`, which the access logs' own decoder takes.
public final class HttpConnectionManagerDecoder {
    private static final RouteDecoder ROUTES = new RouteDecoder(FilterDecoder::decodeOverride);
    private static final long DEFAULT_CONNECTION_IDLE_NANOS =
            Duration.ofHours(1).toNanos();
    private static final long DEFAULT_STREAM_IDLE_NANOS = Duration.ofMinutes(5).toNanos();
    /// Differs: Envoy waits for a head as long as it takes, unless told otherwise.
    private static final Duration DEFAULT_HEADERS_TIMEOUT = Duration.ofSeconds(30);

    private static final int DEFAULT_HEADERS_KIB = 60;
    private static final int MAX_HEADERS_KIB = 8192;
    private static final int DEFAULT_HEADERS_COUNT = 100;

    private HttpConnectionManagerDecoder() {}

    /// The decoder of route configurations, with this proxy's filters.
    public static RouteDecoder routes() {
        return ROUTES;
    }

    /// Throws a `Refusal`.
    public static HttpConnectionManagerConfig decode(HttpConnectionManager hcm, Place at) {
        withoutForeignParts(HttpConnectionManagerFields.LIST, hcm, at);
        return new HttpConnectionManagerConfig(
                hcm.getStatPrefix(),
                switch (hcm.getCodecType()) {
                    case AUTO -> Codec.AUTO;
                    case HTTP1 -> Codec.HTTP1;
                    case HTTP2 -> Codec.HTTP2;
                    case HTTP3, UNRECOGNIZED ->
                        throw at.field("codec_type").refuse(hcm.getCodecType(), "AUTO, HTTP1 or HTTP2");
                },
                limits(hcm, at),
                routeSource(hcm, at),
                filters(hcm.getHttpFiltersList(), at.field("http_filters")),
                times(hcm, at),
                requestRules(hcm, at),
                responseRules(hcm, at),
                TracingDecoder.decode(hcm.getTracing(), requestIds(hcm, at), at.field("tracing")));
    }

    /// Routes, access logs, tracing, local replies and filters are checked by their own decoders.
    private static void withoutForeignParts(ImplementedFields fields, HttpConnectionManager hcm, Place at) {
        fields.check(
                hcm.toBuilder()
                        .clearRouteConfig()
                        .clearAccessLog()
                        .clearTracing()
                        .clearLocalReplyConfig()
                        .build(),
                at);
    }

    private static HttpLimits limits(HttpConnectionManager hcm, Place at) {
        HttpLimits defaults = HttpLimits.DEFAULT;
        var common = hcm.getCommonHttpProtocolOptions();
        var http2 = hcm.getHttp2ProtocolOptions();
        int kib = orElse(hcm.hasMaxRequestHeadersKb(), hcm.getMaxRequestHeadersKb(), DEFAULT_HEADERS_KIB);
        at.field("max_request_headers_kb")
                .require(kib > 0 && kib <= MAX_HEADERS_KIB, "value: " + kib + " (expected: 1 to 8192)");
        return new HttpLimits(
                kib * 1024,
                orElse(common.hasMaxHeadersCount(), common.getMaxHeadersCount(), DEFAULT_HEADERS_COUNT),
                orElse(
                        http2.hasMaxConcurrentStreams(),
                        http2.getMaxConcurrentStreams(),
                        defaults.maxConcurrentStreams()),
                orElse(
                        http2.hasInitialStreamWindowSize(),
                        http2.getInitialStreamWindowSize(),
                        defaults.initialStreamWindowBytes()),
                orElse(
                        http2.hasInitialConnectionWindowSize(),
                        http2.getInitialConnectionWindowSize(),
                        defaults.initialConnectionWindowBytes()),
                defaults.bufferLimitBytes(),
                hcm.hasRequestHeadersTimeout()
                        ? CommonDecoder.duration(hcm.getRequestHeadersTimeout(), at.field("request_headers_timeout"))
                        : DEFAULT_HEADERS_TIMEOUT,
                hcm.getHttpProtocolOptions().getAcceptHttp10(),
                defaults.maxResetStreamsPerSecond());
    }

    private static int orElse(boolean present, UInt32Value value, int otherwise) {
        return present ? (int) Math.min(Integer.toUnsignedLong(value.getValue()), Integer.MAX_VALUE) : otherwise;
    }

    private static RouteSource routeSource(HttpConnectionManager hcm, Place at) {
        return switch (hcm.getRouteSpecifierCase()) {
            case RDS -> {
                String name = hcm.getRds().getRouteConfigName();
                at.field("rds.route_config_name").require(!name.isEmpty(), "is empty (expected: a name)");
                yield new RouteSource.Discovered(name);
            }
            case ROUTE_CONFIG -> new RouteSource.Inline(ROUTES.decode(hcm.getRouteConfig(), at.field("route_config")));
            case SCOPED_ROUTES -> throw at.field("scoped_routes").unsupported();
            case ROUTESPECIFIER_NOT_SET -> throw at.refuse("has no routes (expected: rds or route_config)");
        };
    }

    private static List<NamedFilter> filters(List<HttpFilter> filters, Place at) {
        List<NamedFilter> chain = new ArrayList<>();
        for (int index = 0; index < filters.size(); index++) {
            HttpFilter filter = filters.get(index);
            Place place = at.index(index).called(filter.getName());
            place.field("typed_config").require(filter.hasTypedConfig(), "is missing");
            TypedConfig config = TypedConfig.of(filter.getTypedConfig(), place.field("typed_config"));
            place.field("disabled").require(!filter.getDisabled(), "not supported by this proxy yet");
            FilterConfig decoded = FilterDecoder.decode(config, place.field("typed_config"));
            boolean last = index == filters.size() - 1;
            place.require(
                    decoded instanceof FilterConfig.Router == last,
                    "'" + filter.getName() + "' (expected: the router at the end of the chain, and only there)");
            chain.add(new NamedFilter(filter.getName(), decoded));
        }
        at.require(!chain.isEmpty(), "is empty (expected: at least the router)");
        return chain;
    }

    private static Times times(HttpConnectionManager hcm, Place at) {
        var common = hcm.getCommonHttpProtocolOptions();
        Place commonAt = at.field("common_http_protocol_options");
        return new Times(
                nanos(
                        common.hasIdleTimeout(),
                        common.getIdleTimeout(),
                        DEFAULT_CONNECTION_IDLE_NANOS,
                        commonAt.field("idle_timeout")),
                nanos(
                        hcm.hasStreamIdleTimeout(),
                        hcm.getStreamIdleTimeout(),
                        DEFAULT_STREAM_IDLE_NANOS,
                        at.field("stream_idle_timeout")),
                nanos(hcm.hasRequestTimeout(), hcm.getRequestTimeout(), 0, at.field("request_timeout")),
                nanos(
                        common.hasMaxStreamDuration(),
                        common.getMaxStreamDuration(),
                        0,
                        commonAt.field("max_stream_duration")),
                nanos(
                        common.hasMaxConnectionDuration(),
                        common.getMaxConnectionDuration(),
                        0,
                        commonAt.field("max_connection_duration")),
                common.hasMaxRequestsPerConnection()
                        ? Integer.toUnsignedLong(
                                common.getMaxRequestsPerConnection().getValue())
                        : 0);
    }

    private static long nanos(boolean present, com.google.protobuf.Duration duration, long otherwise, Place at) {
        return present ? CommonDecoder.duration(duration, at).toNanos() : otherwise;
    }

    private static UuidRequestIdConfig requestIds(HttpConnectionManager hcm, Place at) {
        if (!hcm.hasRequestIdExtension()) {
            return UuidRequestIdConfig.getDefaultInstance();
        }
        Place place = at.field("request_id_extension.typed_config");
        return TypedConfig.of(hcm.getRequestIdExtension().getTypedConfig(), place)
                .unpack(UuidRequestIdConfig.parser(), HttpConnectionManagerFields.LIST, place);
    }

    private static RequestRules requestRules(HttpConnectionManager hcm, Place at) {
        return new RequestRules(
                switch (hcm.getCommonHttpProtocolOptions().getHeadersWithUnderscoresAction()) {
                    case ALLOW -> Underscores.ALLOW;
                    case REJECT_REQUEST -> Underscores.REJECT_REQUEST;
                    case DROP_HEADER -> Underscores.DROP_HEADER;
                    case UNRECOGNIZED ->
                        throw at.field("common_http_protocol_options.headers_with_underscores_action")
                                .refuse("a known action is expected");
                },
                client(hcm, at),
                certificate(hcm, at),
                new RequestIds(
                        !hcm.hasGenerateRequestId()
                                || hcm.getGenerateRequestId().getValue(),
                        hcm.getPreserveExternalRequestId(),
                        hcm.getAlwaysSetRequestIdInResponse()),
                path(hcm, at),
                new HostRules(
                        hcm.getStripAnyHostPort()
                                ? HostRules.StripPort.ANY
                                : hcm.getStripMatchingHostPort()
                                        ? HostRules.StripPort.MATCHING
                                        : HostRules.StripPort.NO,
                        hcm.getStripTrailingHostDot(),
                        hcm.getHttpProtocolOptions().getDefaultHostForHttp10()),
                hcm.getUpgradeConfigsList().stream()
                        .map(upgrade -> new UpgradeRule(
                                upgrade.getUpgradeType().toLowerCase(Locale.ROOT),
                                !upgrade.hasEnabled() || upgrade.getEnabled().getValue(),
                                TunnelEnd.NONE))
                        .toList(),
                hcm.getProxy100Continue());
    }

    private static ClientAddress client(HttpConnectionManager hcm, Place at) {
        List<CidrRange> internal = new ArrayList<>();
        var ranges = hcm.getInternalAddressConfig().getCidrRangesList();
        for (int index = 0; index < ranges.size(); index++) {
            internal.add(CommonDecoder.cidr(
                    ranges.get(index),
                    at.field("internal_address_config.cidr_ranges").index(index)));
        }
        return new ClientAddress(
                hcm.getUseRemoteAddress().getValue(),
                hcm.getXffNumTrustedHops(),
                hcm.getSkipXffAppend(),
                hcm.getAppendXForwardedPort(),
                internal,
                hcm.getSchemeHeaderTransformation().getSchemeToOverwrite());
    }

    private static ClientCertificate certificate(HttpConnectionManager hcm, Place at) {
        var details = hcm.getSetCurrentClientCertDetails();
        return new ClientCertificate(
                switch (hcm.getForwardClientCertDetails()) {
                    case SANITIZE -> ClientCertificate.Mode.SANITIZE;
                    case FORWARD_ONLY -> ClientCertificate.Mode.FORWARD_ONLY;
                    case APPEND_FORWARD -> ClientCertificate.Mode.APPEND_FORWARD;
                    case SANITIZE_SET -> ClientCertificate.Mode.SANITIZE_SET;
                    case ALWAYS_FORWARD_ONLY -> ClientCertificate.Mode.ALWAYS_FORWARD_ONLY;
                    case UNRECOGNIZED ->
                        throw at.field("forward_client_cert_details")
                                .refuse(hcm.getForwardClientCertDetailsValue(), "a known mode");
                },
                new ClientCertificate.Shown(
                        details.getSubject().getValue(),
                        details.getCert(),
                        details.getChain(),
                        details.getDns(),
                        details.getUri()));
    }

    private static PathRules path(HttpConnectionManager hcm, Place at) {
        return new PathRules(
                hcm.getNormalizePath().getValue(),
                hcm.getMergeSlashes(),
                switch (hcm.getPathWithEscapedSlashesAction()) {
                    case IMPLEMENTATION_SPECIFIC_DEFAULT, KEEP_UNCHANGED -> PathRules.EscapedSlashes.KEEP;
                    case REJECT_REQUEST -> PathRules.EscapedSlashes.REJECT;
                    case UNESCAPE_AND_REDIRECT -> PathRules.EscapedSlashes.UNESCAPE_AND_REDIRECT;
                    case UNESCAPE_AND_FORWARD -> PathRules.EscapedSlashes.UNESCAPE_AND_FORWARD;
                    case UNRECOGNIZED ->
                        throw at.field("path_with_escaped_slashes_action")
                                .refuse(hcm.getPathWithEscapedSlashesActionValue(), "a known action");
                });
    }

    private static ResponseRules responseRules(HttpConnectionManager hcm, Place at) {
        return new ResponseRules(
                hcm.getServerName().isEmpty() ? "envoy" : hcm.getServerName(),
                switch (hcm.getServerHeaderTransformation()) {
                    case OVERWRITE, UNRECOGNIZED -> ResponseRules.ServerHeader.OVERWRITE;
                    case APPEND_IF_ABSENT -> ResponseRules.ServerHeader.APPEND_IF_ABSENT;
                    case PASS_THROUGH -> ResponseRules.ServerHeader.PASS_THROUGH;
                },
                hcm.getVia(),
                ReplyRuleDecoder.decode(hcm.getLocalReplyConfig(), at.field("local_reply_config")));
    }
}
