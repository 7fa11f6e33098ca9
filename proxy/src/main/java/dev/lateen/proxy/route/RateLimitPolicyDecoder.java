package dev.lateen.proxy.route;

import dev.lateen.proxy.config.CommonDecoder;
import dev.lateen.proxy.config.CommonFields;
import dev.lateen.proxy.config.HeaderMatcher;
import dev.lateen.proxy.config.ImplementedFields;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.TypedConfig;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.route.v3.RateLimit;
import io.envoyproxy.envoy.extensions.rate_limit_descriptors.expr.v3.Descriptor;
import io.envoyproxy.envoy.type.metadata.v3.MetadataKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Decodes `rate_limits` of virtual hosts, routes and filters.
///
/// Thread: any.
public final class RateLimitPolicyDecoder {
    private static final String V3 = "envoy.config.route.v3.RateLimit";
    private static final String ACTION = V3 + ".Action";
    private static final String EXPRESSION = "envoy.extensions.rate_limit_descriptors.expr.v3.Descriptor";
    private static final String IDENTITY = "connection.uri_san_peer_certificate";
    private static final int MAX_STAGE = 10;
    private static final long MAX_HITS = 1_000_000_000;

    /// Route metadata, and descriptor extensions but one, are refused by name.
    public static final ImplementedFields FIELDS = ImplementedFields.builder()
            .include(CommonFields.LIST)
            .message(V3, "stage", "actions", "limit", "hits_addend", "apply_on_stream_done")
            .harmless(V3, "there is no runtime layer", "disable_key")
            .message(V3 + ".Override", "dynamic_metadata")
            .message(V3 + ".Override.DynamicMetadata", "metadata_key")
            .message(V3 + ".HitsAddend", "number", "format")
            .message(
                    ACTION,
                    "source_cluster",
                    "destination_cluster",
                    "request_headers",
                    "query_parameters",
                    "remote_address",
                    "generic_key",
                    "header_value_match",
                    "dynamic_metadata",
                    "metadata",
                    "masked_remote_address",
                    "extension",
                    "query_parameter_value_match")
            .message(EXPRESSION, "descriptor_key", "skip_if_error", "text")
            .message(ACTION + ".SourceCluster")
            .message(ACTION + ".DestinationCluster")
            .message(ACTION + ".RemoteAddress")
            .message(ACTION + ".RequestHeaders", "header_name", "descriptor_key", "skip_if_absent")
            .message(ACTION + ".QueryParameters", "query_parameter_name", "descriptor_key", "skip_if_absent")
            .message(ACTION + ".MaskedRemoteAddress", "v4_prefix_mask_len", "v6_prefix_mask_len")
            .message(ACTION + ".GenericKey", "descriptor_value", "descriptor_key")
            .message(ACTION + ".HeaderValueMatch", "descriptor_key", "descriptor_value", "expect_match", "headers")
            .message(
                    ACTION + ".QueryParameterValueMatch",
                    "descriptor_key",
                    "descriptor_value",
                    "expect_match",
                    "query_parameters")
            .message(ACTION + ".DynamicMetaData", "descriptor_key", "metadata_key", "default_value")
            .message(
                    ACTION + ".MetaData", "descriptor_key", "metadata_key", "default_value", "source", "skip_if_absent")
            .message("envoy.config.route.v3.QueryParameterMatcher", "name", "string_match", "present_match")
            .message("envoy.type.metadata.v3.MetadataKey", "key", "path")
            .message("envoy.type.metadata.v3.MetadataKey.PathSegment", "key")
            .build();

    private RateLimitPolicyDecoder() {}

    /// @param limits checked against `FIELDS` already
    public static List<RateLimitPolicy> decode(List<RateLimit> limits, Place at) {
        List<RateLimitPolicy> policies = new ArrayList<>();
        for (RateLimit limit : limits) {
            policies.add(policy(limit, at.index(policies.size())));
        }
        return List.copyOf(policies);
    }

