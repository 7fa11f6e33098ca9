package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lateen.e2e.behaviour.Ports;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A real Prometheus scrapes a gateway and three workloads while as many requests, calls of gRPC and connections are
/// made as this test counts: both reporters have the very same numbers.
///
/// Upstream Envoy has no metrics of Istio's: what is compared with it is what its agent counts, from its access log.
final class PrometheusIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    /// In which each page is read twice, or once and late.
    private static final Duration SCRAPES = Duration.ofSeconds(7);
    private static final int LOAD = 1_000;
    private static final int CALLS = 40;
    private static final int CONNECTIONS = 30;
    /// Those of Istio's documentation, "Istio Standard Metrics". Prometheus has no labels without a value.
    private static final Set<String> DOCUMENTED = Set.of(
            "reporter",
            "source_workload",
            "source_workload_namespace",
            "source_principal",
            "source_app",
            "source_version",
            "source_cluster",
            "source_canonical_service",
            "source_canonical_revision",
            "destination_workload",
            "destination_workload_namespace",
            "destination_principal",
            "destination_app",
            "destination_version",
            "destination_service",
            "destination_service_name",
            "destination_service_namespace",
            "destination_cluster",
            "destination_canonical_service",
            "destination_canonical_revision",
            "request_protocol",
            "response_code",
            "response_flags",
            "grpc_response_status",
            "connection_security_policy");
    /// Nobody has to take the spans: the metrics point at their traces all the same.
    private static final String TRACED = Zipkin.traced(9);

    private static final Set<String> KINDS =
            Set.of("requests", "durations", "calls", "opened", "closed", "sent", "received");
    private static final Set<String> OF_PROMETHEUS = Set.of("__name__", "instance", "job");

    @TempDir
    Path directory = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"lateen", "envoy"})
    void countsWhatWasSent(String proxy) throws Exception {
        RunningMesh.assumeAsked("transparent", proxy);
        assumeTrue(Prometheus.isInstalled(), "SKIPPED: no prometheus and promtool on PATH (`./dev it` installs them)");
        String metrics = ", prometheus.io/port: \"8080\"";
        String manifests = TRACED
                + RunningMesh.peer("caller", metrics, "")
                + RunningMesh.peer("callee", metrics + ", prometheus.io/path: /metrics?format=open", "")
                + RunningMesh.peer("db", "", ", {name: PEER_TCP, value: yes}")
                        .replace("{name: http, port: 80,", "{name: tcp, port: 5432,")
                + RunningMesh.gateway("caller", "callee");
        try (RunningMesh mesh = RunningMesh.of(directory, manifests, "--proxy", proxy, "--capture", "transparent")) {
            await().atMost(SOON).until(() -> mesh.ask("callee", "/u/0", "").startsWith("callee"));
            await().atMost(SOON)
                    .until(() -> mesh.ask("caller", "/tcp", "db:5432").equals("db"));
            await().atMost(SOON).until(() -> grpc(mesh) == 200);
            int exemplars;
            try (Prometheus prometheus = Prometheus.start(directory, Ports.free(), targets(mesh))) {
                assertCounts(mesh, prometheus);
                assertLabels(prometheus);
                assertApplicationsAreMerged(prometheus);
                assertThat(prometheus.errors()).isEmpty();
                exemplars = prometheus
                        .exemplars("istio_request_duration_milliseconds_bucket")
                        .size();
            }
            assertThat(Prometheus.remarks(page("http://" + mesh.debugAddress() + "/metrics"), directory))
                    .as("the control plane's page")
                    .isEmpty();
            assertControlPlaneNatively(mesh);
            if (proxy.equals("lateen")) {
                assertNatively(mesh);
                assertThat(exemplars).as("traces of the callee's latency").isPositive();
                // The callee's application makes its page OpenMetrics, which promtool does not read.
                for (String target : targets(mesh).subList(1, 4)) {
                    assertThat(Prometheus.remarks(page("http://" + target + "/stats/prometheus"), directory))
                            .as("the page of " + target + ", but for names that are Istio's and Envoy's")
                            .allMatch(PrometheusIT::isOfAName);
                }
            }
        }
    }

    /// Nothing is asked of the mesh meanwhile: both forms of a histogram have seen the same. On the merged page of an
    /// application that shows text there is text alone.
    private void assertNatively(RunningMesh mesh) throws IOException {
        String labels = "{destination_workload=\"callee\",response_code=\"200\",request_protocol=\"http\"}";
        try (Prometheus prometheus = Prometheus.ofNativeHistograms(
                Files.createDirectory(directory.resolve("native")),
                Ports.free(),
                targets(mesh).stream()
                        .map(target -> target.replace(":15020", ":15090"))
                        .toList(),
                "histogram_buckets: [prometheusnative]")) {
            await().atMost(SOON).untilAsserted(() -> {
                Map<String, Double> requests = byReporter(prometheus, "istio_requests_total" + labels);
                assertThat(requests).containsOnlyKeys("source", "destination");
                assertThat(requests.values()).allMatch(count -> count > LOAD);
                String durations = "istio_request_duration_milliseconds" + labels;
                assertThat(byReporter(prometheus, "histogram_count(" + durations + ")"))
                        .isEqualTo(requests);
                assertThat(byReporter(prometheus, "histogram_quantile(0.99, " + durations + ")")
                                .values())
                        .hasSize(2)
                        .allMatch(time -> time > 0);
            });
            assertThat(prometheus.errors()).isEmpty();
        }
    }

    private static Map<String, Double> byReporter(Prometheus prometheus, String expression) {
        Map<String, Double> values = new TreeMap<>();
        prometheus
                .query("sum by (reporter) (" + expression + ")")
                .forEach(row -> values.put(row.labels().getOrDefault("reporter", ""), row.value()));
        return values;
    }

    /// The control plane's page as text and as messages: the same numbers, which are those of this mesh.
    private void assertControlPlaneNatively(RunningMesh mesh) throws IOException {
        String page = page("http://" + mesh.debugAddress() + "/metrics");
        assertThat(page)
                .containsPattern("\npilot_services [1-9]")
                .containsPattern("\npilot_conflict_outbound_listener_tcp_over_current_tcp 0.0\n")
                .containsPattern("\npilot_inbound_updates\\{type=\"config\"} [1-9]")
                .containsPattern("\npilot_push_triggers\\{type=\"service\"} [1-9]")
                .containsPattern("\nxds_cache_reads\\{type=\"miss\"} [1-9]")
                .containsPattern("\nxds_cache_size [1-9]")
                .containsPattern("\nstartup_duration_seconds [0-9]")
                .containsPattern("\ncitadel_server_root_cert_expiry_seconds [1-9]");
        try (Prometheus prometheus = Prometheus.ofControlPlane(
                Files.createDirectory(directory.resolve("control")), Ports.free(), mesh.debugAddress())) {
            await().atMost(SOON).untilAsserted(() -> {
                assertThat(prometheus.number("histogram_count(pilot_xds_push_time)"))
                        .isEqualTo(value(page, "pilot_xds_push_time_count"));
                assertThat(prometheus.number("histogram_sum(pilot_debounce_time)"))
                        .isEqualTo(value(page, "pilot_debounce_time_sum"));
                assertThat(prometheus.number("sum(pilot_services)")).isEqualTo(value(page, "pilot_services"));
            });
            double all = prometheus.number("histogram_count(pilot_proxy_convergence_time)");
            assertThat(all).isPositive();
            assertThat(prometheus.number("histogram_quantile(0.5, pilot_proxy_convergence_time)"))
                    .isPositive();
            assertThat(prometheus.errors()).isEmpty();
        }
    }

    private static double value(String page, String metric) {
        return page.lines()
                .filter(line -> line.startsWith(metric + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(metric.length() + 1)))
                .findFirst()
                .orElseThrow();
    }

    /// `istio_…_milliseconds` is Istio's choice of a unit, and few of Envoy's counters end with `_total`.
    private static boolean isOfAName(String remark) {
        return remark.matches("istio_request_duration_milliseconds use base unit \"seconds\".*")
                || remark.matches("envoy_\\w+ (use base unit \"(seconds|bytes)\".*"
                        + "|counter metrics should have \"_total\" suffix"
                        + "|non-counter metrics should not have \"_total\" suffix"
                        + "|non-histogram and non-summary metrics should not have \"_count\" suffix"
                        + "|metric names should not contain abbreviated units"
                        + "|metric name should not include type '\\w+')");
    }

    private static void assertCounts(RunningMesh mesh, Prometheus prometheus) throws Exception {
        Map<String, Double> before = settled(prometheus);
        Map<String, Long> seriesBefore = ofCallee(prometheus);
        load(mesh);
        await().atMost(SOON).untilAsserted(() -> {
            Map<String, Double> added = new TreeMap<>();
            counts(prometheus).forEach((name, value) -> added.put(name, value - before.getOrDefault(name, 0.0)));
            assertThat(added)
                    .containsEntry("requests source", (double) LOAD)
                    .containsEntry("requests destination", (double) LOAD)
                    .containsEntry("durations source", (double) LOAD)
                    .containsEntry("durations destination", (double) LOAD)
                    .containsEntry("calls source", (double) CALLS)
                    .containsEntry("calls destination", (double) CALLS)
                    .containsEntry("opened source", (double) CONNECTIONS)
                    .containsEntry("opened destination", (double) CONNECTIONS)
                    .containsEntry("closed source", (double) CONNECTIONS)
                    .containsEntry("closed destination", (double) CONNECTIONS)
                    .containsEntry("sent source", CONNECTIONS * 3.0) // "db" and a line's end
                    .containsEntry("sent destination", CONNECTIONS * 3.0)
                    .containsEntry("received source", 0.0)
                    .containsEntry("received destination", 0.0);
        });
        assertThat(ofCallee(prometheus)).as("series after %d paths", LOAD).isEqualTo(seriesBefore);
    }

    /// How many series of the callee there are with each set of labels; buckets of a histogram differ by `le` alone.
    private static Map<String, Long> ofCallee(Prometheus prometheus) {
        return prometheus.query("{__name__=~\"istio_.*\",destination_workload=\"callee\"}").stream()
                .map(row -> {
                    Map<String, String> labels = new TreeMap<>(row.labels());
                    labels.keySet().removeAll(Set.of("__name__", "le"));
                    return labels.toString();
                })
                .collect(Collectors.groupingBy(labels -> labels, TreeMap::new, Collectors.counting()));
    }

    /// Unique paths of the callee, calls of gRPC that end with a status, and connections, by several at once.
    private static void load(RunningMesh mesh) throws Exception {
        List<Callable<Boolean>> work = new ArrayList<>();
        for (int index = 1; index <= LOAD; index++) {
            String path = "/u/" + index;
            work.add(() -> mesh.ask("callee", path, "").startsWith("callee"));
        }
        for (int index = 0; index < CALLS; index++) {
            work.add(() -> grpc(mesh) == 200);
        }
        for (int index = 0; index < CONNECTIONS; index++) {
            work.add(() -> mesh.ask("caller", "/tcp", "db:5432").equals("db"));
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            for (Future<Boolean> done : threads.invokeAll(work)) {
                assertThat(done.get()).isTrue();
            }
        }
    }

    private static int grpc(RunningMesh mesh) throws IOException {
        return mesh.answer("callee", "/grpc", "5", "content-type", "application/grpc")
                .statusCode();
    }

    /// Once nothing changes any more that was sent before.
    private static Map<String, Double> settled(Prometheus prometheus) {
        List<Map<String, Double>> seen = new ArrayList<>();
        await().atMost(SOON).pollInterval(SCRAPES).until(() -> {
            seen.add(counts(prometheus));
            Map<String, Double> last = seen.getLast();
            return seen.size() > 1
                    && last.equals(seen.get(seen.size() - 2))
                    && KINDS.stream()
                            .allMatch(kind ->
                                    last.containsKey(kind + " source") && last.containsKey(kind + " destination"));
        });
        return seen.getLast();
    }

    private static Map<String, Double> counts(Prometheus prometheus) {
        Map<String, Double> counts = new TreeMap<>();
        String http = "destination_workload=\"callee\",response_code=\"200\",request_protocol=\"http\"";
        String grpc = "destination_workload=\"callee\",request_protocol=\"grpc\",grpc_response_status=\"5\"";
        String tcp = "destination_service_name=\"db\",request_protocol=\"tcp\"";
        Map.of(
                        "requests", "istio_requests_total{" + http + "}",
                        "durations", "istio_request_duration_milliseconds_count{" + http + "}",
                        "calls", "istio_requests_total{" + grpc + "}",
                        "opened", "istio_tcp_connections_opened_total{" + tcp + "}",
                        "closed", "istio_tcp_connections_closed_total{" + tcp + "}",
                        "sent", "istio_tcp_sent_bytes_total{" + tcp + "}",
                        "received", "istio_tcp_received_bytes_total{" + tcp + "}")
                .forEach((name, metric) -> prometheus
                        .query("sum by (reporter) (" + metric + ")")
                        .forEach(row -> counts.put(name + " " + row.labels().get("reporter"), row.value())));
        return counts;
    }

    private static void assertLabels(Prometheus prometheus) {
        Set<String> seen = new TreeSet<>();
        for (Prometheus.Row row : prometheus.query("istio_requests_total{destination_workload=\"callee\"}")) {
            seen.addAll(row.labels().keySet());
            assertThat(row.labels())
                    .containsEntry("destination_app", "callee")
                    .containsEntry("destination_version", "v1");
        }
        seen.removeAll(OF_PROMETHEUS);
        assertThat(seen).containsExactlyInAnyOrderElementsOf(DOCUMENTED);
    }

    private static void assertApplicationsAreMerged(Prometheus prometheus) {
        await().atMost(SOON).untilAsserted(() -> {
            assertThat(prometheus.query("peer_answers_total{peer=\"callee\"}")).hasSize(1);
            assertThat(prometheus.query("peer_answers_total{peer=\"caller\"}")).hasSize(1);
        });
        // An application on a busy machine may once have been too slow for the second that a scrape has.
        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(prometheus.number("sum(increase(istio_agent_scrape_failures_total[5s]))"))
                                .isZero());
        assertThat(prometheus.number("min(istio_agent_scrapes_total)")).isPositive();
    }

    /// The status ports of all proxies; that of the callee first.
    private static List<String> targets(RunningMesh mesh) throws IOException {
        List<String> targets = new ArrayList<>();
        try (var pods = Files.list(mesh.home().resolve("pods"))) {
            for (Path pod : pods.toList()) {
                String target = Files.readString(pod.resolve("address")).strip() + ":15020";
                boolean callee = pod.getFileName().toString().startsWith("callee-");
                targets.add(callee ? 0 : targets.size(), target);
            }
        }
        assertThat(targets).hasSize(4);
        return targets;
    }

    private static String page(String uri) throws IOException {
        try (var in = URI.create(uri).toURL().openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
