package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.e2e.grpc.AccessLogServer;
import dev.lateen.e2e.grpc.UnaryServer;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPAccessLogEntry;
import io.envoyproxy.envoy.service.accesslog.v3.StreamAccessLogsMessage;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Access logs from the mesh's settings to those who take them: extension providers that are files, streams
/// and OpenTelemetry's, which Telemetry gives to one workload under a condition. With our proxy, and with real Envoy
/// where all integration tests
/// are asked for.
final class LogProvidersIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    Path directory = Path.of("");

    private final List<StreamAccessLogsMessage> streamed = new CopyOnWriteArrayList<>();
    private final List<ExportLogsServiceRequest> exported = new CopyOnWriteArrayList<>();

    @ParameterizedTest
    @ValueSource(strings = {"lateen", "envoy"})
    void entriesGoToEachProvider(String proxy) throws IOException {
        RunningMesh.assumeAsked("explicit", proxy);
        Path file = directory.resolve("calls.log");
        try (AccessLogServer stream = AccessLogServer.start(streamed::add);
                UnaryServer collector = UnaryServer.logs((request, answer) -> {
                    exported.add(request);
                    answer.onNext(ExportLogsServiceResponse.getDefaultInstance());
                    answer.onCompleted();
                })) {
            String manifests = providers(file, stream.port(), collector.port())
                    + RunningMesh.peer("first", "", "")
                    + RunningMesh.peer("second", "", "")
                    + RunningMesh.gateway("first", "second");
            try (RunningMesh mesh = RunningMesh.of(directory, manifests, "--capture", "explicit", "--proxy", proxy)) {
                await().atMost(SOON).until(() -> mesh.ask("first", "/", "").startsWith("first"));
                await().atMost(SOON)
                        .until(() -> mesh.ask("second", "/nowhere", "").startsWith("second"));
                await().atMost(SOON).untilAsserted(() -> {
                    assertThat(mesh.answer("first", "/wanted", "", "x-log", "yes")
                                    .statusCode())
                            .isEqualTo(200);
                    assertThat(Files.readString(file)).contains("{\"path\":\"/wanted\",\"status\":200}\n");
                    assertThat(streamedPaths()).contains("/wanted");
                    assertThat(bodies()).contains("GET /wanted");
                });
                assertThat(Files.readAllLines(file)).containsOnly("{\"path\":\"/wanted\",\"status\":200}");
                assertThat(streamedPaths()).containsOnly("/wanted");
                assertThat(bodies()).containsOnly("GET /wanted");
                assertThat(streamed).anySatisfy(message -> {
                    assertThat(message.getIdentifier().getLogName()).isEqualTo("calls");
                    assertThat(message.getIdentifier().getNode().getId()).contains("first");
                });
                assertThat(entries())
                        .allSatisfy(entry -> assertThat(entry.getRequest().getRequestHeadersMap())
                                .containsEntry("x-log", "yes"));
            }
        }
    }

    private Stream<HTTPAccessLogEntry> entryStream() {
        return streamed.stream().flatMap(message -> message.getHttpLogs().getLogEntryList().stream());
    }

    private List<HTTPAccessLogEntry> entries() {
        return entryStream().toList();
    }

    private List<String> streamedPaths() {
        return entryStream().map(entry -> entry.getRequest().getPath()).toList();
    }

    private List<String> bodies() {
        return exported.stream()
                .flatMap(request -> request.getResourceLogsList().stream())
                .flatMap(logs -> logs.getScopeLogsList().stream())
                .flatMap(logs -> logs.getLogRecordsList().stream())
                .map(each -> each.getBody().getStringValue())
                .toList();
    }

    private static String providers(Path file, int stream, int collector) {
        return """
                apiVersion: install.istio.io/v1alpha1
                kind: IstioOperator
                metadata: {name: logs, namespace: istio-system}
                spec:
                  meshConfig:
                    extensionProviders:
                    - name: file
                      envoyFileAccessLog:
                        path: %s
                        logFormat: {labels: {path: "%%REQ(:PATH)%%", status: "%%RESPONSE_CODE%%"}}
                    - name: stream
                      envoyHttpAls: {service: stream.test, port: 9000, logName: calls, additionalRequestHeadersToLog: [x-log]}
                    - name: otel
                      envoyOtelAls: {service: otel.test, port: 4317, logFormat: {text: "%%REQ(:METHOD)%% %%REQ(:PATH)%%"}}
                ---
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: stream, namespace: istio-system}
                spec:
                  hosts: [stream.test]
                  ports: [{number: 9000, name: grpc, protocol: GRPC}]
                  resolution: STATIC
                  endpoints: [{address: 127.0.0.1, ports: {grpc: %d}}]
                ---
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: otel, namespace: istio-system}
                spec:
                  hosts: [otel.test]
                  ports: [{number: 4317, name: grpc, protocol: GRPC}]
                  resolution: STATIC
                  endpoints: [{address: 127.0.0.1, ports: {grpc: %d}}]
                ---
                apiVersion: telemetry.istio.io/v1
                kind: Telemetry
                metadata: {name: first, namespace: default}
                spec:
                  selector: {matchLabels: {app: first}}
                  accessLogging:
                  - providers: [{name: file}, {name: stream}, {name: otel}]
                    match: {mode: SERVER}
                    filter: {expression: "request.headers['x-log'] == 'yes'"}
                ---
                """.formatted(file, stream, collector);
    }
}
