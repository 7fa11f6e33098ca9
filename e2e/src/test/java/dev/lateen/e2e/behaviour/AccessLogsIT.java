package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.e2e.grpc.AccessLogServer;
import dev.lateen.e2e.grpc.UnaryServer;
import io.envoyproxy.envoy.data.accesslog.v3.AccessLogCommon;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPAccessLogEntry;
import io.envoyproxy.envoy.data.accesslog.v3.TCPAccessLogEntry;
import io.envoyproxy.envoy.service.accesslog.v3.StreamAccessLogsMessage;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Which requests are logged, how, and to whom.
@ParameterizedClass
@EnumSource(DataPlane.class)
class AccessLogsIT {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String ROUTES = "{match: {prefix: /gone}, direct_response: {status: 410}},"
            + " {match: {prefix: /}, name: main, route: {cluster: echo}}";

    @Parameter
    DataPlane plane;

    @TempDir
    private Path directory;

    private Upstream echo;

    @BeforeEach
    void start() throws IOException {
        echo = Upstream.echo();
    }

    @AfterEach
    void stop() throws IOException {
        echo.close();
    }

    private Bootstrap web() {
        return new Bootstrap().cluster("echo", echo.port()).http("main", ROUTES);
    }

    private String file(Path path, String format, String filter) {
        return """
                {name: envoy.access_loggers.file, %s typed_config: {
                  "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog, path: "%s",
                  log_format: {%s}}}""".formatted(filter, path, format);
    }

    private static String condition(String expression) {
        return """
                filter: {extension_filter: {name: cel, typed_config: {
                  "@type": type.googleapis.com/envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter,
                  expression: "%s"}}},""".formatted(expression);
    }

