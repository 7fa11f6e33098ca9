package dev.lateen.proxy.accesslog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.stream.ResponseFlag;
import dev.lateen.proxy.stream.StreamInfo;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LogFormatTest {
    private static StreamInfo request() {
        Headers headers = new Headers();
        headers.add("user-agent", "curl/8");
        headers.add("x-request-id", "id-1");
        StreamInfo info = new StreamInfo();
        info.request = new RequestHead(HttpVersion.HTTP_1_1, "GET", "http", "a.example:80", "/path?q=1", headers);
        info.status = 200;
        info.details = "via_upstream";
        info.startEpochMillis = 1_769_862_896_789L;
        info.startNanos = 1;
        info.endNanos = 1 + Duration.ofMillis(12).toNanos();
        info.bytesReceived = 3;
        info.bytesSent = 5;
        info.upstreamHost = new InetSocketAddress("127.0.0.1", 8080);
        info.upstreamLocal = new InetSocketAddress("127.0.0.1", 40_000);
        info.downstreamLocal = new InetSocketAddress("127.0.0.1", 80);
        info.downstreamRemote = new InetSocketAddress("127.0.0.1", 50_000);
        info.clusterName = "outbound|80||a";
        info.routeName = "default";
        Headers response = new Headers();
        response.add("x-envoy-upstream-service-time", "11");
        info.responseHeaders = response;
        return info;
    }

    private static String text(String format, StreamInfo info) {
        return LogFormat.text(format, false).line(info);
    }

    @Test
    void writesIstiosDefaultLine() {
        assertThat(text(LogFormat.ISTIO_TEXT, request()))
                .isEqualTo("[2026-01-31T12:34:56.789Z] \"GET /path?q=1 HTTP/1.1\" 200 - via_upstream - \"-\" 3 5 12 11 "
                        + "\"-\" \"curl/8\" \"id-1\" \"a.example:80\" \"127.0.0.1:8080\" outbound|80||a "
                        + "127.0.0.1:40000 127.0.0.1:80 127.0.0.1:50000 - default\n");
    }

    @Test
    void showsFlags() {
        StreamInfo info = request();
        info.flag(ResponseFlag.UPSTREAM_OVERFLOW);
        assertThat(text("%RESPONSE_FLAGS%", info)).isEqualTo("UO");
    }

    @Test
    void takesTheAlternativeHeaderAndCutsValues() {
        assertThat(text("%REQ(X-NONE?USER-AGENT):4%", request())).isEqualTo("curl");
    }

    @Test
    void writesTimesAsTheJdkDoes() {
        StreamInfo info = request();
        for (String time : new String[] {
            "1969-12-31T23:59:59.001Z",
            "1970-01-01T00:00:00.010Z",
            "2000-02-29T23:59:59.999Z",
            "2100-03-01T00:00:00.123Z"
        }) {
            info.startEpochMillis = Instant.parse(time).toEpochMilli();
            assertThat(text("%START_TIME% %START_TIME%", info)).isEqualTo(time + " " + time);
        }
    }

    @Test
    void formatsTimesByPattern() {
        assertThat(text("%START_TIME(%Y/%m/%dT%H:%M:%S%z %s %3f)%", request()))
                .isEqualTo("2026/01/31T12:34:56+0000 1769862896 789");
    }

    @Test
    void leavesOutPortsWhereAsked() {
        assertThat(text("%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT% %DOWNSTREAM_LOCAL_PORT% 100%%", request()))
                .isEqualTo("127.0.0.1 80 100%");
    }

    @Test
    void showsPortsAloneOfEachEnd() {
        StreamInfo info = request();
        info.downstreamDirectRemote = new InetSocketAddress("10.0.0.9", 6_000);
        String format = "%DOWNSTREAM_LOCAL_PORT% %DOWNSTREAM_REMOTE_PORT% %DOWNSTREAM_DIRECT_REMOTE_PORT%"
                + " %UPSTREAM_LOCAL_PORT% %UPSTREAM_REMOTE_PORT%";
        assertThat(text(format, info)).isEqualTo("80 50000 6000 40000 8080");
        assertThat(LogFormat.json(Map.of("p", "%UPSTREAM_REMOTE_PORT%"), false).line(info))
                .isEqualTo("{\"p\":8080}\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DOWNSTREAM_LOCAL_ADDRESS_PORT",
                "UPSTREAM_HOST_PORT",
                "UPSTREAM_HOST_WITHOUT_PORT",
                "UPSTREAM_LOCAL_SUBJECT",
                "LOCAL_REPLY_BODY",
            })
    void refusesWhatItDoesNotShow(String operator) {
        assertThatThrownBy(() -> LogFormat.text("%" + operator + "%", false))
                .hasMessage("operator %" + operator + "% is not supported");
    }

    @Test
    void namesTheHostAsItIsCalled() {
        String format = "%UPSTREAM_HOST_NAME% %UPSTREAM_HOST_NAME_WITHOUT_PORT%";
        StreamInfo info = request();
        assertThat(text(format, info)).isEqualTo("127.0.0.1:8080 127.0.0.1");
        info.upstreamHost = named("shop.test", 8080);
        assertThat(text(format, info)).isEqualTo("shop.test shop.test");
        info.upstreamHostName = "own.test:81";
        assertThat(text(format, info)).isEqualTo("own.test:81 own.test");
        info.upstreamHost = null;
        info.upstreamHostName = "";
        assertThat(text(format, info)).isEqualTo("- -");
    }

    /// As a name is looked up.
    private static InetSocketAddress named(String name, int port) {
        try {
            return new InetSocketAddress(InetAddress.getByAddress(name, new byte[] {127, 0, 0, 1}), port);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four octets are an address", e);
        }
    }

    @Test
    void countsToTheLastByteSentUpstream() {
        StreamInfo info = request();
        info.startNanos = 1_000_000;
        info.upstreamFirstByteSentNanos = 3_000_000;
        String format = "%REQUEST_TX_DURATION% %COMMON_DURATION(US_TX_BEG:US_TX_END:us)%"
                + " %COMMON_DURATION(US_TX_BEG:US_RX_END:us)%";
        assertThat(text(format, info)).isEqualTo("- - -");
        info.upstreamLastByteSentNanos = 8_000_000;
        info.upstreamEndNanos = 8_500_000;
        assertThat(text(format, info)).isEqualTo("7 5000 5500");
    }

    @Test
    void knowsHeadersByTheirLongNames() {
        StreamInfo info = request();
        info.responseTrailers = new Headers();
        info.responseTrailers.add("grpc-status", "0");
        assertThat(text(
                        "%REQUEST_HEADER(X-NONE?USER-AGENT):4% %RESPONSE_HEADER(X-ENVOY-UPSTREAM-SERVICE-TIME)%"
                                + " %RESPONSE_TRAILER(GRPC-STATUS)%",
                        info))
                .isEqualTo("curl 11 0");
    }

    @Test
    void showsMetadataOfTheClusterAndTheHost() {
        StreamInfo info = request();
        info.clusterMetadata = Map.of("istio", Map.of("name", "shop", "ports", List.of(1.0)));
        info.upstreamHostMetadata = Map.of("istio", Map.of("workload", "shop-v1"));
        assertThat(text(
                        "%CLUSTER_METADATA(istio:name)% %CLUSTER_METADATA(istio:ports)%"
                                + " %UPSTREAM_METADATA(istio:workload)% %UPSTREAM_METADATA(none)%",
                        info))
                .isEqualTo("shop [1] shop-v1 -");
    }

    @Test
    void evaluatesExpressions() {
        StreamInfo info = request();
        assertThat(text("%CEL(request.headers['user-agent']):4%|%CEL((response.code))%|%CEL(response.flags)%", info))
                .isEqualTo("curl|200|0");
        assertThat(text("%CEL(has(request.referer) ? 'a)' : 'b)')% %CEL(response.headers['none'])%", info))
                .isEqualTo("b) -");
    }

    @Test
    void tellsConnectionsAndLinesApart() {
        StreamInfo info = request();
        info.connectionId = 7;
        info.upstreamProtocol = HttpVersion.HTTP_2;
        assertThat(text("%CONNECTION_ID% %UPSTREAM_PROTOCOL% %UNIQUE_ID%", info))
                .matches("7 HTTP/2 [0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
        assertThat(text("%UNIQUE_ID%", info)).isNotEqualTo(text("%UNIQUE_ID%", info));
    }

    @Test
    void hasNothingOfTlsOnPlaintext() {
        assertThat(text(
                        "%UPSTREAM_TLS_VERSION% %UPSTREAM_TLS_CIPHER% %UPSTREAM_PEER_SUBJECT% %UPSTREAM_PEER_CERT%"
                                + " %DOWNSTREAM_PEER_CERT_V_START% %UPSTREAM_PEER_CERT_V_END(%s)%",
                        request()))
                .isEqualTo("- - - - - -");
    }

    @Test
    void keepsTypesInJson() {
        LogFormat format = LogFormat.json(
                Map.of("status", "%RESPONSE_CODE%", "agent", "%REQ(USER-AGENT)%", "none", "%REQ(NONE)%"), false);
        assertThat(format.line(request())).isEqualTo("{\"agent\":\"curl/8\",\"none\":null,\"status\":200}\n");
    }

    @Test
    void omitsEmptyValuesInJsonWhereAsked() {
        LogFormat format = LogFormat.json(Map.of("a", "%REQ(NONE)%", "b", "%PROTOCOL%"), true);
        assertThat(format.line(request())).isEqualTo("{\"b\":\"HTTP/1.1\"}\n");
    }

    @Test
    void escapesWhatClientsSendInJson() {
        StreamInfo info = request();
        assertThat(info.request).isNotNull();
        info.request.path("/\"\\\u0001");
        assertThat(LogFormat.json(Map.of("p", "%REQ(:PATH)%"), false).line(info))
                .isEqualTo("{\"p\":\"/\\\"\\\\\\u0001\"}\n");
    }

    @Test
    void writesWhatCameAsItCame() {
        StreamInfo info = request();
        assertThat(info.request).isNotNull();
        info.request.path(octets("/caf\u00e9"));
        info.routeName = "stra\u00dfe \u0161";
        assertThat(text("%REQ(:PATH)% %ROUTE_NAME%", info)).isEqualTo("/caf\u00e9 stra\u00dfe \u0161");
        assertThat(LogFormat.json(Map.of("p", "%REQ(:PATH)%", "r", "%ROUTE_NAME%"), false)
                        .line(info))
                .isEqualTo("{\"p\":\"/caf\u00e9\",\"r\":\"stra\u00dfe \u0161\"}\n");
    }

    @Test
    void makesTextOfBytesThatAreNone() {
        StreamInfo info = request();
        assertThat(info.request).isNotNull();
        info.request.path("/\u00e9\"");
        assertThat(LogFormat.json(Map.of("p", "%REQ(:PATH)%"), false).line(info))
                .isEqualTo("{\"p\":\"/\u00e9\\\"\"}\n");
    }

    @Test
    void keepsOctetsInHeaders() {
        StreamInfo info = request();
        info.routeName = "\u00e9";
        assertThat(LogFormat.text("%ROUTE_NAME%", true).field(info)).isEqualTo(octets("\u00e9"));
    }

    private static String octets(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    @Test
    void showsAddressesOfBothFamilies() {
        StreamInfo info = request();
        info.downstreamRemote = new InetSocketAddress("2001:db8::1", 65_535);
        info.downstreamLocal = new InetSocketAddress("255.10.0.9", 8);
        assertThat(text(
                        "%DOWNSTREAM_REMOTE_ADDRESS% %DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT% "
                                + "%DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT%",
                        info))
                .isEqualTo("[2001:db8::1]:65535 2001:db8::1 255.10.0.9:8 255.10.0.9");
    }

    @Test
    void countsFromZeroToTheLargestNumber() {
        StreamInfo info = request();
        for (long number : new long[] {0, 9, 10, 1_000_000_007, Long.MAX_VALUE}) {
            info.bytesSent = number;
            assertThat(text("%BYTES_SENT%", info)).isEqualTo(Long.toString(number));
        }
    }

    @Test
    void refusesUnknownOperatorsByName() {
        assertThatThrownBy(() -> LogFormat.text("%NOT_AN_OPERATOR%", false)).hasMessageContaining("%NOT_AN_OPERATOR%");
        assertThatThrownBy(() -> LogFormat.text("%START_TIME(%Q)%", false)).hasMessageContaining("%Q");
        assertThatThrownBy(() -> LogFormat.text("50% off", false)).hasMessageContaining("%%");
    }

    @ParameterizedTest
    @CsvSource({
        "'%COMMON_DURATION(NEVER:DS_TX_END:us)%', NEVER",
        "'%COMMON_DURATION(DS_RX_BEG:DS_TX_END:weeks)%', weeks",
        "'%COMMON_DURATION(DS_RX_BEG)%', START:END:PRECISION",
        "'%PATH(XX)%', WQ or NQ",
        "'%PATH(WQ:HALF)%', ORIG_OR_PATH",
        "'%QUERY_PARAM%', needs a name",
        "'%DOWNSTREAM_TLS_VERSION(1)%', takes no argument",
        "'%DOWNSTREAM_PEER_CERT_V_START(%Q)%', %Q",
        "'%CLUSTER_METADATA%', needs a namespace",
        "'%CEL(request.hots)%', attribute 'request.hots' is not known",
        "'%CEL(xds.node.id)%', attribute 'xds.node.id' is not known here",
        "'%CEL(request.host', no closing parenthesis",
    })
    void saysWhatIsWrongWithAnArgument(String format, String words) {
        assertThatThrownBy(() -> LogFormat.text(format, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(words);
    }

    @Test
    void hasNoDurationWhereAPointWasNotReached() {
        StreamInfo info = request();
        info.startNanos = 5_000_000;
        info.requestEndNanos = 0;
        info.endNanos = 7_000_999;
        assertThat(text(
                        "%COMMON_DURATION(DS_RX_BEG:DS_TX_END:us)% %COMMON_DURATION(DS_RX_BEG:DS_RX_END:ms)%"
                                + " %COMMON_DURATION(DS_TX_END:DS_RX_BEG:ns)%",
                        info))
                .isEqualTo("2000 - -");
    }

    @Test
    void escapesQueries() {
        StreamInfo info = request();
        assertThat(info.request).isNotNull();
        info.request.path(octets("/a?q=\"\u00e9"));
        assertThat(LogFormat.json(Map.of("q", "%QUERY_PARAM(q)%", "p", "%PATH(NQ)%"), false)
                        .line(info))
                .isEqualTo("{\"p\":\"/a\",\"q\":\"\\\"\u00e9\"}\n");
    }
}
