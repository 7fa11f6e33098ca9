package dev.lateen.cli.demo;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What the callee's proxies have counted on one edge. Thread: any; a value once read.
///
/// @param durations how many requests took at most so many milliseconds, by that number
record EdgeCounts(double requests, double failures, double mutualTls, Map<Double, Double> durations) {
    private static final Pattern LINE = Pattern.compile("^(\\w+)\\{(.*)\\} (\\S+)");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final String UNKNOWN = "unknown";
    private static final EdgeCounts NONE = new EdgeCounts(0, 0, 0, Map.of());

    /// Reads Prometheus text: `istio_requests_total` and `istio_request_duration_milliseconds_bucket`, as the callee
    /// reports them, since only the callee knows whether the wire was mutual TLS.
    static Map<Edge, EdgeCounts> of(List<String> lines) {
        Map<Edge, EdgeCounts> edges = new TreeMap<>();
        for (String line : lines) {
            Matcher parts = LINE.matcher(line);
            if (parts.find()) {
                Map<String, String> labels = labels(parts.group(2));
                if (labels.getOrDefault("reporter", "").equals("destination")) {
                    Edge edge = edge(labels);
                    EdgeCounts old = edges.getOrDefault(edge, NONE);
                    edges.put(edge, old.with(parts.group(1), labels, Double.parseDouble(parts.group(3))));
                }
            }
        }
        return edges;
    }

    /// The part that came after an earlier reading.
    EdgeCounts since(@Nullable EdgeCounts earlier) {
        if (earlier == null) {
            return this;
        }
        Map<Double, Double> recent = new TreeMap<>();
        durations.forEach((limit, count) -> recent.put(limit, count - earlier.durations.getOrDefault(limit, 0.0)));
        return new EdgeCounts(
                requests - earlier.requests, failures - earlier.failures, mutualTls - earlier.mutualTls, recent);
    }

    double successPercent() {
        return requests == 0 ? 100 : 100 * (requests - failures) / requests;
    }

    double mutualTlsPercent() {
        return requests == 0 ? 0 : 100 * mutualTls / requests;
    }

    /// Milliseconds below which a share of the requests stayed, interpolated within its bucket.
    double quantile(double share) {
        double all = durations.getOrDefault(Double.POSITIVE_INFINITY, 0.0);
        double wanted = share * all;
        double lowerLimit = 0;
        double below = 0;
        for (Map.Entry<Double, Double> bucket : new TreeMap<>(durations).entrySet()) {
            if (bucket.getValue() >= wanted && bucket.getValue() > below) {
                double upper = bucket.getKey().isInfinite() ? lowerLimit : bucket.getKey();
                return lowerLimit + (upper - lowerLimit) * (wanted - below) / (bucket.getValue() - below);
            }
            below = bucket.getValue();
            lowerLimit = bucket.getKey();
        }
        return 0;
    }

    private EdgeCounts with(String name, Map<String, String> labels, double value) {
        if (name.equals("istio_requests_total")) {
            boolean failed = labels.getOrDefault("response_code", "").startsWith("5");
            boolean secure =
                    labels.getOrDefault("connection_security_policy", "").equals("mutual_tls");
            return new EdgeCounts(
                    requests + value, failures + (failed ? value : 0), mutualTls + (secure ? value : 0), durations);
        }
        if (name.equals("istio_request_duration_milliseconds_bucket")) {
            Map<Double, Double> added = new TreeMap<>(durations);
            String limit = labels.getOrDefault("le", "+Inf");
            added.merge(
                    limit.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(limit), value, Double::sum);
            return new EdgeCounts(requests, failures, mutualTls, added);
        }
        return this;
    }

    private static Edge edge(Map<String, String> labels) {
        return new Edge(
                caller(labels),
                labels.getOrDefault(
                        "destination_canonical_service", labels.getOrDefault("destination_workload", "unknown")),
                labels.getOrDefault("destination_version", ""));
    }

    /// By its workload, or where the callee was not told of it, by the account in its certificate.
    private static String caller(Map<String, String> labels) {
        String workload = labels.getOrDefault("source_workload", UNKNOWN);
        String principal = labels.getOrDefault("source_principal", UNKNOWN);
        int account = principal.lastIndexOf("/sa/");
        boolean known = !workload.equals(UNKNOWN) || account < 0;
        return known ? workload : principal.substring(account + "/sa/".length()).replaceAll("-service-account$", "");
    }

    private static Map<String, String> labels(String text) {
        Map<String, String> labels = new TreeMap<>();
        Matcher label = LABEL.matcher(text);
        while (label.find()) {
            labels.put(label.group(1), label.group(2));
        }
        return labels;
    }
}
