package dev.lateen.proxy.tracing;

import dev.lateen.proxy.accesslog.LogFormat;
import dev.lateen.proxy.config.CommonDecoder;
import dev.lateen.proxy.config.CommonFields;
import dev.lateen.proxy.config.HttpUri;
import dev.lateen.proxy.config.ImplementedFields;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.TypedConfig;
import dev.lateen.proxy.tracing.TracingConfig.Collector;
import dev.lateen.proxy.tracing.TracingConfig.CustomTag;
import dev.lateen.proxy.tracing.TracingConfig.Endpoint;
import dev.lateen.proxy.tracing.TracingConfig.RequestId;
import dev.lateen.proxy.tracing.TracingConfig.Sampling;
import dev.lateen.xds.NewerFields;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.trace.v3.OpenTelemetryConfig;
import io.envoyproxy.envoy.config.trace.v3.ZipkinConfig;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.Tracing;
import io.envoyproxy.envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig;
import io.envoyproxy.envoy.type.metadata.v3.MetadataKey;
import io.envoyproxy.envoy.type.v3.Percent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Decodes `tracing` of a connection manager.
///
/// Thread: main.
public final class TracingDecoder {
    private static final String TRACE = "envoy.config.trace.v3.";
    private static final String HCM =
            "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
    private static final String TAG = "envoy.type.tracing.v3.CustomTag";
    private static final String ENVIRONMENT_DETECTOR =
            "envoy.extensions.tracers.opentelemetry.resource_detectors.v3.EnvironmentResourceDetectorConfig";
    private static final String RESOURCE_ATTRIBUTES = "OTEL_RESOURCE_ATTRIBUTES";
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);
    private static final int DEFAULT_URL_LENGTH = 256;

    public static final ImplementedFields FIELDS = ImplementedFields.builder()
            .include(CommonFields.LIST)
            .message(
                    HCM + ".Tracing",
                    "client_sampling",
                    "random_sampling",
                    "overall_sampling",
                    "max_path_tag_length",
                    "custom_tags",
                    "provider",
                    "spawn_upstream_span")
            .message(TAG, "tag", "literal", "environment", "request_header", "metadata")
            .newer(HCM + ".Tracing", NewerFields.NO_CONTEXT_PROPAGATION)
            .newer(TAG, NewerFields.CUSTOM_TAG_VALUE)
            .message(TAG + ".Literal", "value")
            .message(TAG + ".Environment", "name", "default_value")
            .message(TAG + ".Header", "name", "default_value")
            .message(TAG + ".Metadata", "kind", "metadata_key", "default_value")
            .message("envoy.type.metadata.v3.MetadataKind", "request")
            .message("envoy.type.metadata.v3.MetadataKind.Request")
            .message("envoy.type.metadata.v3.MetadataKey", "key", "path")
            .message("envoy.type.metadata.v3.MetadataKey.PathSegment", "key")
            .message("envoy.type.v3.Percent", "value")
            .message(TRACE + "Tracing.Http", "name", "typed_config")
            .message(
                    TRACE + "ZipkinConfig",
                    "collector_cluster",
                    "collector_endpoint",
                    "trace_id_128bit",
                    "shared_span_context",
                    "collector_endpoint_version",
                    "collector_hostname")
            .message(
                    TRACE + "OpenTelemetryConfig", "grpc_service", "http_service", "service_name", "resource_detectors")
            .message("envoy.config.core.v3.GrpcService", "envoy_grpc", "timeout", "initial_metadata")
            .message("envoy.config.core.v3.GrpcService.EnvoyGrpc", "cluster_name", "authority")
            .message("envoy.config.core.v3.HttpService", "http_uri", "request_headers_to_add")
            .message("envoy.config.core.v3.HeaderValueOption", "header")
            .harmless(
                    "envoy.config.core.v3.HeaderValueOption",
                    "no other header of a report has such a name",
                    "append",
                    "append_action",
                    "keep_empty_value")
            .message("envoy.config.core.v3.TypedExtensionConfig", "name", "typed_config")
            .message(ENVIRONMENT_DETECTOR)
            .build();

    private TracingDecoder() {}

    /// Empty where nobody takes spans.
    ///
    /// @param ids what the connection manager says of ids of requests
    public static Optional<TracingConfig> decode(Tracing tracing, UuidRequestIdConfig ids, Place at) {
        if (!tracing.hasProvider()) {
            return Optional.empty();
        }
        FIELDS.check(tracing, at);
        List<CustomTag> tags = new ArrayList<>();
        for (int index = 0; index < tracing.getCustomTagsCount(); index++) {
            tag(tracing.getCustomTags(index), at.field("custom_tags").index(index))
                    .ifPresent(tags::add);
        }
        return Optional.of(new TracingConfig(
                collector(tracing.getProvider(), at.field("provider")),
                new Sampling(
                        share(tracing.hasClientSampling(), tracing.getClientSampling(), at.field("client_sampling")),
                        share(tracing.hasRandomSampling(), tracing.getRandomSampling(), at.field("random_sampling")),
                        share(tracing.hasOverallSampling(), tracing.getOverallSampling(), at.field("overall_sampling")),
                        new RequestId(
                                !ids.hasUseRequestIdForTraceSampling()
                                        || ids.getUseRequestIdForTraceSampling().getValue(),
                                !ids.hasPackTraceReason()
                                        || ids.getPackTraceReason().getValue())),
                tags,
                tracing.hasMaxPathTagLength() ? tracing.getMaxPathTagLength().getValue() : DEFAULT_URL_LENGTH,
                tracing.getSpawnUpstreamSpan().getValue(),
                !NewerFields.flag(tracing, NewerFields.NO_CONTEXT_PROPAGATION)));
    }

    private static int share(boolean present, Percent percent, Place at) {
        double value = present ? percent.getValue() : 100;
        at.field("value").require(value >= 0 && value <= 100, "value: " + value + " (expected: 0 to 100)");
        return (int) Math.round(value * Sampling.ALL / 100);
    }

    private static Collector collector(io.envoyproxy.envoy.config.trace.v3.Tracing.Http provider, Place at) {
        Place place = at.field("typed_config");
        TypedConfig config = TypedConfig.of(provider.getTypedConfig(), place);
        return switch (config.type()) {
            case TRACE + "ZipkinConfig" -> zipkin(config.unpack(ZipkinConfig.parser(), FIELDS, place), place);
            case TRACE + "OpenTelemetryConfig" ->
                openTelemetry(config.unpack(OpenTelemetryConfig.parser(), FIELDS, place), place);
            default -> throw place.refuse("'" + config.type() + "' (expected: ZipkinConfig or OpenTelemetryConfig)");
        };
    }

    private static Collector zipkin(ZipkinConfig zipkin, Place at) {
        String cluster = zipkin.getCollectorCluster();
        String path = zipkin.getCollectorEndpoint();
        at.field("collector_cluster").require(!cluster.isEmpty(), "is empty (expected: the name of a cluster)");
        at.field("collector_endpoint").require(path.startsWith("/"), "'" + path + "' (expected: a path)");
        at.field("collector_endpoint_version")
                .require(
                        zipkin.getCollectorEndpointVersion() == ZipkinConfig.CollectorEndpointVersion.HTTP_JSON,
                        "value: " + zipkin.getCollectorEndpointVersion() + " (expected: HTTP_JSON)");
        return new Collector.Zipkin(
                cluster,
                zipkin.getCollectorHostname().isEmpty() ? cluster : zipkin.getCollectorHostname(),
                path,
                zipkin.getTraceId128Bit(),
                !zipkin.hasSharedSpanContext() || zipkin.getSharedSpanContext().getValue());
    }

    private static Collector openTelemetry(OpenTelemetryConfig otel, Place at) {
        Map<String, String> attributes = new LinkedHashMap<>();
        for (int index = 0; index < otel.getResourceDetectorsCount(); index++) {
            Place place = at.field("resource_detectors").index(index);
            attributes.putAll(detected(otel.getResourceDetectors(index), place));
        }
        Map<String, String> headers = new LinkedHashMap<>();
        if (otel.hasHttpService()) {
            Place place = at.field("http_service");
            HttpUri uri = CommonDecoder.httpUri(otel.getHttpService().getHttpUri(), place.field("http_uri"));
            for (HeaderValueOption option : otel.getHttpService().getRequestHeadersToAddList()) {
                headers.put(
                        option.getHeader().getKey().toLowerCase(Locale.ROOT),
                        option.getHeader().getValue());
            }
            return new Collector.OpenTelemetry(
                    uri.cluster(),
                    new Endpoint.Http(uri.authority(), uri.path()),
                    uri.timeout(),
                    otel.getServiceName(),
                    attributes,
                    headers);
        }
        var service = otel.getGrpcService();
        Place place = at.field("grpc_service");
        String cluster = service.getEnvoyGrpc().getClusterName();
        place.field("envoy_grpc.cluster_name")
                .require(!cluster.isEmpty(), "is empty (expected: the name of a cluster)");
        service.getInitialMetadataList()
                .forEach(each -> headers.put(each.getKey().toLowerCase(Locale.ROOT), each.getValue()));
        String authority = service.getEnvoyGrpc().getAuthority();
        return new Collector.OpenTelemetry(
                cluster,
                new Endpoint.Grpc(authority.isEmpty() ? cluster : authority),
                service.hasTimeout()
                        ? CommonDecoder.duration(service.getTimeout(), place.field("timeout"))
                        : DEFAULT_TIMEOUT,
                otel.getServiceName(),
                attributes,
                headers);
    }

    /// `key=value` separated by commas, as the specification of OpenTelemetry's environment has it.
    private static Map<String, String> detected(TypedExtensionConfig detector, Place at) {
        TypedConfig config = TypedConfig.of(detector.getTypedConfig(), at.field("typed_config"));
        at.field("typed_config")
                .require(
                        config.type().equals(ENVIRONMENT_DETECTOR),
                        "'" + config.type() + "' (expected: " + ENVIRONMENT_DETECTOR + ")");
        Map<String, String> found = new LinkedHashMap<>();
        String text = System.getenv(RESOURCE_ATTRIBUTES);
        for (String pair : text == null ? new String[0] : text.split(",", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                found.put(
                        pair.substring(0, equals).strip(),
                        pair.substring(equals + 1).strip());
            }
        }
        return found;
    }

    private static LogFormat format(String text, Place at) {
        try {
            return LogFormat.text(text, true);
        } catch (IllegalArgumentException wrong) {
            throw at.refuse("'" + text + "': " + wrong.getMessage());
        }
    }

    private static Optional<CustomTag> tag(io.envoyproxy.envoy.type.tracing.v3.CustomTag tag, Place at) {
        String name = tag.getTag();
        at.field("tag").require(!name.isEmpty(), "is empty (expected: a name)");
        return switch (tag.getTypeCase()) {
            case LITERAL ->
                Optional.of(new CustomTag.Literal(name, tag.getLiteral().getValue()));
            case ENVIRONMENT -> {
                String value = System.getenv(tag.getEnvironment().getName());
                String found = value == null ? tag.getEnvironment().getDefaultValue() : value;
                yield found.isEmpty() ? Optional.empty() : Optional.of(new CustomTag.Literal(name, found));
            }
            case REQUEST_HEADER ->
                Optional.of(new CustomTag.Header(
                        name,
                        tag.getRequestHeader().getName().toLowerCase(Locale.ROOT),
                        tag.getRequestHeader().getDefaultValue()));
            case METADATA ->
                Optional.of(new CustomTag.RequestMetadata(
                        name,
                        tag.getMetadata().getMetadataKey().getKey(),
                        tag.getMetadata().getMetadataKey().getPathList().stream()
                                .map(MetadataKey.PathSegment::getKey)
                                .toList(),
                        tag.getMetadata().getDefaultValue()));
            case TYPE_NOT_SET ->
                Optional.of(new CustomTag.Formatted(
                        name,
                        format(
                                NewerFields.text(tag, NewerFields.CUSTOM_TAG_VALUE)
                                        .orElseThrow(() -> at.refuse("has no value (expected: literal, environment,"
                                                + " request_header, metadata or value)")),
                                at.field("value"))));
        };
    }
}
