package dev.lateen.proxy.health;

import com.google.protobuf.ByteString;
import com.google.protobuf.UInt32Value;
import dev.lateen.proxy.config.CommonDecoder;
import dev.lateen.proxy.config.CommonFields;
import dev.lateen.proxy.config.ImplementedFields;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.StringMatcher;
import dev.lateen.proxy.health.CheckKind.Field;
import dev.lateen.proxy.health.CheckKind.StatusRange;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.HealthCheck;
import io.envoyproxy.envoy.config.core.v3.RequestMethod;
import io.envoyproxy.envoy.type.v3.CodecClientType;
import io.envoyproxy.envoy.type.v3.Int64Range;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// Decodes a health check. What it sets and this proxy does not do (event logs, PROXY headers, custom checkers) refuses
/// it by the field's name.
public final class HealthCheckDecoder {
    private static final String TYPE = "envoy.config.core.v3.HealthCheck";

    public static final ImplementedFields FIELDS = ImplementedFields.builder()
            .include(CommonFields.LIST)
            .message(
                    TYPE,
                    "timeout",
                    "interval",
                    "initial_jitter",
                    "interval_jitter",
                    "interval_jitter_percent",
                    "unhealthy_threshold",
                    "healthy_threshold",
                    "reuse_connection",
                    "http_health_check",
                    "tcp_health_check",
                    "grpc_health_check",
                    "no_traffic_interval",
                    "no_traffic_healthy_interval",
                    "unhealthy_interval",
                    "unhealthy_edge_interval",
                    "healthy_edge_interval",
                    "tls_options")
            .harmless(
                    TYPE,
                    "events have no log, which is refused where it is asked for",
                    "always_log_health_check_failures",
                    "always_log_health_check_success")
            .message(TYPE + ".TlsOptions", "alpn_protocols")
            .message(TYPE + ".Payload", "text", "binary")
            .message(
                    TYPE + ".HttpHealthCheck",
                    "host",
                    "path",
                    "receive",
                    "response_buffer_size",
                    "request_headers_to_add",
                    "request_headers_to_remove",
                    "expected_statuses",
                    "retriable_statuses",
                    "codec_client_type",
                    "service_name_matcher",
                    "method")
            .message(TYPE + ".TcpHealthCheck", "send", "receive")
            .message(TYPE + ".GrpcHealthCheck", "service_name", "authority", "initial_metadata")
            .message("envoy.config.core.v3.HeaderValueOption", "header", "append", "append_action", "keep_empty_value")
            .build();

    private static final Duration NO_TRAFFIC = Duration.ofSeconds(60);
    private static final long RESPONSE_BUFFER = 1024;
    private static final int HUNDRED = 100;
    private static final Pattern VISIBLE = Pattern.compile("[ -~]*");

    private HealthCheckDecoder() {}

    /// The one check of a cluster; empty for none.
    public static Optional<HealthCheckConfig> decode(List<HealthCheck> checks, Place at) {
        if (checks.isEmpty()) {
            return Optional.empty();
        }
        at.require(checks.size() == 1, checks.size() + " checks (expected: one, as with Envoy)");
        HealthCheck check = checks.getFirst();
        Place place = at.index(0);
        return Optional.of(new HealthCheckConfig(
                kind(check, place),
                positive(check.hasTimeout(), check.getTimeout(), place.field("timeout")),
                pace(check, place),
                threshold(check.hasUnhealthyThreshold(), check.getUnhealthyThreshold(), "unhealthy_threshold", place),
                threshold(check.hasHealthyThreshold(), check.getHealthyThreshold(), "healthy_threshold", place),
                !check.hasReuseConnection() || check.getReuseConnection().getValue(),
                check.getTlsOptions().getAlpnProtocolsList()));
    }

    private static int threshold(boolean present, UInt32Value value, String field, Place at) {
        at.field(field).require(present, "is missing");
        // At least one, as with Envoy, which counts before it compares.
        return Math.clamp(Integer.toUnsignedLong(value.getValue()), 1, Integer.MAX_VALUE);
    }

    private static Duration positive(boolean present, com.google.protobuf.Duration duration, Place at) {
        at.require(present, "is missing");
        Duration decoded = CommonDecoder.duration(duration, at);
        at.require(decoded.toMillis() >= 1, "value: " + decoded + " (expected: at least 1ms)");
        return decoded;
    }

