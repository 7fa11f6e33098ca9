package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.lateen.e2e.behaviour.Ports;
import dev.lateen.e2e.grpc.UnaryServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// One request through a gateway and three workloads is one trace in a real Zipkin, with each call below the one that
/// made it, though one workload hands on nothing but `traceparent` and another nothing but B3. The mesh is told of the
/// collector as the documents of Istio do it: by `defaultConfig.tracing`.
final class TracesIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String B3 = "x-request-id x-b3-traceid x-b3-spanid x-b3-parentspanid x-b3-sampled";

    @TempDir
    Path directory = Path.of("");

    @ParameterizedTest
    @CsvSource({"lateen,x-request-id traceparent tracestate", "envoy," + B3})
    void oneRequestIsOneTrace(String proxy, String passed) throws IOException {
        RunningMesh.assumeAsked("explicit", proxy);
        try (Zipkin zipkin = Zipkin.start(Zipkin.assumedJar(), Ports.free(), directory.resolve("zipkin.log"))) {
            String manifests = Zipkin.traced(zipkin.port())
                    + RunningMesh.peer("first", "", ", {name: PEER_PASSES, value: \"" + passed + "\"}")
                    + RunningMesh.peer("second", "", ", {name: PEER_PASSES, value: \"" + B3 + "\"}")
                    + RunningMesh.peer("third", "", "")
                    + RunningMesh.gateway("first");
            try (RunningMesh mesh = RunningMesh.of(directory, manifests, "--capture", "explicit", "--proxy", proxy)) {
                await().atMost(SOON)
                        .until(() -> mesh.ask("first", "/fetch", "http://second/fetch?http://third/")
                                .contains("200 third"));
                await().atMost(SOON)
                        .untilAsserted(() -> assertThat(chains(zipkin))
                                .contains(List.of(
                                        "istio-ingressgateway SERVER",
                                        "istio-ingressgateway CLIENT",
                                        "first SERVER",
                                        "first CLIENT",
                                        "second SERVER",
                                        "second CLIENT",
                                        "third SERVER")));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lateen", "envoy"})
    void spansHaveTagsByFormatAndAWorkloadMayTellNobody(String proxy) throws IOException {
        RunningMesh.assumeAsked("explicit", proxy);
        try (Zipkin zipkin = Zipkin.start(Zipkin.assumedJar(), Ports.free(), directory.resolve("zipkin.log"))) {
            String manifests = Zipkin.traced(zipkin.port()) + """
                    apiVersion: telemetry.istio.io/v1
                    kind: Telemetry
                    metadata: {name: tags, namespace: istio-system}
                    spec: {tracing: [{customTags: {asked: {formatter: {value: "%REQ(:METHOD)% by %PROTOCOL%"}}}}]}
                    ---
                    apiVersion: telemetry.istio.io/v1
                    kind: Telemetry
                    metadata: {name: silent, namespace: default}
                    spec:
                      selector: {matchLabels: {app: first}}
                      tracing: [{disableContextPropagation: true}]
                    ---
                    """
                    + RunningMesh.peer("first", "", "")
                    + RunningMesh.peer("second", "", "")
                    + RunningMesh.gateway("first");
            try (RunningMesh mesh = RunningMesh.of(directory, manifests, "--capture", "explicit", "--proxy", proxy)) {
                await().atMost(SOON)
                        .until(() ->
                                mesh.ask("first", "/fetch", "http://second/").contains("200 second"));
                await().atMost(SOON).untilAsserted(() -> {
                    assertThat(chains(zipkin)).contains(List.of("second SERVER"), List.of("first CLIENT"));
                    assertThat(zipkin.traces().toString()).contains("\"asked\":\"GET by HTTP/1.1\"");
                });
                assertThat(chains(zipkin))
                        .noneMatch(chain -> chain.containsAll(List.of("first CLIENT", "second SERVER")));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lateen", "envoy"})
    void spansGoToAProviderOfOpenTelemetryInTheNameOfTheirService(String proxy) throws IOException {
        RunningMesh.assumeAsked("explicit", proxy);
        Set<String> services = ConcurrentHashMap.newKeySet();
        try (UnaryServer collector = UnaryServer.traces((request, answer) -> {
            request.getResourceSpansList().stream()
                    .flatMap(spans -> spans.getResource().getAttributesList().stream())
                    .filter(attribute -> attribute.getKey().equals("service.name"))
                    .forEach(attribute -> services.add(attribute.getValue().getStringValue()));
            answer.onNext(ExportTraceServiceResponse.getDefaultInstance());
            answer.onCompleted();
        })) {
            String manifests = OpenTelemetryCollector.provider(collector.port(), "") + """
                    apiVersion: telemetry.istio.io/v1
                    kind: Telemetry
                    metadata: {name: tracing, namespace: istio-system}
                    spec: {tracing: [{providers: [{name: otel}], randomSamplingPercentage: 100}]}
                    ---
                    """
                    + RunningMesh.peer("first", "", "")
                    + RunningMesh.peer("second", "", "")
                    + RunningMesh.gateway("first");
            try (RunningMesh mesh = RunningMesh.of(directory, manifests, "--capture", "explicit", "--proxy", proxy)) {
                await().atMost(SOON)
                        .until(() ->
                                mesh.ask("first", "/fetch", "http://second/").contains("200 second"));
                await().atMost(SOON)
                        .untilAsserted(() -> assertThat(services).contains("first.default", "second.default"));
            }
        }
    }

    /// Who called whom in each trace, from its root on; traces that branch or have several roots are left out.
    private static List<List<String>> chains(Zipkin zipkin) throws IOException {
        List<List<String>> chains = new ArrayList<>();
        for (JsonElement trace : zipkin.traces()) {
            chain(trace.getAsJsonArray(), "").ifPresent(chains::add);
        }
        return chains;
    }

    /// @param caller the span above the root; empty where there is none
    static Optional<List<String>> chain(JsonArray trace, String caller) {
        Map<String, List<JsonObject>> byParent = StreamSupport.stream(trace.spliterator(), false)
                .map(JsonElement::getAsJsonObject)
                .collect(Collectors.groupingBy(
                        span -> span.has("parentId") ? span.get("parentId").getAsString() : ""));
        List<String> names = new ArrayList<>();
        List<JsonObject> next = byParent.getOrDefault(caller, List.of());
        while (next.size() == 1) {
            JsonObject span = next.getFirst();
            String service =
                    span.getAsJsonObject("localEndpoint").get("serviceName").getAsString();
            names.add(service.split("\\.")[0] + " " + span.get("kind").getAsString());
            next = byParent.getOrDefault(span.get("id").getAsString(), List.of());
        }
        return next.isEmpty() && names.size() == trace.size() ? Optional.of(names) : Optional.empty();
    }
}