    private static List<String> lines(Path path, int count) {
        await().atMost(SOON)
                .until(() -> Files.exists(path) && Files.readAllLines(path).size() >= count);
        try {
            return Files.readAllLines(path);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void logsOnlyWhatAConditionHoldsFor() throws Exception {
        Path failed = directory.resolve("failed");
        Path headers = directory.resolve("headers");
        String line = "text_format_source: {inline_string: \"%REQ(:PATH)% %RESPONSE_CODE%\\n\"}";
        try (RunningProxy proxy = plane.start(web().alsoLog(file(failed, line, condition("response.code >= 400")))
                .alsoLog(file(
                        headers, line, condition("request.headers['x-log'] == 'yes' || request.method == 'PUT'"))))) {
            HttpClient client = proxy.client("main");
            assertThat(client.get("/fine", "host: a.test").status()).isEqualTo(200);
            assertThat(client.get("/gone", "host: a.test").status()).isEqualTo(410);
            assertThat(client.get("/wanted", "host: a.test", "x-log: yes").status())
                    .isEqualTo(200);
            assertThat(client.get("/gone/last", "host: a.test", "x-log: yes").status())
                    .isEqualTo(410);
            assertThat(lines(failed, 2)).containsExactly("/gone 410", "/gone/last 410");
            assertThat(lines(headers, 2)).containsExactly("/wanted 200", "/gone/last 410");
        }
    }

    /// All that failed, all that was slow, and half of the rest by the last digit of its id, which is the same in each
    /// proxy that a request passes.
    @Test
    void samplesWhatNeitherFailedNorWasSlow() throws Exception {
        Path some = directory.resolve("some");
        Path all = directory.resolve("all");
        String line = "text_format_source: {inline_string: \"%RESPONSE_CODE% %REQ(X-REQUEST-ID)%\\n\"}";
        String wanted = "!has(response.code) || response.code >= 400 || response.flags != 0"
                + " || request.duration > duration('1m') || request.id.matches('[0-7]$')";
        try (RunningProxy proxy =
                plane.start(web().alsoLog(file(some, line, condition(wanted))).alsoLog(file(all, line, "")))) {
            HttpClient client = proxy.client("main");
            for (int index = 0; index < 40; index++) {
                client.get("/fine", "host: a.test");
            }
            for (int index = 0; index < 5; index++) {
                client.get("/gone", "host: a.test");
            }
            List<String> expected = lines(all, 45).stream()
                    .filter(one -> one.startsWith("410 ") || one.matches(".*[0-7]"))
                    .toList();
            assertThat(expected).hasSizeBetween(6, 44);
            assertThat(lines(some, expected.size())).containsExactlyElementsOf(expected);
        }
    }

    /// A client that goes away gets no status, and a connection has none and no id either.
    @Test
    void keepsFailuresWithoutAStatusInASample() throws Exception {
        Path log = directory.resolve("log");
        String line = "text_format_source: {inline_string: \"%REQ(:PATH)% %RESPONSE_CODE% %RESPONSE_FLAGS%"
                + " %CEL(response.flags)%\\n\"}";
        String wanted = "!has(response.code) || response.code >= 400 || response.flags != 0";
        try (Upstream silent = new Upstream((_, _) -> {});
                RunningProxy proxy = plane.start(new Bootstrap()
                        .cluster("echo", echo.port())
                        .cluster("silent", silent.port())
                        .cluster("dead", 1)
                        .http("main", "{match: {prefix: /wait}, route: {cluster: silent}}, " + ROUTES)
                        .listener("tcp", "filter_chains: [{filters: [" + Bootstrap.tcp("cluster: dead") + "]}]")
                        .alsoLog(file(log, line, condition(wanted))))) {
            proxy.client("main").get("/fine", "host: a.test");
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port("main"))) {
                HttpClient.write(socket, HttpClient.head("GET", "/wait"));
                await().atMost(SOON).until(() -> !silent.requests().isEmpty());
            }
            assertThat(lines(log, 1)).containsExactly("/wait 0 DC 16384");
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port("tcp"))) {
                assertThat(socket.getInputStream().read()).isEqualTo(-1);
            } catch (SocketException _) {
                // Reset, which is as good an end.
            }
            assertThat(lines(log, 2).get(1)).startsWith("- 0 ").contains("UF");
        }
    }

    @Test
    void showsMetadataAndPathsWithoutTheirQuery() throws Exception {
        Path log = directory.resolve("log");
        String cluster = """
                {name: echo, type: STATIC, connect_timeout: 1s,
                 metadata: {filter_metadata: {istio: {services: [{host: a.test, weight: 2}], name: "a \\"b\\""}}},
                 load_assignment: {cluster_name: echo, endpoints: [{lb_endpoints: [{
                  metadata: {filter_metadata: {istio: {workload: "a;b"}}},
                  endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}}]}]}}""".formatted(echo.port());
        String format = """
                json_format: {path: "%REQ_WITHOUT_QUERY(:PATH)%", workload: "%METADATA(UPSTREAM_HOST:istio:workload)%",
                  name: "%METADATA(CLUSTER:istio:name)%", services: "%METADATA(CLUSTER:istio:services)%",
                  none: "%METADATA(CLUSTER:istio:none)%"},
                formatters: [{name: envoy.formatter.req_without_query, typed_config: {
                  "@type": type.googleapis.com/envoy.extensions.formatter.req_without_query.v3.ReqWithoutQuery}}]""";
        Bootstrap bootstrap =
                new Bootstrap().rawCluster(cluster).http("main", ROUTES).alsoLog(file(log, format, ""));
        try (RunningProxy proxy = plane.start(bootstrap)) {
            proxy.client("main").get("/a?secret=1", "host: a.test");
            assertThat(com.google.gson.JsonParser.parseString(lines(log, 1).getFirst()))
                    .isEqualTo(com.google.gson.JsonParser.parseString("""
                            {"path": "/a", "workload": "a;b", "name": "a \\"b\\"", "none": null,
                             "services": [{"host": "a.test", "weight": 2}]}"""));
        }
    }

    private static String common(String log) {
        return "common_config: {log_name: " + log + ", transport_api_version: V3, buffer_flush_interval: 0.2s,"
                + " grpc_service: {envoy_grpc: {cluster_name: collector}}}";
    }

    @Test
    void sendsRecordsToAnOpenTelemetryCollector() throws Exception {
        List<ExportLogsServiceRequest> received = new CopyOnWriteArrayList<>();
        try (UnaryServer collector = UnaryServer.logs((request, answer) -> {
                    received.add(request);
                    answer.onNext(ExportLogsServiceResponse.getDefaultInstance());
                    answer.onCompleted();
                });
                RunningProxy proxy = plane.start(web().grpcCluster("collector", collector.port())
                        .alsoLog("""
                        {name: envoy.access_loggers.open_telemetry, %s typed_config: {
                          "@type": type.googleapis.com/envoy.extensions.access_loggers.open_telemetry.v3.OpenTelemetryAccessLogConfig,
                          %s, disable_builtin_labels: true,
                          resource_attributes: {values: [{key: service, value: {string_value: orders}}]},
                          body: {string_value: "%%REQ(:METHOD)%% %%REQ(:PATH)%%"},
                          attributes: {values: [{key: status, value: {string_value: "%%RESPONSE_CODE%%"}}]}}}
                        """.formatted(condition("response.code != 410"), common("orders"))))) {
            HttpClient client = proxy.client("main");
            client.get("/gone", "host: a.test");
            client.get("/a", "host: a.test");
            client.get("/b", "host: a.test");
            await().atMost(SOON).until(() -> records(received).size() >= 2);
            assertThat(records(received))
                    .extracting(each -> each.getBody().getStringValue())
                    .containsExactly("GET /a", "GET /b");
            assertThat(records(received))
                    .allSatisfy(
                            each -> assertThat(texts(each.getAttributesList())).isEqualTo(Map.of("status", "200")))
                    .allSatisfy(each -> assertThat(each.getTimeUnixNano()).isPositive());
            assertThat(texts(
                            received.getFirst().getResourceLogs(0).getResource().getAttributesList()))
                    .isEqualTo(Map.of("service", "orders"));
        }
    }

    private static List<LogRecord> records(List<ExportLogsServiceRequest> received) {
        return received.stream()
                .flatMap(request -> request.getResourceLogsList().stream())
                .flatMap(logs -> logs.getScopeLogsList().stream())
                .flatMap(logs -> logs.getLogRecordsList().stream())
                .toList();
    }

    private static Map<String, String> texts(List<KeyValue> attributes) {
        return attributes.stream()
                .collect(Collectors.toMap(
                        KeyValue::getKey, each -> each.getValue().getStringValue()));
    }

    @Test
    void sendsEntriesOfRequestsToAnAccessLogService() throws Exception {
        List<StreamAccessLogsMessage> received = new CopyOnWriteArrayList<>();
        try (AccessLogServer server = AccessLogServer.start(received::add);
                RunningProxy proxy = plane.start(
                        web().grpcCluster("collector", server.port()).alsoLog("""
                        {name: envoy.access_loggers.http_grpc, typed_config: {
                          "@type": type.googleapis.com/envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig,
                          %s, additional_request_headers_to_log: [X-Tenant],
                          additional_response_headers_to_log: [content-length]}}
                        """.formatted(common("requests"))))) {
            proxy.client("main").get("/a?b=c", "host: a.test", "x-tenant: blue", "user-agent: test/1");
            proxy.client("main").get("/gone", "host: a.test");
            await().atMost(SOON).until(() -> requests(received).size() >= 2);
            assertThat(received.getFirst().getIdentifier().getLogName()).isEqualTo("requests");
            assertThat(received.getFirst().getIdentifier().getNode().getId()).isEqualTo("behaviour");
            HTTPAccessLogEntry first = requests(received).getFirst();
            assertThat(first.getProtocolVersion()).isEqualTo(HTTPAccessLogEntry.HTTPVersion.HTTP11);
            assertThat(first.getRequest().getPath()).isEqualTo("/a?b=c");
            assertThat(first.getRequest().getAuthority()).isEqualTo("a.test");
            assertThat(first.getRequest().getRequestMethod().name()).isEqualTo("GET");
            assertThat(first.getRequest().getUserAgent()).isEqualTo("test/1");
            assertThat(first.getRequest().getRequestHeadersMap()).isEqualTo(Map.of("x-tenant", "blue"));
            assertThat(first.getResponse().getResponseCode().getValue()).isEqualTo(200);
            assertThat(first.getResponse().getResponseCodeDetails()).isEqualTo("via_upstream");
            assertThat(first.getResponse().getResponseHeadersMap()).containsKey("content-length");
            AccessLogCommon common = first.getCommonProperties();
            assertThat(common.getUpstreamCluster()).isEqualTo("echo");
            assertThat(common.getRouteName()).isEqualTo("main");
            assertThat(common.getUpstreamRemoteAddress().getSocketAddress().getPortValue())
                    .isEqualTo(echo.port());
            assertThat(common.getDownstreamLocalAddress().getSocketAddress().getPortValue())
                    .isEqualTo(proxy.port("main"));
            assertThat(common.hasTimeToFirstUpstreamRxByte()).isTrue();
            assertThat(requests(received).get(1).getResponse().getResponseCode().getValue())
                    .isEqualTo(410);
        }
    }

    private static List<HTTPAccessLogEntry> requests(List<StreamAccessLogsMessage> received) {
        return received.stream()
                .flatMap(message -> message.getHttpLogs().getLogEntryList().stream())
                .toList();
    }

    @Test
    void sendsEntriesOfConnectionsToAnAccessLogService() throws Exception {
        List<StreamAccessLogsMessage> received = new CopyOnWriteArrayList<>();
        try (AccessLogServer server = AccessLogServer.start(received::add);
                RunningProxy proxy = plane.start(new Bootstrap()
                        .cluster("echo", echo.port())
                        .grpcCluster("collector", server.port())
                        .listener("main", "filter_chains: [{filters: [" + Bootstrap.tcp("cluster: echo") + "]}]")
                        .alsoLog("""
                                {name: envoy.access_loggers.tcp_grpc, typed_config: {
                                  "@type": type.googleapis.com/envoy.extensions.access_loggers.grpc.v3.TcpGrpcAccessLogConfig,
                                  %s}}""".formatted(common("connections"))))) {
            Reply reply = proxy.client("main").get("/a", "host: a.test", "connection: close");
            assertThat(reply.status()).isEqualTo(200);
            await().atMost(SOON).until(() -> !connections(received).isEmpty());
            TCPAccessLogEntry entry = connections(received).getFirst();
            assertThat(entry.getCommonProperties().getUpstreamCluster()).isEqualTo("echo");
            assertThat(entry.getConnectionProperties().getReceivedBytes()).isPositive();
            assertThat(entry.getConnectionProperties().getSentBytes()).isPositive();
        }
    }

    private static List<TCPAccessLogEntry> connections(List<StreamAccessLogsMessage> received) {
        return received.stream()
                .flatMap(message -> message.getTcpLogs().getLogEntryList().stream())
                .toList();
    }
}
