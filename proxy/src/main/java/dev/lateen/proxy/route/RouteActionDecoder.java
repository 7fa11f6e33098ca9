package dev.lateen.proxy.route;

import com.google.protobuf.ByteString;
import com.google.re2j.Pattern;
import dev.lateen.proxy.cluster.RoutePriority;
import dev.lateen.proxy.config.CommonDecoder;
import dev.lateen.proxy.config.Fraction;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.route.RouteAction.ClusterChoice;
import dev.lateen.proxy.route.RouteAction.Forward;
import dev.lateen.proxy.route.RouteAction.Redirect;
import dev.lateen.proxy.route.RouteAction.TunnelEnd;
import dev.lateen.proxy.route.RouteAction.UpgradeRule;
import dev.lateen.proxy.route.RouteAction.WeightedCluster;
import io.envoyproxy.envoy.config.route.v3.RedirectAction;
import io.envoyproxy.envoy.config.route.v3.RouteAction.ClusterNotFoundResponseCode;
import io.envoyproxy.envoy.config.route.v3.RouteAction.RequestMirrorPolicy;
import io.envoyproxy.envoy.config.route.v3.RouteAction.UpgradeConfig;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatchAndSubstitute;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Decodes what a route does.
final class RouteActionDecoder {
    private static final int DEFAULT_BODY_LIMIT = 4096;

    private final OverridesDecoder overrides;

    RouteActionDecoder(OverridesDecoder overrides) {
        this.overrides = overrides;
    }

    /// What a route inherits from its virtual host where it says nothing.
    record Inherited(Optional<RetryPolicy> retry, List<MirrorPolicy> mirrors) {}

    @SuppressWarnings("deprecation") // `include_vh_rate_limits` is still sent.
    Forward forward(io.envoyproxy.envoy.config.route.v3.RouteAction action, Inherited inherited, Place at) {
        List<MirrorPolicy> mirrors = mirrors(action.getRequestMirrorPoliciesList(), at);
        return new Forward(
                cluster(action, at),
                new Rewrites(pathRewrite(action, at), hostRewrite(action, at), action.getAppendXForwardedHost()),
                timeouts(action, at),
                action.hasRetryPolicy()
                        ? Optional.of(RetryPolicyDecoder.decode(action.getRetryPolicy(), at.field("retry_policy")))
                        : inherited.retry(),
                hash(action.getHashPolicyList(), at.field("hash_policy")),
                mirrors.isEmpty() ? inherited.mirrors() : mirrors,
                action.getPriorityValue() == 0 ? RoutePriority.DEFAULT : RoutePriority.HIGH,
                status(action.getClusterNotFoundResponseCode()),
                action.getUpgradeConfigsList().stream()
                        .map(upgrade -> new UpgradeRule(
                                upgrade.getUpgradeType().toLowerCase(Locale.ROOT),
                                !upgrade.hasEnabled() || upgrade.getEnabled().getValue(),
                                tunnelEnd(upgrade, at.field("upgrade_configs"))))
                        .toList(),
                new RateLimits(
                        RateLimitPolicyDecoder.decode(action.getRateLimitsList(), at.field("rate_limits")),
                        action.getIncludeVhRateLimits().getValue()));
    }

    private static TunnelEnd tunnelEnd(UpgradeConfig upgrade, Place at) {
        if (!upgrade.hasConnectConfig()) {
            return TunnelEnd.NONE;
        }
        at.require(
                upgrade.getUpgradeType().equalsIgnoreCase("CONNECT"),
                "has a connect_config for '" + upgrade.getUpgradeType() + "' (expected: upgrade_type CONNECT)");
        return upgrade.getConnectConfig().getAllowPost() ? TunnelEnd.OF_CONNECT_AND_POST : TunnelEnd.OF_CONNECT;
    }

    private static int status(ClusterNotFoundResponseCode code) {
        return switch (code) {
            case NOT_FOUND -> 404;
            case INTERNAL_SERVER_ERROR -> 500;
            case SERVICE_UNAVAILABLE, UNRECOGNIZED -> 503;
        };
    }

