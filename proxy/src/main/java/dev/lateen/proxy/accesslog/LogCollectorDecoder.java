package dev.lateen.proxy.accesslog;

import dev.lateen.proxy.config.CommonDecoder;
import dev.lateen.proxy.config.CommonFields;
import dev.lateen.proxy.config.ImplementedFields;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.TypedConfig;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import io.envoyproxy.envoy.extensions.access_loggers.grpc.v3.CommonGrpcAccessLogConfig;
import io.envoyproxy.envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig;
import io.envoyproxy.envoy.extensions.access_loggers.grpc.v3.TcpGrpcAccessLogConfig;
import io.envoyproxy.envoy.extensions.access_loggers.open_telemetry.v3.OpenTelemetryAccessLogConfig;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Decodes access logs that are sent to collectors. Thread: main.
final class LogCollectorDecoder {
    private static final String GRPC = "envoy.extensions.access_loggers.grpc.v3.";
    static final String REQUESTS = GRPC + "HttpGrpcAccessLogConfig";
    static final String CONNECTIONS = GRPC + "TcpGrpcAccessLogConfig";
    static final String OPEN_TELEMETRY =
            "envoy.extensions.access_loggers.open_telemetry.v3.OpenTelemetryAccessLogConfig";
    private static final String VALUES = "opentelemetry.proto.common.v1.";
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

    static final ImplementedFields FIELDS = ImplementedFields.builder()
            .include(CommonFields.LIST)
            .message(
                    REQUESTS,
                    "common_config",
                    "additional_request_headers_to_log",
                    "additional_response_headers_to_log",
                    "additional_response_trailers_to_log")
            .message(CONNECTIONS, "common_config")
            .message(GRPC + "CommonGrpcAccessLogConfig", "log_name", "grpc_service", "transport_api_version")
            .harmless(
                    GRPC + "CommonGrpcAccessLogConfig",
                    "when entries leave, not which; a batch is sent once",
                    "buffer_flush_interval",
                    "buffer_size_bytes")
            .message("envoy.config.core.v3.GrpcService", "envoy_grpc", "timeout", "initial_metadata")
            .message("envoy.config.core.v3.GrpcService.EnvoyGrpc", "cluster_name", "authority")
            .message(
                    OPEN_TELEMETRY,
                    "common_config",
                    "disable_builtin_labels",
                    "resource_attributes",
                    "body",
                    "attributes",
                    "formatters")
            .harmless(OPEN_TELEMETRY, "its numbers keep their usual names", "stat_prefix")
            .message(VALUES + "KeyValueList", "values")
            .message(VALUES + "KeyValue", "key", "value")
            .message(VALUES + "AnyValue", "string_value")
            .build();

    private LogCollectorDecoder() {}

    static LogCollector requests(TypedConfig config, Place at) {
        HttpGrpcAccessLogConfig log = config.unpack(HttpGrpcAccessLogConfig.parser(), FIELDS, at);
        return new LogCollector.Requests(
                target(log.getCommonConfig(), at.field("common_config")),
                lower(log.getAdditionalRequestHeadersToLogList()),
                lower(log.getAdditionalResponseHeadersToLogList()),
                lower(log.getAdditionalResponseTrailersToLogList()));
    }

    static LogCollector connections(TypedConfig config, Place at) {
        TcpGrpcAccessLogConfig log = config.unpack(TcpGrpcAccessLogConfig.parser(), FIELDS, at);
        return new LogCollector.Connections(target(log.getCommonConfig(), at.field("common_config")));
    }

    static LogCollector openTelemetry(TypedConfig config, Place at) {
        OpenTelemetryAccessLogConfig log = config.unpack(OpenTelemetryAccessLogConfig.parser(), FIELDS, at);
        AccessLogDecoder.formatters(log.getFormattersList(), at.field("formatters"));
        Map<String, String> resource = new LinkedHashMap<>();
        LogCollector.Target target = target(log.getCommonConfig(), at.field("common_config"));
        if (!log.getDisableBuiltinLabels()) {
            resource.put("log_name", target.name());
        }
        for (KeyValue each : log.getResourceAttributes().getValuesList()) {
            resource.put(each.getKey(), text(each.getValue(), at.field("resource_attributes")));
        }
        Map<String, LogFormat> attributes = new LinkedHashMap<>();
        for (KeyValue each : log.getAttributes().getValuesList()) {
            Place place = at.field("attributes").key(each.getKey());
            attributes.put(each.getKey(), format(each.getValue(), place));
        }
        Optional<LogFormat> body =
                log.hasBody() ? Optional.of(format(log.getBody(), at.field("body"))) : Optional.empty();
        return new LogCollector.OpenTelemetry(target, resource, body, attributes);
    }

    private static LogFormat format(AnyValue value, Place at) {
        return AccessLogDecoder.compile(() -> LogFormat.text(text(value, at), false), at);
    }

    private static String text(AnyValue value, Place at) {
        at.require(value.hasStringValue(), "is no text (expected: string_value)");
        return value.getStringValue();
    }

    private static LogCollector.Target target(CommonGrpcAccessLogConfig common, Place at) {
        at.field("log_name").require(!common.getLogName().isEmpty(), "is empty (expected: a name)");
        GrpcService service = common.getGrpcService();
        Place place = at.field("grpc_service");
        String cluster = service.getEnvoyGrpc().getClusterName();
        place.field("envoy_grpc.cluster_name")
                .require(!cluster.isEmpty(), "is empty (expected: the name of a cluster)");
        String authority = service.getEnvoyGrpc().getAuthority();
        Map<String, String> metadata = new LinkedHashMap<>();
        service.getInitialMetadataList()
                .forEach(each -> metadata.put(each.getKey().toLowerCase(Locale.ROOT), each.getValue()));
        return new LogCollector.Target(
                cluster,
                authority.isEmpty() ? cluster : authority,
                common.getLogName(),
                service.hasTimeout()
                        ? CommonDecoder.duration(service.getTimeout(), place.field("timeout"))
                        : DEFAULT_TIMEOUT,
                metadata);
    }

    private static List<String> lower(List<String> names) {
        return names.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
    }
}
