package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.lateen.cli.demo.ShopServices;
import dev.lateen.e2e.behaviour.GoProgram;
import dev.lateen.e2e.behaviour.Ports;
import dev.lateen.e2e.behaviour.Share;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Requests go through a gateway, a Java service, the shop's order service in Go and another Java service. A real
/// Zipkin has as many of their traces as the mesh's share says (within bounds that hold but once in a million times),
/// and each of them is whole, below the caller's span. Spans come there from the proxies, or through a real
/// OpenTelemetry collector.
final class SamplingIT {
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final String PASSED = "x-request-id b3 x-b3-traceid x-b3-spanid x-b3-parentspanid x-b3-sampled"
            + " x-b3-flags traceparent tracestate";
    private static final String SPAN = "e457b5a2e4d86bd1";
    private static final List<String> CHAIN = List.of(
            "istio-ingressgateway SERVER",
            "istio-ingressgateway CLIENT",
            "first SERVER",
            "first CLIENT",
            "order-service SERVER",
            "order-service CLIENT",
            "user-service SERVER");

    @TempDir
    Path directory = Path.of("");

    private final AtomicLong ids = new AtomicLong(1);

    /// How spans leave proxies.
    private enum Way {
        ZIPKIN,
        OTLP_GRPC,
        OTLP_HTTP;

        String manifests(Zipkin zipkin, Optional<OpenTelemetryCollector> collector) {
            return switch (this) {
                case ZIPKIN -> Zipkin.traced(zipkin.port());
                case OTLP_GRPC ->
                    OpenTelemetryCollector.provider(collector.orElseThrow().port(), "");
                case OTLP_HTTP ->
                    OpenTelemetryCollector.provider(collector.orElseThrow().httpPort(), ", http: {path: /v1/traces}");
            };
        }

        /// Which of a Telemetry's providers they are for.
        String providers() {
            return this == ZIPKIN ? "" : "providers: [{name: otel}], ";
        }
    }

    /// How a caller tells of its trace, and whether it has decided that it is sampled.
    private enum Caller {
        NONE(""),
        B3_MULTI("x-b3-traceid: TRACE, x-b3-spanid: SPAN"),
        B3_MULTI_YES("x-b3-traceid: TRACE, x-b3-spanid: SPAN, x-b3-sampled: 1"),
        B3_MULTI_NO("x-b3-traceid: TRACE, x-b3-spanid: SPAN, x-b3-sampled: 0"),
        B3_SINGLE("b3: TRACE-SPAN"),
        B3_SINGLE_YES("b3: TRACE-SPAN-1"),
        B3_SINGLE_NO("b3: TRACE-SPAN-0"),
        W3C_YES("traceparent: 00-TRACE-SPAN-01"),
        W3C_NO("traceparent: 00-TRACE-SPAN-00");

        private final String fields;

        Caller(String fields) {
            this.fields = fields;
        }

        /// @param alone whether what OpenTelemetry has defined is read, and nothing else
        boolean isRead(boolean alone) {
            return !alone || !name().startsWith("B3");
        }

        /// @param share of the mesh
        /// @param alone whether a trace that the caller wants is one of many, as with Envoy's OpenTelemetry
        double chance(double share, boolean alone) {
            return name().endsWith("NO") ? 0 : name().endsWith("YES") && !alone ? 1 : share;
        }

        String[] fields(String trace, String agent) {
            String all = "user-agent: " + agent + (fields.isEmpty() ? "" : ", " + fields);
            return Stream.of(all.replace("TRACE", trace).replace("SPAN", SPAN).split(", "))
                    .flatMap(field -> Stream.of(field.split(": ")))
                    .toArray(String[]::new);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "lateen, ZIPKIN",
        "envoy, ZIPKIN",
        "lateen, OTLP_GRPC",
        "envoy, OTLP_GRPC",
        "lateen, OTLP_HTTP",
        "envoy, OTLP_HTTP"
    })
    void asManyTracesArriveAsTheShareSays(String proxy, Way way) throws Exception {
        RunningMesh.assumeAsked("explicit", proxy);
        if (way != Way.ZIPKIN) {
            GoProgram.assumeAsked();
        }
        try (Zipkin zipkin = Zipkin.start(Zipkin.assumedJar(), Ports.free(), directory.resolve("zipkin.log"))) {
            Optional<OpenTelemetryCollector> collector =
                    way == Way.ZIPKIN ? Optional.empty() : Optional.of(OpenTelemetryCollector.start(zipkin, directory));
            try {
                follow(proxy, way, way.manifests(zipkin, collector), zipkin);
            } finally {
                collector.ifPresent(OpenTelemetryCollector::close);
            }
        }
    }