    private static RateLimitPolicy policy(RateLimit limit, Place at) {
        int stage = limit.getStage().getValue();
        at.field("stage").require(stage >= 0 && stage <= MAX_STAGE, "expected: 0 to " + MAX_STAGE);
        at.field("actions").require(limit.getActionsCount() > 0, "is empty (expected: at least one)");
        List<RateLimitAction> actions = new ArrayList<>();
        for (RateLimit.Action action : limit.getActionsList()) {
            actions.add(action(action, at.field("actions").index(actions.size())));
        }
        Optional<RateLimitPolicy.Replacement> override = Optional.empty();
        if (limit.hasLimit()) {
            MetadataKey key = limit.getLimit().getDynamicMetadata().getMetadataKey();
            override = Optional.of(new RateLimitPolicy.Replacement(key.getKey(), path(key)));
        }
        return new RateLimitPolicy(
                stage, actions, override, hits(limit, at.field("hits_addend")), limit.getApplyOnStreamDone());
    }

    private static RateLimitPolicy.Hits hits(RateLimit limit, Place at) {
        if (!limit.hasHitsAddend()) {
            return RateLimitPolicy.Hits.UNSAID;
        }
        var hits = limit.getHitsAddend();
        at.require(!hits.hasNumber() || hits.getFormat().isEmpty(), "has both number and format (expected: one)");
        if (!hits.getFormat().isEmpty()) {
            return new RateLimitPolicy.Hits(-1, Optional.of(HeaderFormat.parse(hits.getFormat(), at.field("format"))));
        }
        long number = hits.getNumber().getValue();
        at.field("number").require(number >= 0 && number <= MAX_HITS, "expected: 0 to " + MAX_HITS);
        return new RateLimitPolicy.Hits(number, Optional.empty());
    }

    @SuppressWarnings("deprecation") // `dynamic_metadata` is the older form of `metadata`.
    private static RateLimitAction action(RateLimit.Action action, Place at) {
        return switch (action.getActionSpecifierCase()) {
            case SOURCE_CLUSTER -> new RateLimitAction.SourceCluster();
            case DESTINATION_CLUSTER -> new RateLimitAction.DestinationCluster();
            case REQUEST_HEADERS -> {
                var header = action.getRequestHeaders();
                yield new RateLimitAction.Header(
                        named(header.getHeaderName(), at.field("request_headers.header_name"))
                                .toLowerCase(Locale.ROOT),
                        named(header.getDescriptorKey(), at.field("request_headers.descriptor_key")),
                        header.getSkipIfAbsent());
            }
            case QUERY_PARAMETERS -> {
                var query = action.getQueryParameters();
                yield new RateLimitAction.Query(
                        named(query.getQueryParameterName(), at.field("query_parameters.query_parameter_name")),
                        named(query.getDescriptorKey(), at.field("query_parameters.descriptor_key")),
                        query.getSkipIfAbsent());
            }
            case REMOTE_ADDRESS -> new RateLimitAction.RemoteAddress();
            case MASKED_REMOTE_ADDRESS -> masked(action.getMaskedRemoteAddress(), at.field("masked_remote_address"));
            case GENERIC_KEY -> {
                var generic = action.getGenericKey();
                yield new RateLimitAction.Fixed(
                        or(generic.getDescriptorKey(), "generic_key"),
                        named(generic.getDescriptorValue(), at.field("generic_key.descriptor_value")));
            }
            case HEADER_VALUE_MATCH -> headers(action.getHeaderValueMatch(), at.field("header_value_match"));
            case QUERY_PARAMETER_VALUE_MATCH ->
                queries(action.getQueryParameterValueMatch(), at.field("query_parameter_value_match"));
            case DYNAMIC_METADATA -> {
                var found = action.getDynamicMetadata();
                yield new RateLimitAction.Found(
                        named(found.getDescriptorKey(), at.field("dynamic_metadata.descriptor_key")),
                        found.getMetadataKey().getKey(),
                        path(found.getMetadataKey()),
                        found.getDefaultValue(),
                        false);
            }
            case METADATA -> metadata(action.getMetadata(), at.field("metadata"));
            case EXTENSION -> extension(action.getExtension(), at.field("extension.typed_config"));
            case ACTIONSPECIFIER_NOT_SET -> throw at.refuse("is empty (expected: an action)");
        };
    }

