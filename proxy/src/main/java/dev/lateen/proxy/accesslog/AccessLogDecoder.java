package dev.lateen.proxy.accesslog;

import com.google.protobuf.Struct;
import dev.lateen.proxy.config.CommonDecoder;
import dev.lateen.proxy.config.CommonFields;
import dev.lateen.proxy.config.ImplementedFields;
import dev.lateen.proxy.config.Metadata;
import dev.lateen.proxy.config.MetadataMatcherDecoder;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.TypedConfig;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLog;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLogFilter;
import io.envoyproxy.envoy.config.core.v3.SubstitutionFormatString;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.extensions.access_loggers.file.v3.FileAccessLog;
import io.envoyproxy.envoy.extensions.access_loggers.stream.v3.StderrAccessLog;
import io.envoyproxy.envoy.extensions.access_loggers.stream.v3.StdoutAccessLog;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// Decodes access logs and their filters.
public final class AccessLogDecoder {
    private static final String FILTER = "envoy.config.accesslog.v3.";
    /// Of filters, wherever they stand.
    public static final ImplementedFields FILTER_FIELDS = ImplementedFields.builder()
            .include(CommonFields.LIST)
            .include(MetadataMatcherDecoder.FIELDS)
            .message(
                    FILTER + "AccessLogFilter",
                    "status_code_filter",
                    "duration_filter",
                    "not_health_check_filter",
                    "runtime_filter",
                    "and_filter",
                    "or_filter",
                    "header_filter",
                    "response_flag_filter",
                    "grpc_status_filter",
                    "metadata_filter")
            .whole(
                    FILTER + "ComparisonFilter",
                    FILTER + "StatusCodeFilter",
                    FILTER + "DurationFilter",
                    FILTER + "NotHealthCheckFilter",
                    FILTER + "RuntimeFilter",
                    FILTER + "ResponseFlagFilter",
                    FILTER + "GrpcStatusFilter")
            .message(FILTER + "AndFilter", "filters")
            .message(FILTER + "OrFilter", "filters")
            .message(FILTER + "HeaderFilter", "header")
            .message(FILTER + "MetadataFilter", "matcher", "match_if_key_not_found")
            .build();
    static final ImplementedFields CONDITION_FIELDS = ImplementedFields.builder()
            .message("envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter", "expression")
            .build();
    private static final ImplementedFields FIELDS = ImplementedFields.builder()
            .include(FILTER_FIELDS)
            .message(FILTER + "AccessLogFilter", "extension_filter")
            .message(FILTER + "ExtensionFilter", "name", "typed_config")
            .message(FILTER + "AccessLog", "name", "filter", "typed_config")
            .message(
                    "envoy.extensions.access_loggers.file.v3.FileAccessLog",
                    "path",
                    "format",
                    "json_format",
                    "typed_json_format",
                    "log_format")
            .message("envoy.extensions.access_loggers.stream.v3.StdoutAccessLog", "log_format")
            .message("envoy.extensions.access_loggers.stream.v3.StderrAccessLog", "log_format")
            .message(
                    "envoy.config.core.v3.SubstitutionFormatString",
                    "text_format",
                    "json_format",
                    "text_format_source",
                    "omit_empty_values",
                    "formatters")
            .harmless(
                    "envoy.config.core.v3.SubstitutionFormatString",
                    "keys are always sorted; the type is of local replies",
                    "json_format_options",
                    "content_type")
            .whole("envoy.config.core.v3.JsonFormatOptions")
            .build();

    private static final List<String> FORMATTERS = List.of(
            "envoy.extensions.formatter.req_without_query.v3.ReqWithoutQuery",
            "envoy.extensions.formatter.metadata.v3.Metadata");

    private AccessLogDecoder() {}

    /// Throws a `Refusal` on what is wrong or not supported.
    public static List<AccessLogConfig> decode(List<AccessLog> logs, Place at) {
        List<AccessLogConfig> configs = new ArrayList<>();
        for (int index = 0; index < logs.size(); index++) {
            configs.add(decode(logs.get(index), at.index(index)));
        }
        return List.copyOf(configs);
    }

    /// What a filter says, whose fields are checked already.
    public static LogFilter filter(AccessLogFilter filter, Place at) {
        return LogFilterDecoder.decode(filter, at);
    }

