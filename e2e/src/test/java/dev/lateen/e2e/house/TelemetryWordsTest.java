package dev.lateen.e2e.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import dev.lateen.model.telemetry.LogText;
import dev.lateen.model.telemetry.ProxyExpressions;
import dev.lateen.model.telemetry.TelemetryWords;
import dev.lateen.proto.istio.stats.MetricConfig;
import dev.lateen.proto.istio.stats.PluginConfig;
import dev.lateen.proxy.accesslog.LogFormat;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.Refusal;
import dev.lateen.proxy.config.TypedConfig;
import dev.lateen.proxy.expression.ExpressionCompiler;
import dev.lateen.proxy.telemetry.MetricsDecoder;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The control plane's table of what our proxy knows says what the proxy's compilers say: were a word in the table that
/// they refuse, one Telemetry would cost every proxy its listeners; were one missing, it would be left out for nothing.
class TelemetryWordsTest {
    private static final Place HERE = Place.resource("words", "test");
    private static final int EXPRESSIONS = 5000;
    private static final int DEPTH = 4;
    /// Envoy's documented attributes, and Istio's.
    private static final String ATTRIBUTES = """
            request.path request.url_path request.host request.scheme request.method request.headers request.referer
            request.useragent request.time request.id request.protocol request.query request.duration request.size
            request.total_size request.headers['x'] request.headers.x
            response.code response.code_details response.flags response.grpc_status response.headers response.trailers
            response.headers['x'] response.trailers['x'] response.size response.total_size response.backend_latency
            source.address source.port destination.address destination.port
            connection.id connection.mtls connection.requested_server_name connection.tls_version
            connection.subject_local_certificate connection.subject_peer_certificate
            connection.dns_san_local_certificate connection.dns_san_peer_certificate
            connection.uri_san_local_certificate connection.uri_san_peer_certificate
            connection.sha256_peer_certificate_digest connection.transport_failure_reason connection.termination_details
            upstream.address upstream.port upstream.tls_version upstream.subject_local_certificate
            upstream.subject_peer_certificate upstream.dns_san_local_certificate upstream.dns_san_peer_certificate
            upstream.uri_san_local_certificate upstream.uri_san_peer_certificate upstream.sha256_peer_certificate_digest
            upstream.local_address upstream.transport_failure_reason upstream.request_attempt_count
            upstream.cx_pool_ready_duration upstream.locality
            metadata metadata.filter_metadata['a'] filter_state filter_state['x'] filter_state.upstream_peer.app
            filter_state['downstream_peer'].workload filter_state.upstream_peer.x upstream_peer.namespace
            upstream_peer.name upstream_peer.labels['x'] downstream_peer.cluster downstream_peer.id
            xds.node xds.node.id xds.node.metadata['NAME'] node.metadata['NAME'] node node.id
            xds.cluster_name xds.cluster_metadata xds.listener_direction xds.listener_metadata xds.route_name
            xds.route_metadata xds.virtual_host_name xds.virtual_host_metadata xds.upstream_host_metadata
            xds.upstream_host_locality xds.filter_chain_name api_operation x""";
    /// Envoy's documented operators.
    private static final String OPERATORS = """
            REQ REQ(X) REQ(:PATH?X) REQ_WITHOUT_QUERY(:PATH) RESP(X) TRAILER(X) START_TIME START_TIME(%Y-%m-%dT%T.%3fZ)
            START_TIME(%q) START_TIME(%s.%E3S) START_TIME_LOCAL EMIT_TIME EMIT_TIME(%s) REQUEST_HEADERS_BYTES
            RESPONSE_HEADERS_BYTES RESPONSE_TRAILERS_BYTES BYTES_RECEIVED BYTES_SENT BYTES_RETRANSMITTED
            PACKETS_RETRANSMITTED PROTOCOL UPSTREAM_PROTOCOL RESPONSE_CODE RESPONSE_CODE_DETAILS
            CONNECTION_TERMINATION_DETAILS DURATION DURATION(x) REQUEST_DURATION REQUEST_TX_DURATION RESPONSE_DURATION
            RESPONSE_TX_DURATION DOWNSTREAM_HANDSHAKE_DURATION ROUNDTRIP_DURATION UPSTREAM_CONNECTION_POOL_READY_DURATION
            COMMON_DURATION COMMON_DURATION(DS_RX_BEG:DS_TX_END:ms) COMMON_DURATION(US_CX_BEG:US_CX_END:ms)
            COMMON_DURATION(DS_RX_BEG:DS_TX_END) RESPONSE_FLAGS RESPONSE_FLAGS_LONG UPSTREAM_HOST UPSTREAM_HOST_NAME
            UPSTREAM_HOST_NAME_WITHOUT_PORT UPSTREAM_CLUSTER UPSTREAM_CLUSTER_RAW UPSTREAM_LOCAL_ADDRESS
            UPSTREAM_LOCAL_ADDRESS_WITHOUT_PORT UPSTREAM_LOCAL_PORT UPSTREAM_LOCAL_ADDRESS_PORT UPSTREAM_REMOTE_ADDRESS
            UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT UPSTREAM_REMOTE_PORT UPSTREAM_REQUEST_ATTEMPT_COUNT
            UPSTREAM_TLS_CIPHER UPSTREAM_TLS_VERSION UPSTREAM_TLS_SESSION_ID UPSTREAM_PEER_ISSUER UPSTREAM_PEER_SUBJECT
            UPSTREAM_PEER_URI_SAN UPSTREAM_PEER_DNS_SAN UPSTREAM_PEER_IP_SAN UPSTREAM_PEER_CERT UPSTREAM_LOCAL_URI_SAN
            UPSTREAM_LOCAL_SUBJECT UPSTREAM_TRANSPORT_FAILURE_REASON DOWNSTREAM_TRANSPORT_FAILURE_REASON
            DOWNSTREAM_REMOTE_ADDRESS DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT DOWNSTREAM_REMOTE_PORT
            DOWNSTREAM_DIRECT_REMOTE_ADDRESS DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT
            DOWNSTREAM_LOCAL_ADDRESS DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT DOWNSTREAM_LOCAL_PORT
            DOWNSTREAM_LOCAL_ADDRESS_ENDPOINT_ID CONNECTION_ID UPSTREAM_CONNECTION_ID STREAM_ID UNIQUE_ID
            GRPC_STATUS GRPC_STATUS(SNAKE_STRING) GRPC_STATUS(X) GRPC_STATUS_NUMBER DYNAMIC_METADATA
            DYNAMIC_METADATA(a:b) CLUSTER_METADATA(a:b) UPSTREAM_METADATA(a:b) FILTER_STATE(a:PLAIN)
            UPSTREAM_FILTER_STATE(a) METADATA METADATA(DYNAMIC:a:b) METADATA(ROUTE:a) METADATA(LISTENER:a)
            METADATA(CLUSTER:a) METADATA(UPSTREAM_HOST:a:b) METADATA(DYNAMIC) REQUESTED_SERVER_NAME
            REQUESTED_SERVER_NAME(SNI_ONLY) ROUTE_NAME VIRTUAL_CLUSTER_NAME
            DOWNSTREAM_LOCAL_URI_SAN DOWNSTREAM_PEER_URI_SAN DOWNSTREAM_LOCAL_DNS_SAN DOWNSTREAM_PEER_DNS_SAN
            DOWNSTREAM_LOCAL_IP_SAN DOWNSTREAM_PEER_IP_SAN DOWNSTREAM_LOCAL_EMAIL_SAN DOWNSTREAM_PEER_EMAIL_SAN
            DOWNSTREAM_LOCAL_SUBJECT DOWNSTREAM_PEER_SUBJECT DOWNSTREAM_PEER_ISSUER DOWNSTREAM_TLS_SESSION_ID
            DOWNSTREAM_TLS_CIPHER DOWNSTREAM_TLS_VERSION DOWNSTREAM_PEER_FINGERPRINT_256 DOWNSTREAM_PEER_FINGERPRINT_1
            DOWNSTREAM_PEER_SERIAL DOWNSTREAM_PEER_CERT DOWNSTREAM_PEER_CERT_V_START DOWNSTREAM_PEER_CERT_V_END
            TLS_JA3_FINGERPRINT TLS_JA4_FINGERPRINT HOSTNAME LOCAL_REPLY_BODY FILTER_CHAIN_NAME ACCESS_LOG_TYPE
            UNIQUE_ID ENVIRONMENT(HOME) TRACE_ID SPAN_ID QUERY_PARAM QUERY_PARAM(a) QUERY_PARAMS PATH PATH(WQ:ORIG)
            PATH(NQ) PATH(:PATH) PATH(A:B) CUSTOM_FLAGS CEL(request.path) COALESCE({}) DYNAMIC_METADATA(a)
            SUBSTITUTION(x) DOWNSTREAM_CONNECTION_ID NOT_THERE""";

