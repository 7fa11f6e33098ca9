package dev.lateen.proxy.accesslog;

import dev.lateen.net.http.Headers;
import dev.lateen.proxy.accesslog.MetadataOperator.Source;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.Refusal;
import dev.lateen.proxy.expression.Expression;
import dev.lateen.proxy.expression.ExpressionCompiler;
import dev.lateen.proxy.expression.Surroundings;
import dev.lateen.proxy.stream.GrpcStatus;
import dev.lateen.proxy.stream.ResponseFlag;
import dev.lateen.proxy.stream.StreamInfo;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The command operators of access-log formats.
///
/// Source: Envoy documentation, "Command operators"; Istio's default access-log format.
final class LogOperators {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private LogOperators() {}

    /// Empty where the name is unknown; an `IllegalArgumentException` says what is wrong with the argument.
    static Optional<LogOperator> of(String name, String argument) {
        Optional<LogOperator> withArgument = withArgument(name, argument);
        if (withArgument.isPresent()) {
            return withArgument;
        }
        Optional<LogOperator> plain = number(name)
                .or(() -> text(name))
                .or(() -> Optional.ofNullable(AddressOperators.of(name)))
                .or(() -> Optional.ofNullable(TlsOperators.of(name)).map(LogOperators::text));
        if (plain.isPresent() && !argument.isEmpty()) {
            throw new IllegalArgumentException("%" + name + "% takes no argument");
        }
        return plain;
    }

    private static Optional<LogOperator> withArgument(String name, String argument) {
        return Optional.ofNullable(
                switch (name) {
                    case "REQ", "REQUEST_HEADER" -> header(argument, name, LogOperators::requestHeader);
                    case "REQ_WITHOUT_QUERY" -> header(argument, name, header -> withoutQuery(requestHeader(header)));
                    case "RESP", "RESPONSE_HEADER" ->
                        header(argument, name, header -> headerOf(info -> info.responseHeaders, header));
                    case "TRAILER", "RESPONSE_TRAILER" ->
                        header(argument, name, header -> headerOf(info -> info.responseTrailers, header));
                    case "START_TIME" -> StartTime.of(argument, info -> info.startEpochMillis);
                    case "EMIT_TIME" -> StartTime.of(argument, LogOperators::endMillis);
                    case "GRPC_STATUS" -> grpcStatus(argument);
                    case "METADATA" -> MetadataOperator.of(argument);
                    case "DYNAMIC_METADATA" -> MetadataOperator.of(Source.DYNAMIC, argument, name);
                    case "CLUSTER_METADATA" -> MetadataOperator.of(Source.CLUSTER, argument, name);
                    case "UPSTREAM_METADATA" -> MetadataOperator.of(Source.UPSTREAM_HOST, argument, name);
                    case "CEL" -> expression(argument);
                    case "ENVIRONMENT" -> constant(System.getenv(argument));
                    case "QUERY_PARAM" -> UriOperators.query(argument);
                    case "PATH" -> UriOperators.path(argument);
                    case "COMMON_DURATION" -> DurationOperator.of(argument);
                    default -> TlsOperators.validity(name, argument);
                });
    }

    private static Optional<LogOperator> number(String name) {
        return Optional.ofNullable(
                switch (name) {
                    case "RESPONSE_CODE" -> number(info -> info.status);
                    case "CONNECTION_ID" -> number(info -> info.connectionId);
                    case "BYTES_RECEIVED" -> number(info -> info.bytesReceived);
                    case "BYTES_SENT" -> number(info -> info.bytesSent);
                    case "UPSTREAM_REQUEST_ATTEMPT_COUNT" -> number(info -> info.attempts);
                    case "DURATION" -> millis(info -> info.startNanos, info -> info.endNanos);
                    case "REQUEST_DURATION" -> millis(info -> info.startNanos, info -> info.requestEndNanos);
                    case "REQUEST_TX_DURATION" ->
                        millis(info -> info.startNanos, info -> info.upstreamLastByteSentNanos);
                    case "RESPONSE_DURATION" -> millis(info -> info.startNanos, info -> info.upstreamHeadNanos);
                    case "RESPONSE_TX_DURATION" -> millis(info -> info.upstreamHeadNanos, info -> info.endNanos);
                    case "GRPC_STATUS_NUMBER" -> grpcStatus("NUMBER");
                    default -> null;
                });
    }