    private ClusterChoice cluster(io.envoyproxy.envoy.config.route.v3.RouteAction action, Place at) {
        return switch (action.getClusterSpecifierCase()) {
            case CLUSTER -> {
                at.field("cluster").require(!action.getCluster().isEmpty(), "is empty (expected: a cluster's name)");
                yield new ClusterChoice.Named(action.getCluster());
            }
            case CLUSTER_HEADER ->
                new ClusterChoice.FromHeader(action.getClusterHeader().toLowerCase(Locale.ROOT));
            case WEIGHTED_CLUSTERS -> weighted(action.getWeightedClusters(), at.field("weighted_clusters"));
            case CLUSTER_SPECIFIER_PLUGIN ->
                throw at.field("cluster_specifier_plugin").unsupported();
            case INLINE_CLUSTER_SPECIFIER_PLUGIN ->
                throw at.field("inline_cluster_specifier_plugin").unsupported();
            case CLUSTERSPECIFIER_NOT_SET ->
                throw at.refuse("has no cluster (expected: cluster, weighted_clusters or cluster_header)");
        };
    }

    @SuppressWarnings("deprecation") // `total_weight` is still sent.
    private ClusterChoice weighted(io.envoyproxy.envoy.config.route.v3.WeightedCluster choice, Place at) {
        List<WeightedCluster> clusters = new ArrayList<>();
        long total = 0;
        for (int index = 0; index < choice.getClustersCount(); index++) {
            var cluster = choice.getClusters(index);
            Place place = at.field("clusters").index(index);
            long weight = Integer.toUnsignedLong(cluster.getWeight().getValue());
            total += weight;
            clusters.add(new WeightedCluster(
                    cluster.getName(),
                    cluster.getClusterHeader().toLowerCase(Locale.ROOT),
                    weight,
                    new HeaderChanges(
                            HeaderChangesDecoder.decode(
                                    cluster.getRequestHeadersToAddList(),
                                    cluster.getRequestHeadersToRemoveList(),
                                    "request_headers",
                                    place),
                            HeaderChangesDecoder.decode(
                                    cluster.getResponseHeadersToAddList(),
                                    cluster.getResponseHeadersToRemoveList(),
                                    "response_headers",
                                    place)),
                    overrides.decode(cluster.getTypedPerFilterConfigMap(), place),
                    cluster.getHostRewriteLiteral()));
        }
        at.require(total > 0, "the weights add up to 0 (expected: at least 1)");
        long wanted = Integer.toUnsignedLong(choice.getTotalWeight().getValue());
        at.field("total_weight")
                .require(wanted == 0 || wanted == total, "value: " + wanted + " (expected: the sum " + total + ")");
        at.require(total <= 0xffff_ffffL, "the weights add up to " + total + " (expected: at most 4294967295)");
        return new ClusterChoice.Weighted(
                List.copyOf(clusters), total, choice.getHeaderName().toLowerCase(Locale.ROOT));
    }

    private static PathRewrite pathRewrite(io.envoyproxy.envoy.config.route.v3.RouteAction action, Place at) {
        at.require(
                action.getPrefixRewrite().isEmpty() || !action.hasRegexRewrite(),
                "has both prefix_rewrite and regex_rewrite (expected: one of them)");
        if (action.hasRegexRewrite()) {
            return regexRewrite(action.getRegexRewrite(), at.field("regex_rewrite"));
        }
        return action.getPrefixRewrite().isEmpty()
                ? PathRewrite.NONE
                : new PathRewrite.Prefix(action.getPrefixRewrite());
    }

    private static PathRewrite.Regex regexRewrite(RegexMatchAndSubstitute rewrite, Place at) {
        Pattern pattern = CommonDecoder.regex(rewrite.getPattern(), at.field("pattern"));
        return new PathRewrite.Regex(pattern, substitution(rewrite.getSubstitution(), pattern, at));
    }