    static AccessLogConfig decode(AccessLog log, Place at) {
        FIELDS.check(log, at);
        LogFilter filter =
                log.hasFilter() ? LogFilterDecoder.decode(log.getFilter(), at.field("filter")) : LogFilter.All.INSTANCE;
        Place place = at.field("typed_config");
        TypedConfig config = TypedConfig.of(log.getTypedConfig(), place);
        return switch (config.type()) {
            case "envoy.extensions.access_loggers.file.v3.FileAccessLog" ->
                file(config.unpack(FileAccessLog.parser(), FIELDS, place), filter, place);
            case "envoy.extensions.access_loggers.stream.v3.StdoutAccessLog" ->
                new AccessLogConfig.File(
                        AccessLogConfig.STDOUT,
                        format(
                                config.unpack(StdoutAccessLog.parser(), FIELDS, place)
                                        .getLogFormat(),
                                place),
                        filter);
            case "envoy.extensions.access_loggers.stream.v3.StderrAccessLog" ->
                new AccessLogConfig.File(
                        AccessLogConfig.STDERR,
                        format(
                                config.unpack(StderrAccessLog.parser(), FIELDS, place)
                                        .getLogFormat(),
                                place),
                        filter);
            case LogCollectorDecoder.REQUESTS ->
                new AccessLogConfig.Collected(LogCollectorDecoder.requests(config, place), filter);
            case LogCollectorDecoder.CONNECTIONS ->
                new AccessLogConfig.Collected(LogCollectorDecoder.connections(config, place), filter);
            case LogCollectorDecoder.OPEN_TELEMETRY ->
                new AccessLogConfig.Collected(LogCollectorDecoder.openTelemetry(config, place), filter);
            default ->
                throw at.refuse("access logger '" + log.getName() + "' (" + config.type()
                        + ") is not supported by this proxy yet (expected: file, stdout, stderr, http_grpc, tcp_grpc"
                        + " or open_telemetry)");
        };
    }

    @SuppressWarnings("deprecation") // Older forms of the format are still sent.
    private static AccessLogConfig file(FileAccessLog log, LogFilter filter, Place at) {
        at.field("path").require(!log.getPath().isEmpty(), "is empty (expected: a file)");
        LogFormat format = switch (log.getAccessLogFormatCase()) {
            case FORMAT -> compile(() -> LogFormat.text(log.getFormat(), false), at.field("format"));
            case JSON_FORMAT -> json(log.getJsonFormat(), false, at.field("json_format"));
            case TYPED_JSON_FORMAT -> json(log.getTypedJsonFormat(), false, at.field("typed_json_format"));
            case LOG_FORMAT -> format(log.getLogFormat(), at);
            case ACCESSLOGFORMAT_NOT_SET -> LogFormat.text(LogFormat.ENVOY_TEXT, false);
        };
        return new AccessLogConfig.File(log.getPath(), format, filter);
    }

    @SuppressWarnings("deprecation") // text_format
    private static LogFormat format(SubstitutionFormatString format, Place parent) {
        Place at = parent.field("log_format");
        boolean omitEmpty = format.getOmitEmptyValues();
        formatters(format.getFormattersList(), at.field("formatters"));
        return switch (format.getFormatCase()) {
            case TEXT_FORMAT ->
                compile(() -> LogFormat.text(format.getTextFormat(), omitEmpty), at.field("text_format"));
            case TEXT_FORMAT_SOURCE -> {
                Place place = at.field("text_format_source");
                String text =
                        new String(CommonDecoder.data(format.getTextFormatSource(), place), StandardCharsets.UTF_8);
                yield compile(() -> LogFormat.text(text, omitEmpty), place);
            }
            case JSON_FORMAT -> json(format.getJsonFormat(), omitEmpty, at.field("json_format"));
            case FORMAT_NOT_SET -> LogFormat.text(LogFormat.ENVOY_TEXT, omitEmpty);
        };
    }

    /// Their operators are known here also where nobody names the extension.
    static void formatters(List<TypedExtensionConfig> formatters, Place at) {
        for (int index = 0; index < formatters.size(); index++) {
            Place place = at.index(index).field("typed_config");
            String type = TypedConfig.of(formatters.get(index).getTypedConfig(), place)
                    .type();
            place.require(FORMATTERS.contains(type), "'" + type + "' (expected: one of " + FORMATTERS + ")");
        }
    }

    private static LogFormat json(Struct struct, boolean omitEmpty, Place at) {
        return compile(() -> LogFormat.json(Metadata.tree(struct), omitEmpty), at);
    }

    static LogFormat compile(Supplier<LogFormat> compiler, Place at) {
        try {
            return compiler.get();
        } catch (IllegalArgumentException e) {
            throw at.refuse(String.valueOf(e.getMessage()));
        }
    }
}