    private static Optional<LogOperator> text(String name) {
        return Optional.ofNullable(
                switch (name) {
                    case "PROTOCOL" ->
                        plain(info -> info.request == null
                                ? null
                                : info.request.version().text());
                    case "RESPONSE_CODE_DETAILS" -> text(info -> info.details);
                    case "CONNECTION_TERMINATION_DETAILS" -> text(info -> info.connectionTerminationDetails);
                    case "UPSTREAM_TRANSPORT_FAILURE_REASON" -> text(info -> info.upstreamTransportFailure);
                    case "DOWNSTREAM_TRANSPORT_FAILURE_REASON" -> text(info -> info.downstreamTransportFailure);
                    case "RESPONSE_FLAGS" -> plain(info -> info.flags().isEmpty() ? null : info.flagsText());
                    case "RESPONSE_FLAGS_LONG" ->
                        plain(info -> info.flags().isEmpty() ? null : longNames(info.flags()));
                    case "UPSTREAM_CLUSTER", "UPSTREAM_CLUSTER_RAW" -> text(info -> info.clusterName);
                    case "ROUTE_NAME" -> text(info -> info.routeName);
                    case "FILTER_CHAIN_NAME" -> text(info -> info.filterChainName);
                    case "REQUESTED_SERVER_NAME" -> text(info -> info.requestedServerName);
                    case "TRACE_ID" -> text(info -> info.traceId);
                    case "DOWNSTREAM_PEER_URI_SAN" -> text(info -> info.downstreamPeerUri);
                    case "DOWNSTREAM_LOCAL_URI_SAN" -> text(info -> info.downstreamLocalUri);
                    case "UPSTREAM_PEER_URI_SAN" -> text(info -> info.upstreamPeerUri);
                    case "UPSTREAM_LOCAL_URI_SAN" -> text(info -> info.upstreamLocalUri);
                    case "UPSTREAM_PROTOCOL" ->
                        plain(info -> info.upstreamProtocol == null ? null : info.upstreamProtocol.text());
                    case "UNIQUE_ID" -> plain(_ -> uuid());
                    case "HOSTNAME" -> constant(System.getenv("HOSTNAME"));
                    default -> null;
                });
    }