    private static Duration positive(
            boolean present, com.google.protobuf.Duration duration, Duration otherwise, Place at) {
        return present ? positive(true, duration, at) : otherwise;
    }

    private static CheckPace pace(HealthCheck check, Place at) {
        Duration interval = positive(check.hasInterval(), check.getInterval(), at.field("interval"));
        Duration noTraffic = positive(
                check.hasNoTrafficInterval(),
                check.getNoTrafficInterval(),
                NO_TRAFFIC,
                at.field("no_traffic_interval"));
        Duration unhealthy = positive(
                check.hasUnhealthyInterval(), check.getUnhealthyInterval(), interval, at.field("unhealthy_interval"));
        int percent = check.getIntervalJitterPercent();
        at.field("interval_jitter_percent")
                .require(
                        percent >= 0 && percent <= HUNDRED * HUNDRED,
                        "value: " + Integer.toUnsignedString(percent) + " (expected: 0 to 10000)");
        return new CheckPace(
                interval,
                noTraffic,
                positive(
                        check.hasNoTrafficHealthyInterval(),
                        check.getNoTrafficHealthyInterval(),
                        noTraffic,
                        at.field("no_traffic_healthy_interval")),
                unhealthy,
                positive(
                        check.hasUnhealthyEdgeInterval(),
                        check.getUnhealthyEdgeInterval(),
                        unhealthy,
                        at.field("unhealthy_edge_interval")),
                positive(
                        check.hasHealthyEdgeInterval(),
                        check.getHealthyEdgeInterval(),
                        interval,
                        at.field("healthy_edge_interval")),
                CommonDecoder.duration(check.getInitialJitter(), at.field("initial_jitter")),
                CommonDecoder.duration(check.getIntervalJitter(), at.field("interval_jitter")),
                percent);
    }

    private static CheckKind kind(HealthCheck check, Place at) {
        return switch (check.getHealthCheckerCase()) {
            case HTTP_HEALTH_CHECK -> http(check.getHttpHealthCheck(), at.field("http_health_check"));
            case TCP_HEALTH_CHECK -> {
                HealthCheck.TcpHealthCheck tcp = check.getTcpHealthCheck();
                Place place = at.field("tcp_health_check");
                yield new CheckKind.Tcp(
                        tcp.hasSend() ? payload(tcp.getSend(), place.field("send")) : "",
                        payloads(tcp.getReceiveList(), place.field("receive")));
            }
            case GRPC_HEALTH_CHECK -> {
                HealthCheck.GrpcHealthCheck grpc = check.getGrpcHealthCheck();
                Place place = at.field("grpc_health_check");
                yield new CheckKind.Grpc(
                        grpc.getServiceName(),
                        visible(grpc.getAuthority(), place.field("authority")),
                        fields(grpc.getInitialMetadataList(), place.field("initial_metadata")));
            }
            case CUSTOM_HEALTH_CHECK -> throw at.field("custom_health_check").unsupported();
            case HEALTHCHECKER_NOT_SET ->
                throw at.refuse("expected: http_health_check, tcp_health_check or grpc_health_check");
        };
    }

    private static CheckKind http(HealthCheck.HttpHealthCheck http, Place at) {
        at.field("path").require(!http.getPath().isEmpty(), "is empty (expected: a path)");
        Optional<StringMatcher> service = http.hasServiceNameMatcher()
                ? Optional.of(CommonDecoder.string(http.getServiceNameMatcher(), at.field("service_name_matcher")))
                : Optional.empty();
        return new CheckKind.Http(
                method(http, at.field("method")),
                visible(http.getHost(), at.field("host")),
                visible(http.getPath(), at.field("path")),
                http2(http.getCodecClientType(), at.field("codec_client_type")),
                fields(http.getRequestHeadersToAddList(), at.field("request_headers_to_add")),
                http.getRequestHeadersToRemoveList().stream()
                        .map(name -> name.toLowerCase(Locale.ROOT))
                        .toList(),
                ranges(http.getExpectedStatusesList(), at.field("expected_statuses")),
                ranges(http.getRetriableStatusesList(), at.field("retriable_statuses")),
                payloads(http.getReceiveList(), at.field("receive")),
                http.hasResponseBufferSize() ? http.getResponseBufferSize().getValue() : RESPONSE_BUFFER,
                service);
    }

