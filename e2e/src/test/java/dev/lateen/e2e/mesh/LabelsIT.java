package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// All labels of Istio's metrics, as both ends of a request and of a connection report them: with our proxy and with
/// real Envoy and its agent, at either end.
final class LabelsIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Pattern SERIES = Pattern.compile("^(istio_\\w+)\\{(.*)} \\S+$");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");
    private static final String UNKNOWN = "unknown";
    private static final List<String> REQUESTS = List.of(
            "istio_requests_total",
            "istio_request_duration_milliseconds_count",
            "istio_request_bytes_count",
            "istio_response_bytes_count");
    private static final List<String> CONNECTIONS = List.of(
            "istio_tcp_connections_opened_total",
            "istio_tcp_connections_closed_total",
            "istio_tcp_sent_bytes_total",
            "istio_tcp_received_bytes_total");

    @TempDir
    private static Path directory;

    private static RunningMesh mesh;

    @BeforeAll
    static void start() throws IOException {
        RunningMesh.assumeRuns("transparent", "envoy");
        assumeTrue("all".equals(System.getProperty("lateen.it")), "SKIPPED: -Dlateen.it=all looks at labels");
        String says = ", {name: PEER_TCP, value: yes}";
        String envoy = ", local.lateen.dev/proxy: envoy";
        mesh = RunningMesh.of(
                directory,
                RunningMesh.peer("ours", "", "")
                        + RunningMesh.peer("theirs", envoy, "")
                        + tcp(RunningMesh.peer("ours-db", "", says))
                        + tcp(RunningMesh.peer("theirs-db", envoy, says))
                        + RunningMesh.gateway("ours", "theirs"),
                "--capture",
                "transparent");
        for (String client : List.of("ours", "theirs")) {
            String server = client.equals("ours") ? "theirs" : "ours";
            await().atMost(SOON)
                    .until(() ->
                            mesh.ask(client, "/fetch", "http://" + server + "/").startsWith("200 " + server));
            for (String db : List.of("ours-db", "theirs-db")) {
                await().atMost(SOON)
                        .until(() -> mesh.ask(client, "/tcp", db + ":5432").equals(db));
            }
        }
    }

    private static String tcp(String manifests) {
        return manifests.replace("{name: http, port: 80,", "{name: tcp, port: 5432,");
    }

    @AfterAll
    static void stop() {
        if (mesh != null) {
            mesh.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"ours, theirs", "theirs, ours"})
    void ofRequests(String client, String server) {
        for (String metric : REQUESTS) {
            assertReported(metric, client, server, false);
        }
    }

    @ParameterizedTest
    @CsvSource({"ours, ours-db", "ours, theirs-db", "theirs, ours-db", "theirs, theirs-db"})
    void ofConnections(String client, String server) {
        for (String metric : CONNECTIONS) {
            assertReported(metric, client, server, true);
        }
    }

    private static void assertReported(String metric, String client, String server, boolean tcp) {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(reported(client, metric, "destination_workload", server))
                        .as("%s by %s, the client", metric, client)
                        .containsExactly(byClient(client, server, tcp)));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(reported(server, metric, "source_principal", principal(client)))
                        .as("%s by %s, the server", metric, server)
                        .containsExactly(byServer(client, server, tcp)));
    }

    private static List<Map<String, String>> reported(String workload, String metric, String label, String value) {
        return series(workload).stream()
                .filter(s ->
                        s.metric().equals(metric) && value.equals(s.labels().get(label)))
                .map(Series::labels)
                .toList();
    }

    /// Envoy does not log its upstream's certificates.
    private static Map<String, String> byClient(String client, String server, boolean tcp) {
        Map<String, String> labels = all(client, server, tcp);
        labels.put("reporter", "source");
        labels.put("connection_security_policy", UNKNOWN);
        if (client.startsWith("theirs")) {
            labels.put("source_principal", UNKNOWN);
            labels.put("destination_principal", UNKNOWN);
        }
        return labels;
    }

    /// Who calls is told with requests; of connections, only our proxy finds it out, by their address.
    private static Map<String, String> byServer(String client, String server, boolean tcp) {
        Map<String, String> labels = all(client, server, tcp);
        labels.put("reporter", "destination");
        labels.put("connection_security_policy", "mutual_tls");
        if (tcp && server.startsWith("theirs")) {
            for (String name : List.of("workload", "app", "version", "cluster", "canonical_service")) {
                labels.put("source_" + name, UNKNOWN);
            }
            labels.put("source_canonical_revision", "latest");
        }
        return labels;
    }

    private static Map<String, String> all(String client, String server, boolean tcp) {
        Map<String, String> labels = new TreeMap<>();
        Map.of("source_", client, "destination_", server).forEach((side, workload) -> {
            labels.put(side + "workload", workload);
            labels.put(side + "app", workload);
            labels.put(side + "version", "v1");
            labels.put(side + "canonical_service", workload);
            labels.put(side + "canonical_revision", "v1");
            labels.put(side + "workload_namespace", "default");
            labels.put(side + "cluster", "Kubernetes");
            labels.put(side + "principal", principal(workload));
        });
        labels.put("destination_service", server + ".default.svc.cluster.local");
        labels.put("destination_service_name", server);
        labels.put("destination_service_namespace", "default");
        labels.put("request_protocol", tcp ? "tcp" : "http");
        labels.put("response_flags", "-");
        if (!tcp) {
            labels.put("response_code", "200");
            labels.put("grpc_response_status", "");
        }
        return labels;
    }

    private static String principal(String workload) {
        return "spiffe://cluster.local/ns/default/sa/" + workload;
    }

    /// What a peer tells of itself is no business of the application.
    @ParameterizedTest
    @ValueSource(strings = {"ours", "theirs"})
    void theApplicationSeesNoMetadataOfPeers(String server) {
        String client = server.equals("ours") ? "theirs" : "ours";
        assertThat(mesh.ask(client, "/fetch", "http://" + server + "/headers"))
                .startsWith("200 ")
                .contains("x-forwarded-client-cert")
                .doesNotContain("x-envoy-peer-metadata");
    }

    private record Series(String metric, Map<String, String> labels) {}

    private static List<Series> series(String workload) {
        List<Series> all = new ArrayList<>();
        for (String line : numbers(workload).lines().toList()) {
            Matcher series = SERIES.matcher(line);
            if (series.matches()) {
                Map<String, String> labels = new TreeMap<>();
                Matcher label = LABEL.matcher(series.group(2));
                while (label.find()) {
                    labels.put(label.group(1), label.group(2));
                }
                all.add(new Series(series.group(1), labels));
            }
        }
        return all;
    }

    /// What the workload's proxy shows: our own, or the agent beside Envoy.
    private static String numbers(String workload) {
        int port = workload.startsWith("theirs") ? 15020 : 15090;
        try (var pods = Files.list(mesh.home().resolve("pods"))) {
            Path pod = pods.filter(p -> p.getFileName().toString().matches(workload + "-(?!db-).*"))
                    .findFirst()
                    .orElseThrow();
            String address = Files.readString(pod.resolve("address")).strip();
            try (var in = URI.create("http://" + address + ":" + port + "/stats/prometheus")
                    .toURL()
                    .openStream()) {
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