    private void follow(String proxy, Way way, String tracing, Zipkin zipkin) throws Exception {
        boolean alone = proxy.equals("envoy") && way != Way.ZIPKIN;
        Files.createDirectories(directory.resolve("manifests"));
        share(100, way);
        String manifests = tracing
                + RunningMesh.peer("first", "", ", {name: PEER_PASSES, value: \"" + PASSED + "\"}")
                + RunningMesh.workload("order-service", orderService().toString(), "", "")
                + RunningMesh.peer("user-service", "", "")
                + RunningMesh.gateway("first");
        try (RunningMesh mesh = RunningMesh.of(directory, manifests, "--capture", "explicit", "--proxy", proxy)) {
            await().atMost(SOON).until(() -> ask(mesh, "probe").statusCode() == 200);
            await().atMost(SOON).until(() -> isSampled(mesh));
            List<Runnable> checks = new ArrayList<>();
            checks.addAll(ask(mesh, zipkin, alone, 100, 30));
            share(0, way);
            await().atMost(SOON)
                    .until(() ->
                            Stream.generate(() -> isSampled(mesh)).limit(20).noneMatch(sampled -> sampled));
            checks.addAll(ask(mesh, zipkin, alone, 0, 60));
            share(10, way);
            await().atMost(SOON).until(() -> isSampled(mesh));
            checks.addAll(ask(mesh, zipkin, alone, 10, 400));
            // All at the end: what should not be there has had its time to come.
            checks.forEach(Runnable::run);
        }
    }

    private Path orderService() throws IOException {
        assumeTrue(
                Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                        .anyMatch(one -> Files.isExecutable(Path.of(one, "go"))),
                "SKIPPED: no go on PATH");
        Path programs = directory.resolve("programs");
        ShopServices.of(ShopServices.Language.GO, Launcher.path().resolveSibling("demo"), programs);
        return programs.resolve("demo-go").resolve("order-service");
    }

    /// Changes how many of the requests that nobody has decided about are traced.
    private void share(int percent, Way way) throws IOException {
        Files.writeString(
                directory.resolve("manifests").resolve("share.yaml"), """
                apiVersion: telemetry.istio.io/v1
                kind: Telemetry
                metadata: {name: share, namespace: istio-system}
                spec: {tracing: [{%srandomSamplingPercentage: %d}]}
                """.formatted(way.providers(), percent));
    }

    private static HttpResponse<String> ask(RunningMesh mesh, String... fields) throws IOException {
        String[] all = fields.length == 1 ? new String[] {"user-agent", fields[0]} : fields;
        return mesh.answer("first", "/fetch", "http://order-service/api/orders", all);
    }

    /// What the gateway makes of a request that nobody has decided about.
    private static boolean isSampled(RunningMesh mesh) {
        return mesh.ask("first", "/field", "x-b3-sampled", "user-agent", "probe")
                        .equals("1")
                || mesh.ask("first", "/field", "traceparent", "user-agent", "probe")
                        .endsWith("-01");
    }

    /// @param percent of the mesh's share
    /// @return what has to hold of the traces
    private List<Runnable> ask(RunningMesh mesh, Zipkin zipkin, boolean alone, int percent, int undecided)
            throws Exception {
        List<Runnable> checks = new ArrayList<>();
        for (Caller caller : Caller.values()) {
            if (!caller.isRead(alone)) {
                continue;
            }
            double chance = caller.chance(percent / 100.0, alone);
            int count = chance > 0 && chance < 1 ? undecided : Math.min(undecided, 60);
            String agent = caller + "-" + percent;
            Map<String, Boolean> asked = new HashMap<>();
            List<Callable<Integer>> work = new ArrayList<>();
            for (int index = 0; index < count; index++) {
                String trace = "80f198ee56343ba8%016x".formatted(ids.getAndIncrement());
                asked.put(trace, true);
                work.add(() -> ask(mesh, caller.fields(trace, agent)).statusCode());
            }
            try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
                for (Future<Integer> done : threads.invokeAll(work)) {
                    assertThat(done.get()).as(agent).isEqualTo(200);
                }
            }
            boolean known = caller != Caller.NONE;
            checks.add(() -> check(zipkin, agent, new Share(count, chance), known ? asked : Map.of()));
        }
        return checks;
    }

    /// @param asked the callers' traces; empty where they have none that is read
    private static void check(Zipkin zipkin, String agent, Share share, Map<String, Boolean> asked) {
        // A trace comes in parts, hop by hop.
        await().atMost(SOON).untilAsserted(() -> {
            int count = 0;
            for (JsonElement trace : zipkin.traces("user_agent", agent)) {
                JsonObject first = trace.getAsJsonArray().get(0).getAsJsonObject();
                String id = first.get("traceId").getAsString();
                assertThat(asked.isEmpty() || asked.containsKey(id)).as(id).isTrue();
                assertThat(TracesIT.chain(trace.getAsJsonArray(), asked.isEmpty() ? "" : SPAN))
                        .as("%s: %s", agent, trace)
                        .contains(CHAIN);
                count++;
            }
            share.check(count, agent);
        });
    }
}