    /// From RE2's form (`\1`) to RE2J's (`$1`).
    static String substitution(String text, Pattern pattern, Place at) {
        StringBuilder out = new StringBuilder();
        for (int index = 0; index < text.length(); index++) {
            char c = text.charAt(index);
            if (c == '$') {
                out.append("\\$");
            } else if (c != '\\') {
                out.append(c);
            } else {
                index++;
                char next = index < text.length() ? text.charAt(index) : '?';
                at.field("substitution")
                        .require(
                                next == '\\' || (next >= '0' && next <= '9' && next - '0' <= pattern.groupCount()),
                                "'" + text + "' refers to no group of the expression (expected: \\0 to \\"
                                        + pattern.groupCount() + ")");
                out.append(next == '\\' ? "\\\\" : "${" + next + "}");
            }
        }
        return out.toString().replaceAll("\\$\\{(\\d)\\}", "\\$$1");
    }

    private static HostRewrite hostRewrite(io.envoyproxy.envoy.config.route.v3.RouteAction action, Place at) {
        return switch (action.getHostRewriteSpecifierCase()) {
            case HOST_REWRITE_LITERAL -> new HostRewrite.Literal(action.getHostRewriteLiteral());
            case AUTO_HOST_REWRITE ->
                action.getAutoHostRewrite().getValue() ? new HostRewrite.Endpoint() : HostRewrite.NONE;
            case HOST_REWRITE_HEADER ->
                new HostRewrite.FromHeader(action.getHostRewriteHeader().toLowerCase(Locale.ROOT));
            case HOST_REWRITE_PATH_REGEX -> {
                PathRewrite.Regex rewrite =
                        regexRewrite(action.getHostRewritePathRegex(), at.field("host_rewrite_path_regex"));
                yield new HostRewrite.FromPath(rewrite.pattern(), rewrite.substitution());
            }
            case HOSTREWRITESPECIFIER_NOT_SET -> HostRewrite.NONE;
        };
    }

    @SuppressWarnings("deprecation") // Istio still sends max_grpc_timeout.
    private static Timeouts timeouts(io.envoyproxy.envoy.config.route.v3.RouteAction action, Place at) {
        var stream = action.getMaxStreamDuration();
        Place streamAt = at.field("max_stream_duration");
        return new Timeouts(
                nanos(action.hasTimeout(), action.getTimeout(), Timeouts.DEFAULT_TOTAL_NANOS, at.field("timeout")),
                nanos(action.hasIdleTimeout(), action.getIdleTimeout(), Timeouts.UNSET, at.field("idle_timeout")),
                nanos(stream.hasMaxStreamDuration(), stream.getMaxStreamDuration(), Timeouts.UNSET, streamAt),
                nanos(stream.hasGrpcTimeoutHeaderMax(), stream.getGrpcTimeoutHeaderMax(), Timeouts.UNSET, streamAt),
                action.hasMaxStreamDuration()
                        ? nanos(stream.hasGrpcTimeoutHeaderOffset(), stream.getGrpcTimeoutHeaderOffset(), 0, streamAt)
                        : nanos(action.hasGrpcTimeoutOffset(), action.getGrpcTimeoutOffset(), 0, at),
                nanos(
                        action.hasMaxGrpcTimeout(),
                        action.getMaxGrpcTimeout(),
                        Timeouts.UNSET,
                        at.field("max_grpc_timeout")),
                action.hasMaxStreamDuration());
    }

    private static long nanos(boolean present, com.google.protobuf.Duration duration, long otherwise, Place at) {
        return present ? CommonDecoder.duration(duration, at).toNanos() : otherwise;
    }

    private static List<HashPolicy> hash(
            List<io.envoyproxy.envoy.config.route.v3.RouteAction.HashPolicy> policies, Place at) {
        List<HashPolicy> decoded = new ArrayList<>();
        for (int index = 0; index < policies.size(); index++) {
            var policy = policies.get(index);
            Place place = at.index(index);
            boolean terminal = policy.getTerminal();
            decoded.add(
                    switch (policy.getPolicySpecifierCase()) {
                        case HEADER ->
                            new HashPolicy.Header(
                                    policy.getHeader().getHeaderName().toLowerCase(Locale.ROOT), terminal);
                        case COOKIE -> cookie(policy.getCookie(), terminal, place.field("cookie"));
                        case CONNECTION_PROPERTIES -> {
                            place.field("connection_properties.source_ip")
                                    .require(
                                            policy.getConnectionProperties().getSourceIp(),
                                            "is false (expected: true)");
                            yield new HashPolicy.SourceIp(terminal);
                        }
                        case QUERY_PARAMETER ->
                            new HashPolicy.QueryParameter(
                                    policy.getQueryParameter().getName(), terminal);
                        case FILTER_STATE -> throw place.field("filter_state").unsupported();
                        case POLICYSPECIFIER_NOT_SET -> throw place.refuse("is empty (expected: a source of the hash)");
                    });
        }
        return decoded;
    }