    private static boolean http2(CodecClientType type, Place at) {
        return switch (type) {
            case HTTP1 -> false;
            case HTTP2 -> true;
            case HTTP3 -> throw at.unsupported();
            case UNRECOGNIZED -> throw at.refuse("an unknown protocol", "HTTP1 or HTTP2");
        };
    }

    private static String method(HealthCheck.HttpHealthCheck http, Place at) {
        RequestMethod method = http.getMethod();
        return switch (method) {
            case METHOD_UNSPECIFIED -> "GET";
            case GET, HEAD, POST, PUT, DELETE, OPTIONS, TRACE, PATCH -> method.name();
            case CONNECT -> throw at.refuse("CONNECT", "GET, HEAD, POST, PUT, DELETE, OPTIONS, TRACE or PATCH");
            case UNRECOGNIZED -> throw at.refuse(http.getMethodValue(), "a known method");
        };
    }

    private static List<StatusRange> ranges(List<Int64Range> ranges, Place at) {
        List<StatusRange> decoded = new ArrayList<>();
        for (int index = 0; index < ranges.size(); index++) {
            Int64Range range = ranges.get(index);
            at.index(index)
                    .require(
                            100 <= range.getStart() && range.getStart() < range.getEnd() && range.getEnd() <= 600,
                            "value: " + range.getStart() + " to " + range.getEnd()
                                    + " (expected: a start below its end, both within 100 to 600)");
            decoded.add(new StatusRange(range.getStart(), range.getEnd()));
        }
        return decoded;
    }

    private static List<String> payloads(List<HealthCheck.Payload> payloads, Place at) {
        List<String> decoded = new ArrayList<>();
        for (int index = 0; index < payloads.size(); index++) {
            decoded.add(payload(payloads.get(index), at.index(index)));
        }
        return decoded;
    }

    private static String payload(HealthCheck.Payload payload, Place at) {
        String octets = switch (payload.getPayloadCase()) {
            case TEXT -> hex(payload.getText(), at.field("text"));
            case BINARY -> octets(payload.getBinary());
            case PAYLOAD_NOT_SET -> "";
        };
        at.require(!octets.isEmpty(), "is empty (expected: text or binary)");
        return octets;
    }

    private static String octets(ByteString bytes) {
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    private static String hex(String text, Place at) {
        try {
            return octets(ByteString.copyFrom(HexFormat.of().parseHex(text)));
        } catch (IllegalArgumentException _) {
            throw at.refuse("'" + text + "'", "hexadecimal digits, two for each byte");
        }
    }

    private static String visible(String text, Place at) {
        at.require(VISIBLE.matcher(text).matches(), "holds characters that no request may have here");
        return text;
    }

    @SuppressWarnings("deprecation") // `append` is still sent.
    private static List<Field> fields(List<HeaderValueOption> options, Place at) {
        List<Field> fields = new ArrayList<>();
        for (int index = 0; index < options.size(); index++) {
            HeaderValueOption option = options.get(index);
            Place place = at.index(index).field("header");
            String value = option.getHeader().getValue().isEmpty()
                    ? octets(option.getHeader().getRawValue())
                    : option.getHeader().getValue();
            place.field("key")
                    .require(
                            !option.getHeader().getKey().isEmpty()
                                    && option.getHeader().getKey().charAt(0) != ':',
                            "'" + option.getHeader().getKey() + "' (expected: a header name)");
            place.field("value")
                    .require(
                            value.indexOf('%') < 0,
                            "'" + value + "': formats are not supported in checks by this proxy");
            if (value.isEmpty() && !option.getKeepEmptyValue()) {
                continue;
            }
            boolean append = option.hasAppend()
                    ? option.getAppend().getValue()
                    : option.getAppendAction() == HeaderValueOption.HeaderAppendAction.APPEND_IF_EXISTS_OR_ADD;
            fields.add(new Field(
                    option.getHeader().getKey().toLowerCase(Locale.ROOT),
                    visible(value, place.field("value")),
                    append));
        }
        return fields;
    }
}