    /// One of version 4 (RFC 9562 §5.4).
    private static String uuid() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return new UUID((random.nextLong() & ~0xf000L) | 0x4000L, (random.nextLong() >>> 2) | Long.MIN_VALUE)
                .toString();
    }

    private static String longNames(Set<ResponseFlag> flags) {
        return flags.stream().map(ResponseFlag::longName).collect(Collectors.joining(","));
    }

    private static long endMillis(StreamInfo info) {
        return info.endNanos == 0
                ? info.startEpochMillis
                : info.startEpochMillis + (info.endNanos - info.startNanos) / NANOS_PER_MILLI;
    }

    private static LogOperator.Numeric number(ToLongFunction<StreamInfo> value) {
        return (info, out) -> {
            out.append(value.applyAsLong(info));
            return true;
        };
    }

    private static LogOperator.Numeric millis(ToLongFunction<StreamInfo> from, ToLongFunction<StreamInfo> to) {
        return (info, out) -> {
            long start = from.applyAsLong(info);
            long end = to.applyAsLong(info);
            if (start == 0 || end == 0) {
                return false;
            }
            out.append((end - start) / NANOS_PER_MILLI);
            return true;
        };
    }

    static LogOperator text(Function<StreamInfo, @Nullable String> value) {
        return (info, out) -> append(value.apply(info), out);
    }

    /// @param value what came over the wire, each character an octet
    static LogOperator octets(Function<StreamInfo, @Nullable String> value) {
        return (info, out) -> appendField(value.apply(info), out);
    }

    /// @param value words of our own, all of ASCII
    private static LogOperator.Plain plain(Function<StreamInfo, @Nullable String> value) {
        return (info, out) -> appendField(value.apply(info), out);
    }

    private static LogOperator constant(@Nullable String value) {
        return (_, out) -> append(value, out);
    }

    private static boolean append(@Nullable String value, LineBuffer out) {
        if (value == null || value.isEmpty()) {
            return false;
        }
        out.append(value);
        return true;
    }

    private static boolean appendField(@Nullable String value, LineBuffer out) {
        if (value == null || value.isEmpty()) {
            return false;
        }
        out.appendField(value);
        return true;
    }

    /// `NAME` or `NAME?ALTERNATIVE`.
    ///
    /// @param source what looks a header up
    private static LogOperator header(
            String argument, String operator, Function<String, Function<StreamInfo, @Nullable String>> source) {
        if (argument.isEmpty()) {
            throw new IllegalArgumentException(
                    "%" + operator + "% needs a header name, as in %" + operator + "(NAME)%");
        }
        int mark = argument.indexOf('?');
        Function<StreamInfo, @Nullable String> main =
                source.apply((mark < 0 ? argument : argument.substring(0, mark)).toLowerCase(Locale.ROOT));
        if (mark < 0) {
            return octets(main);
        }
        Function<StreamInfo, @Nullable String> alternative =
                source.apply(argument.substring(mark + 1).toLowerCase(Locale.ROOT));
        return (info, out) -> appendField(main.apply(info), out) || appendField(alternative.apply(info), out);
    }

    /// Each in one step: they are in nearly every line.
    private static Function<StreamInfo, @Nullable String> requestHeader(String name) {
        return switch (name) {
            case ":method" -> info -> info.request == null ? null : info.request.method();
            case ":path" -> info -> info.request == null ? null : info.request.path();
            case ":authority", "host" -> info -> info.request == null ? null : info.request.authority();
            case ":scheme" -> info -> info.request == null ? null : info.request.scheme();
            case ":protocol" -> info -> info.request == null ? null : info.request.protocol();
            case "x-envoy-original-path" ->
                info -> info.originalPath == null ? requestField(info, name) : info.originalPath;
            default -> info -> requestField(info, name);
        };
    }

    private static @Nullable String requestField(StreamInfo info, String name) {
        return info.request == null ? null : info.request.headers().get(name);
    }

    private static Function<StreamInfo, @Nullable String> withoutQuery(Function<StreamInfo, @Nullable String> whole) {
        return info -> withoutQuery(whole.apply(info));
    }

    static @Nullable String withoutQuery(@Nullable String path) {
        int query = path == null ? -1 : path.indexOf('?');
        return path == null || query < 0 ? path : path.substring(0, query);
    }

    private static Function<StreamInfo, @Nullable String> headerOf(
            Function<StreamInfo, @Nullable Headers> message, String name) {
        if (name.equals(":status")) {
            return info -> info.status == 0 ? null : Integer.toString(info.status);
        }
        return info -> {
            Headers headers = message.apply(info);
            return headers == null ? null : headers.get(name);
        };
    }

    /// A CEL expression, whose refusal tells the column.
    private static LogOperator expression(String text) {
        try {
            Expression value = ExpressionCompiler.compileWithoutNode(text, Place.resource("operator", "%CEL%"));
            return octets(info -> value.text(info, Surroundings.NONE));
        } catch (Refusal refusal) {
            throw new IllegalArgumentException(refusal.getMessage(), refusal);
        }
    }

    private static LogOperator grpcStatus(String form) {
        return switch (form) {
            case "", "CAMEL_STRING" -> text(info -> grpcText(info, false));
            case "SNAKE_STRING" -> text(info -> grpcText(info, true));
            case "NUMBER" -> {
                LogOperator.Numeric number = (info, out) -> {
                    int status = GrpcStatus.of(info);
                    if (status >= 0) {
                        out.append(status);
                    }
                    return status >= 0;
                };
                yield number;
            }
            default ->
                throw new IllegalArgumentException(
                        "%GRPC_STATUS(" + form + ")% (expected: CAMEL_STRING, SNAKE_STRING or NUMBER)");
        };
    }

    private static @Nullable String grpcText(StreamInfo info, boolean snake) {
        int status = GrpcStatus.of(info);
        return status < 0 ? null : GrpcStatus.text(status, snake);
    }
}