    private static boolean compiles(String expression) {
        try {
            ExpressionCompiler.compile(expression, HERE);
            return true;
        } catch (Refusal _) {
            return false;
        }
    }

    private static boolean reads(String format) {
        try {
            LogFormat.text(format, false);
            return true;
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    private static boolean counts(String metric) {
        PluginConfig config = PluginConfig.newBuilder()
                .addMetrics(MetricConfig.newBuilder().setName(metric))
                .build();
        Any any = Any.newBuilder()
                .setTypeUrl("type.googleapis.com/" + MetricsDecoder.TYPE)
                .setValue(config.toByteString())
                .build();
        try {
            MetricsDecoder.decode(TypedConfig.of(any, HERE), HERE);
            return true;
        } catch (Refusal _) {
            return false;
        }
    }

    private static List<String> words(String text) {
        return List.of(text.split("\\s+"));
    }

    @Test
    void everyAttributeOfTheTableCompiles() {
        assertThat(TelemetryWords.attributes())
                .map(attribute -> attribute.replace("…", "x"))
                .isNotEmpty()
                .allMatch(TelemetryWordsTest::compiles)
                .allMatch(attribute -> ProxyExpressions.unknown(attribute).isEmpty());
    }

    @Test
    void ofDocumentedAttributesTheTableHasThoseThatTheProxyKnows() {
        assertThat(words(ATTRIBUTES).stream().filter(TelemetryWordsTest::compiles))
                .containsExactlyElementsOf(words(ATTRIBUTES).stream()
                        .filter(attribute -> ProxyExpressions.unknown(attribute).isEmpty())
                        .toList());
    }

    @Test
    void ofDocumentedOperatorsTheTableHasThoseThatTheProxyKnows() {
        assertThat(words(OPERATORS).stream().filter(operator -> reads("%" + operator + "%")))
                .containsExactlyElementsOf(words(OPERATORS).stream()
                        .filter(operator ->
                                LogText.of("%" + operator + "%").unknown().isEmpty())
                        .toList());
        assertThat(TelemetryWords.operators("")).isNotEmpty().allMatch(operator -> reads("%" + operator + "%"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "100% of %PROTOCOL%",
                "%",
                "%%",
                "%%PROTOCOL%",
                "%REQ(X",
                "%REQ(X):5%",
                "%REQ(X):%",
                "%REQ(X):2000000%",
                "%protocol%",
                "%PROTOCOL",
                "a %PROTOCOL% %NOT_THERE(a)% b",
                "%NOT_THERE(%)%",
                "%REQ(A)B)%",
                "%()%"
            })
    void whatIsLeftOfAFormatIsReadByTheProxy(String format) {
        LogText text = LogText.of(format);
        assertThat(text.unknown().isEmpty()).isEqualTo(reads(format));
        assertThat(reads(text.known("-"))).as(text.known("-")).isTrue();
    }

    @Test
    void theProxyHasTheMetricsOfTheTable() {
        assertThat(TelemetryWords.metrics()).isNotEmpty().allMatch(TelemetryWordsTest::counts);
        assertThat(List.of("request_count", "istio_requests_total", "requests"))
                .noneMatch(TelemetryWordsTest::counts)
                .noneMatch(TelemetryWords.metrics()::contains);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'a'",
                "r'a\\d'",
                "R'a'",
                "b'a'",
                "'''a'''",
                "'a\\tb'",
                "'a\\vb'",
                "'\\u00e4'",
                "1",
                "1u",
                "0x1f",
                "1.5",
                "1e3",
                ".5",
                "-1",
                "null",
                "true",
                "[1, 2]",
                "{'a': 1}",
                "1 in [1, 2]",
                "1 in [1, 2,]",
                "'a' in request.headers",
                "request.method in request.headers",
                "'a' in request.path",
                "has(request.headers['a'])",
                "has(request.headers.a) ? request.headers.a : 'none'",
                "string(response.code)",
                "int('1')",
                "double('1')",
                "size('abc')",
                "'abc'.size()",
                "size()",
                "'a'.contains('b')",
                "'a' .contains('b')",
                "'a'.contains ('b')",
                "request.path . startsWith('/a')",
                "request.path.startsWith ('/a')",
                "request.path.matches('^/a')",
                "request.path.matches('(')",
                "request.path.matches(request.host)",
                "duration('1s')",
                "duration('soon')",
                "duration(request.path)",
                "request.duration > duration('200ms')",
                "timestamp('2026-01-01T00:00:00Z')",
                "request.path.split('/')[1]",
                "[1].exists(x, x == 1)",
                "(request.path)",
                "(request.path).size()",
                "(request).path",
                "request['path']",
                "request[0]",
                "request.headers[request.path]",
                ".request.path",
                "1 + 2 * 3 % 2 - 1 / 1",
                "!true || false && true",
                "1 < 2 == true",
                "// a\\n 1",
                "1 ? 2 : 3",
                "a.b{c: 1}",
                "request.path.lowerAscii()",
                "math.least(1, 2)",
                "'a' + 'b' == 'ab'",
                "response.code >= 500",
                "999999999999999999",
                "9999999999999999999",
                "int(1, 2)",
                "has()",
                "'a'.b",
                "f(x)",
                "in",
                "1 in 1"
            })
    void theTableAndTheProxyAgreeAbout(String expression) {
        assertThat(ProxyExpressions.unknown(expression).isEmpty()).isEqualTo(compiles(expression));
    }

    @Test
    void whatFitsCompiles() {
        Random random = new Random(7);
        int fitting = 0;
        for (int index = 0; index < EXPRESSIONS; index++) {
            String expression = expression(random, DEPTH);
            if (ProxyExpressions.unknown(expression).isEmpty()) {
                fitting++;
                assertThat(compiles(expression)).as(expression).isTrue();
            }
        }
        assertThat(fitting).isBetween(EXPRESSIONS / 20, EXPRESSIONS - EXPRESSIONS / 20);
    }

    private static String expression(Random random, int depth) {
        if (depth == 0) {
            return pick(
                    random,
                    "1",
                    "1.5",
                    "'a'",
                    "true",
                    "request.path",
                    "response.code",
                    "upstream_peer.app",
                    "request.headers['a']",
                    "node.id",
                    "request.time",
                    "[1]");
        }
        String one = expression(random, random.nextInt(depth));
        String other = expression(random, random.nextInt(depth));
        return switch (random.nextInt(14)) {
            case 0 -> one + pick(random, " + ", "-", " * ", "/", " % ") + other;
            case 1 -> one + pick(random, " == ", "!=", " < ", ">=", "<=", " > ") + other;
            case 2 -> one + pick(random, " && ", "||") + other;
            case 3 -> "(" + one + ")";
            case 4 -> one + " ? " + other + " : " + one;
            case 5 -> pick(random, "!", "-") + one;
            case 6 -> pick(random, "has(", "string(", "int(", "size(", "duration(", "bool(") + one + ")";
            case 7 ->
                one + pick(random, ".contains(", ".startsWith(", ".endsWith(", ".matches(", ".split(") + other + ")";
            case 8 -> one + ".size()";
            case 9 -> one + " in [" + other + "]";
            case 10 -> one + " in " + pick(random, "request.headers", "request.path", other);
            case 11 -> one + "['a']";
            case 12 -> one + ".a";
            default -> one;
        };
    }

    private static String pick(Random random, String... of) {
        return of[random.nextInt(of.length)];
    }
}
