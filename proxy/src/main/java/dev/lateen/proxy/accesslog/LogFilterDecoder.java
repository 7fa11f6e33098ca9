package dev.lateen.proxy.accesslog;

import dev.lateen.proxy.config.CommonDecoder;
import dev.lateen.proxy.config.MetadataMatcherDecoder;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.TypedConfig;
import dev.lateen.proxy.expression.ExpressionCompiler;
import dev.lateen.proxy.stream.ResponseFlag;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLogFilter;
import io.envoyproxy.envoy.config.accesslog.v3.ComparisonFilter;
import io.envoyproxy.envoy.config.accesslog.v3.ExtensionFilter;
import io.envoyproxy.envoy.config.accesslog.v3.GrpcStatusFilter;
import io.envoyproxy.envoy.config.accesslog.v3.MetadataFilter;
import io.envoyproxy.envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Decodes access-log filters. Runtime keys have no effect: their defaults count.
final class LogFilterDecoder {
    private static final String EXPRESSION = "envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter";

    private LogFilterDecoder() {}

    static LogFilter decode(AccessLogFilter filter, Place at) {
        return switch (filter.getFilterSpecifierCase()) {
            case STATUS_CODE_FILTER -> {
                ComparisonFilter comparison = filter.getStatusCodeFilter().getComparison();
                yield new LogFilter.StatusCode(
                        comparison(comparison, at), comparison.getValue().getDefaultValue());
            }
            case DURATION_FILTER -> {
                ComparisonFilter comparison = filter.getDurationFilter().getComparison();
                yield new LogFilter.Duration(
                        comparison(comparison, at),
                        Integer.toUnsignedLong(comparison.getValue().getDefaultValue()));
            }
            case NOT_HEALTH_CHECK_FILTER -> LogFilter.NotHealthCheck.INSTANCE;
            case RUNTIME_FILTER ->
                new LogFilter.Sampled(CommonDecoder.fraction(
                        filter.getRuntimeFilter().getPercentSampled(), at.field("runtime_filter")));
            case AND_FILTER -> new LogFilter.And(list(filter.getAndFilter().getFiltersList(), at.field("and_filter")));
            case OR_FILTER -> new LogFilter.Or(list(filter.getOrFilter().getFiltersList(), at.field("or_filter")));
            case HEADER_FILTER ->
                new LogFilter.Header(
                        CommonDecoder.header(filter.getHeaderFilter().getHeader(), at.field("header_filter.header")));
            case RESPONSE_FLAG_FILTER ->
                new LogFilter.Flags(
                        flags(filter.getResponseFlagFilter().getFlagsList(), at.field("response_flag_filter")));
            case GRPC_STATUS_FILTER -> grpc(filter.getGrpcStatusFilter(), at.field("grpc_status_filter"));
            case TRACEABLE_FILTER -> throw at.field("traceable_filter").unsupported();
            case EXTENSION_FILTER -> condition(filter.getExtensionFilter(), at.field("extension_filter"));
            case METADATA_FILTER -> metadata(filter.getMetadataFilter(), at.field("metadata_filter"));
            case LOG_TYPE_FILTER -> throw at.field("log_type_filter").unsupported();
            case FILTERSPECIFIER_NOT_SET -> throw at.refuse("an access-log filter without a condition");
        };
    }

    private static LogFilter condition(ExtensionFilter filter, Place at) {
        Place place = at.field("typed_config");
        TypedConfig config = TypedConfig.of(filter.getTypedConfig(), place);
        place.require(config.type().equals(EXPRESSION), "'" + config.type() + "' (expected: " + EXPRESSION + ")");
        ExpressionFilter condition = config.unpack(ExpressionFilter.parser(), AccessLogDecoder.CONDITION_FIELDS, place);
        return new LogFilter.Condition(
                ExpressionCompiler.compile(condition.getExpression(), place.field("expression")));
    }

    private static LogFilter metadata(MetadataFilter filter, Place at) {
        return new LogFilter.Metadata(
                MetadataMatcherDecoder.decode(filter.getMatcher(), at.field("matcher")),
                !filter.hasMatchIfKeyNotFound()
                        || filter.getMatchIfKeyNotFound().getValue());
    }

    private static List<LogFilter> list(List<AccessLogFilter> filters, Place at) {
        List<LogFilter> decoded = new ArrayList<>();
        for (int index = 0; index < filters.size(); index++) {
            decoded.add(decode(filters.get(index), at.field("filters").index(index)));
        }
        return List.copyOf(decoded);
    }

    private static LogFilter.Comparison comparison(ComparisonFilter comparison, Place at) {
        return switch (comparison.getOp()) {
            case EQ -> LogFilter.Comparison.EQUAL;
            case GE -> LogFilter.Comparison.AT_LEAST;
            case LE -> LogFilter.Comparison.AT_MOST;
            case UNRECOGNIZED -> throw at.field("op").refuse(comparison.getOpValue(), "EQ, GE or LE");
        };
    }

    private static Set<ResponseFlag> flags(List<String> codes, Place at) {
        Set<ResponseFlag> flags = EnumSet.noneOf(ResponseFlag.class);
        for (String code : codes) {
            flags.add(flag(code, at));
        }
        return Set.copyOf(flags);
    }

    private static ResponseFlag flag(String code, Place at) {
        for (ResponseFlag flag : ResponseFlag.values()) {
            if (flag.code().equals(code)) {
                return flag;
            }
        }
        throw at.field("flags").refuse("'" + code + "'", "a response flag such as UH or UF");
    }

    private static LogFilter grpc(GrpcStatusFilter filter, Place at) {
        Set<Integer> statuses = new HashSet<>();
        for (GrpcStatusFilter.Status status : filter.getStatusesList()) {
            at.field("statuses").require(status != GrpcStatusFilter.Status.UNRECOGNIZED, "an unknown gRPC status");
            statuses.add(status.getNumber());
        }
        return new LogFilter.GrpcStatusIs(Set.copyOf(statuses), filter.getExclude());
    }
}
