package dev.lateen.control.dashboard;

import dev.lateen.control.dashboard.Prometheus.Point;
import dev.lateen.control.dashboard.Prometheus.Sample;
import dev.lateen.dashboard.traffic.EdgeKey;
import dev.lateen.dashboard.traffic.Frame;
import dev.lateen.dashboard.traffic.ProxyReader;
import dev.lateen.dashboard.traffic.Tally;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What was longer ago than the control plane remembers, from a Prometheus that scrapes the proxies.
///
/// Limits: a month back, 240 points of a line; spans of at least a minute, since Prometheus needs two scrapes to tell a
/// rate.
///
/// Thread: any; may block.
record LongHistory(DashboardSettings settings, InstantSource clock) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9._-]{1,253}");
    private static final Duration SHORTEST = Duration.ofMinutes(1);
    private static final long MOST_HOURS = 31 * 24;
    private static final int POINTS = 240;
    private static final int MOST_SERIES = 50_000;
    private static final String ENDS = "reporter, source_workload, source_workload_namespace, source_canonical_service,"
            + " source_canonical_revision, source_principal, destination_workload, destination_workload_namespace,"
            + " destination_canonical_service, destination_canonical_revision, destination_principal,"
            + " destination_service, destination_service_name, destination_service_namespace, request_protocol";
    /// Metrics of the graph, and what tells their series apart besides both ends.
    private static final Map<String, String> METRICS = Map.of(
            "istio_requests_total",
            ", response_code, response_flags, grpc_response_status, connection_security_policy",
            "istio_request_duration_milliseconds_bucket",
            ", le",
            "istio_request_bytes_sum",
            "",
            "istio_response_bytes_sum",
            "",
            "istio_tcp_connections_opened_total",
            ", connection_security_policy",
            "istio_tcp_sent_bytes_total",
            "",
            "istio_tcp_received_bytes_total",
            "");

    boolean isThere() {
        return settings.prometheus().isPresent();
    }

    /// All traffic within a time before `at`. Numbers may be fractions, since Prometheus extrapolates.
    Frame frame(Instant at, Duration length) throws IOException {
        Duration span = length.compareTo(SHORTEST) < 0 ? SHORTEST : length;
        Prometheus prometheus = new Prometheus(settings.prometheus().orElseThrow());
        StringBuilder page = new StringBuilder();
        for (Map.Entry<String, String> metric : METRICS.entrySet()) {
            String query = "sum by (" + ENDS + metric.getValue() + ") (increase(" + metric.getKey() + "["
                    + span.toSeconds() + "s])) > 0";
            prometheus.at(query, at).forEach(sample -> line(page, metric.getKey(), sample));
        }
        Map<EdgeKey, Tally> edges = new HashMap<>();
        ProxyReader reader = new ProxyReader(MOST_SERIES);
        reader.read("", edges); // counters begin at nothing
        reader.read(page.toString(), edges);
        return new Frame(at.minus(span), at, edges, 0, 0);
    }

    /// The lines of a workload (`workload=namespace/name`, with `gateway=true` what it sends) or of a service
    /// (`service=namespace/name`) over the last `hours`.
    Optional<JsonNode> json(Map<String, String> query) {
        ObjectNode json = JSON.createObjectNode();
        if (!isThere()) {
            return Optional.of(
                    json.put("missing", "Start the control plane with --prometheus URL, or LATEEN_PROMETHEUS."));
        }
        Optional<String> selector = selector(query);
        if (selector.isEmpty()) {
            return Optional.empty();
        }
        String hours = query.getOrDefault("hours", "");
        Duration back =
                Duration.ofHours(hours.matches("[0-9]{1,4}") ? Math.clamp(Long.parseLong(hours), 1L, MOST_HOURS) : 1);
        try {
            points(json.putArray("points"), selector.get(), back);
        } catch (IOException failure) {
            json.put("failure", failure.getMessage());
        }
        return Optional.of(json);
    }

    private void points(ArrayNode list, String selector, Duration back) throws IOException {
        Prometheus prometheus = new Prometheus(settings.prometheus().orElseThrow());
        Instant to = clock.instant();
        Duration step = Duration.ofSeconds(Math.max(15, back.toSeconds() / POINTS));
        long span = Math.max(SHORTEST.toSeconds(), 2 * step.toSeconds());
        String requests = "istio_requests_total{" + selector;
        String failed = "sum(rate(" + requests + ",response_code=~\"0|[45]..\"}[" + span + "s]))";
        String grpc = "sum(rate(" + requests + ",response_code=~\"2..\",grpc_response_status!~\"0|\"}[" + span + "s]))";
        String times =
                "sum by (le) (rate(istio_request_duration_milliseconds_bucket{" + selector + "}[" + span + "s]))";
        Map<String, String> lines = Map.of(
                "rate", "sum(rate(" + requests + "}[" + span + "s]))",
                "errors", "(" + failed + " or vector(0)) + (" + grpc + " or vector(0))",
                "p50", "histogram_quantile(0.5, " + times + ")",
                "p95", "histogram_quantile(0.95, " + times + ")",
                "p99", "histogram_quantile(0.99, " + times + ")");
        Map<Instant, ObjectNode> points = new TreeMap<>();
        for (Map.Entry<String, String> line : lines.entrySet()) {
            List<Point> found = prometheus.range(line.getValue(), to.minus(back), to, step);
            for (Point point : found) {
                points.computeIfAbsent(point.at(), at -> JSON.createObjectNode().put("at", at.toEpochMilli()))
                        .put(line.getKey(), point.value());
            }
        }
        points.values().forEach(list::add);
    }

    private static Optional<String> selector(Map<String, String> query) {
        boolean service = query.containsKey("service");
        String[] name = query.getOrDefault(service ? "service" : "workload", "").split("/", -1);
        if (name.length != 2
                || !NAME.matcher(name[0]).matches()
                || !NAME.matcher(name[1]).matches()) {
            return Optional.empty();
        }
        boolean sends = query.getOrDefault("gateway", "").equals("true");
        String end = service ? "destination_service" : sends ? "source_workload" : "destination_workload";
        return Optional.of("reporter=\"" + (service || sends ? "source" : "destination") + "\"," + end + "_namespace=\""
                + name[0] + "\"," + end + (service ? "_name" : "") + "=\"" + name[1] + "\"");
    }

    /// As a proxy's own page has it.
    private static void line(StringBuilder page, String metric, Sample sample) {
        String labels = sample.labels().entrySet().stream()
                .map(label -> label.getKey() + "=\""
                        + label.getValue()
                                .replace("\\", "\\\\")
                                .replace("\"", "\\\"")
                                .replace("\n", "\\n") + '"')
                .collect(Collectors.joining(","));
        page.append(metric)
                .append('{')
                .append(labels)
                .append("} ")
                .append(sample.value())
                .append('\n');
    }
}