    private static HashPolicy cookie(
            io.envoyproxy.envoy.config.route.v3.RouteAction.HashPolicy.Cookie cookie, boolean terminal, Place at) {
        StringBuilder attributes = new StringBuilder();
        for (var attribute : cookie.getAttributesList()) {
            attributes.append("; ").append(attribute.getName());
            if (!attribute.getValue().isEmpty()) {
                attributes.append('=').append(attribute.getValue());
            }
        }
        long ttl = cookie.hasTtl()
                ? CommonDecoder.duration(cookie.getTtl(), at.field("ttl")).toSeconds()
                : -1;
        return new HashPolicy.Cookie(cookie.getName(), ttl, cookie.getPath(), attributes.toString(), terminal);
    }

    static List<MirrorPolicy> mirrors(List<RequestMirrorPolicy> policies, Place at) {
        List<MirrorPolicy> decoded = new ArrayList<>();
        for (int index = 0; index < policies.size(); index++) {
            RequestMirrorPolicy policy = policies.get(index);
            Place place = at.field("request_mirror_policies").index(index);
            place.field("cluster").require(!policy.getCluster().isEmpty(), "is empty (expected: a cluster's name)");
            Fraction share = policy.hasRuntimeFraction()
                    ? CommonDecoder.fraction(policy.getRuntimeFraction(), place.field("runtime_fraction"))
                    : Fraction.ALL;
            decoded.add(new MirrorPolicy(policy.getCluster(), share, !policy.getDisableShadowHostSuffixAppend()));
        }
        return List.copyOf(decoded);
    }

    static Redirect redirect(RedirectAction action, Place at) {
        String scheme = action.getHttpsRedirect() ? "https" : action.getSchemeRedirect();
        PathRewrite path = switch (action.getPathRewriteSpecifierCase()) {
            // Empty texts change nothing, which is what Istio sends where only the host changes.
            case PATH_REDIRECT ->
                action.getPathRedirect().isEmpty() ? PathRewrite.NONE : new PathRewrite.Whole(action.getPathRedirect());
            case PREFIX_REWRITE ->
                action.getPrefixRewrite().isEmpty()
                        ? PathRewrite.NONE
                        : new PathRewrite.Prefix(action.getPrefixRewrite());
            case REGEX_REWRITE -> regexRewrite(action.getRegexRewrite(), at.field("regex_rewrite"));
            case PATHREWRITESPECIFIER_NOT_SET -> PathRewrite.NONE;
        };
        int status = switch (action.getResponseCode()) {
            case MOVED_PERMANENTLY -> 301;
            case FOUND -> 302;
            case SEE_OTHER -> 303;
            case TEMPORARY_REDIRECT -> 307;
            case PERMANENT_REDIRECT -> 308;
            case UNRECOGNIZED ->
                throw at.field("response_code").refuse(action.getResponseCodeValue(), "a known redirect");
        };
        return new Redirect(
                status, scheme, action.getHostRedirect(), action.getPortRedirect(), path, action.getStripQuery());
    }

    static RouteAction.DirectResponse direct(
            io.envoyproxy.envoy.config.route.v3.DirectResponseAction action, long maxBody, Place at) {
        int status = action.getStatus();
        at.field("status").require(status >= 200 && status < 600, "value: " + status + " (expected: 200 to 599)");
        ByteString body = action.hasBody()
                ? ByteString.copyFrom(CommonDecoder.data(action.getBody(), at.field("body")))
                : ByteString.EMPTY;
        long limit = maxBody < 0 ? DEFAULT_BODY_LIMIT : maxBody;
        at.field("body").require(body.size() <= limit, "is larger than " + limit + " bytes");
        return new RouteAction.DirectResponse(status, body);
    }
}