    /// Of expressions only the one that names the client is known: CEL's library costs a sidecar 37 MiB.
    private static RateLimitAction extension(TypedExtensionConfig extension, Place at) {
        TypedConfig config = TypedConfig.of(extension.getTypedConfig(), at);
        at.require(config.type().equals(EXPRESSION), "'" + config.type() + "' is not supported by this proxy yet");
        Descriptor descriptor = config.unpack(Descriptor.parser(), FIELDS, at);
        if (!descriptor.getText().equals(IDENTITY)) {
            throw at.field("text").refuse("'" + descriptor.getText() + "'", IDENTITY);
        }
        return new RateLimitAction.PeerIdentity(
                named(descriptor.getDescriptorKey(), at.field("descriptor_key")), descriptor.getSkipIfError());
    }

    private static RateLimitAction metadata(RateLimit.Action.MetaData found, Place at) {
        return switch (found.getSource()) {
            case DYNAMIC ->
                new RateLimitAction.Found(
                        named(found.getDescriptorKey(), at.field("descriptor_key")),
                        found.getMetadataKey().getKey(),
                        path(found.getMetadataKey()),
                        found.getDefaultValue(),
                        found.getSkipIfAbsent());
            case ROUTE_ENTRY ->
                throw at.field("source").refuse("ROUTE_ENTRY is not supported by this proxy yet (expected: DYNAMIC)");
            case UNRECOGNIZED -> throw at.field("source").refuse(found.getSourceValue(), "DYNAMIC");
        };
    }

    private static RateLimitAction masked(RateLimit.Action.MaskedRemoteAddress masked, Place at) {
        int v4 = masked.hasV4PrefixMaskLen() ? masked.getV4PrefixMaskLen().getValue() : 32;
        int v6 = masked.hasV6PrefixMaskLen() ? masked.getV6PrefixMaskLen().getValue() : 128;
        at.field("v4_prefix_mask_len").require(v4 >= 0 && v4 <= 32, "expected: 0 to 32");
        at.field("v6_prefix_mask_len").require(v6 >= 0 && v6 <= 128, "expected: 0 to 128");
        return new RateLimitAction.MaskedRemoteAddress(v4, v6);
    }

    private static RateLimitAction headers(RateLimit.Action.HeaderValueMatch match, Place at) {
        List<HeaderMatcher> headers = new ArrayList<>();
        for (var header : match.getHeadersList()) {
            headers.add(CommonDecoder.header(header, at.field("headers").index(headers.size())));
        }
        at.field("headers").require(!headers.isEmpty(), "is empty (expected: at least one)");
        return new RateLimitAction.HeaderMatch(
                or(match.getDescriptorKey(), "header_match"),
                named(match.getDescriptorValue(), at.field("descriptor_value")),
                !match.hasExpectMatch() || match.getExpectMatch().getValue(),
                headers);
    }

    private static RateLimitAction queries(RateLimit.Action.QueryParameterValueMatch match, Place at) {
        List<QueryMatcher> parameters = new ArrayList<>();
        for (var parameter : match.getQueryParametersList()) {
            parameters.add(RouteMatchDecoder.query(
                    parameter, at.field("query_parameters").index(parameters.size())));
        }
        at.field("query_parameters").require(!parameters.isEmpty(), "is empty (expected: at least one)");
        return new RateLimitAction.QueryMatch(
                or(match.getDescriptorKey(), "query_match"),
                named(match.getDescriptorValue(), at.field("descriptor_value")),
                !match.hasExpectMatch() || match.getExpectMatch().getValue(),
                parameters);
    }

    private static List<String> path(MetadataKey key) {
        return key.getPathList().stream().map(MetadataKey.PathSegment::getKey).toList();
    }

    private static String named(String text, Place at) {
        at.require(!text.isEmpty(), "is empty");
        return text;
    }

    private static String or(String text, String otherwise) {
        return text.isEmpty() ? otherwise : text;
    }
}
