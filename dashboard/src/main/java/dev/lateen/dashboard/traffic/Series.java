package dev.lateen.dashboard.traffic;

import dev.lateen.dashboard.traffic.EdgeKey.Reporter;
import dev.lateen.dashboard.traffic.EdgeKey.ServiceName;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// One line of a proxy's page: which edge it belongs to, what of it, and how far it had counted.
///
/// Thread: that of its `ProxyReader`.
final class Series {
    private final EdgeKey edge;
    private final Counted counted;
    private double last;
    private int page;

    private Series(EdgeKey edge, Counted counted) {
        this.edge = edge;
        this.counted = counted;
    }

    /// What a line counts.
    private sealed interface Counted {
        record Amount(Quantity quantity) implements Counted {}

        record Requests(String answer, boolean failed, boolean refused, Optional<Boolean> secured) implements Counted {}

        record Opened(Optional<Boolean> secured) implements Counted {}

        record AtMost(int bucket) implements Counted {}
    }

    /// The series of a line; empty for a metric that no graph shows.
    ///
    /// @param text of the labels, without braces
    /// @param same gives the one instance of an edge
    static Optional<Series> of(String metric, String text, UnaryOperator<EdgeKey> same) {
        Optional<Quantity> amount = amountOf(metric);
        boolean timed = metric.equals("istio_request_duration_milliseconds_bucket");
        boolean requests = metric.equals("istio_requests_total");
        boolean opened = metric.equals("istio_tcp_connections_opened_total");
        if (amount.isEmpty() && !timed && !requests && !opened) {
            return Optional.empty();
        }
        Map<String, String> labels = Labels.of(text);
        EdgeKey edge = same.apply(edge(labels));
        if (requests) {
            return Optional.of(new Series(edge, requests(labels)));
        }
        if (opened) {
            return Optional.of(new Series(edge, new Counted.Opened(secured(labels))));
        }
        return timed
                ? bucket(labels.getOrDefault("le", "")).map(index -> new Series(edge, new Counted.AtMost(index)))
                : amount.map(quantity -> new Series(edge, new Counted.Amount(quantity)));
    }

    EdgeKey edge() {
        return edge;
    }

    /// The last page that it was on.
    int page() {
        return page;
    }

    /// Takes over what the line says now.
    ///
    /// @param onPage the number of the page
    /// @return how much has come; all of it where the counter began anew
    double advance(int onPage, double value) {
        page = onPage;
        double more = value >= last ? value - last : value;
        last = value;
        return more;
    }

    void addTo(Tally tally, double amount) {
        switch (counted) {
            case Counted.Amount(Quantity quantity) -> tally.add(quantity, amount);
            case Counted.AtMost(int bucket) -> tally.addAtMost(bucket, amount);
            case Counted.Opened(Optional<Boolean> secured) -> {
                tally.add(Quantity.CONNECTIONS, amount);
                secured.ifPresent(yes -> tally.add(yes ? Quantity.SECURED : Quantity.PLAIN, amount));
            }
            case Counted.Requests(String answer, boolean failed, boolean refused, Optional<Boolean> secured) -> {
                tally.add(Quantity.REQUESTS, amount);
                tally.addAnswer(answer, amount);
                secured.ifPresent(yes -> tally.add(yes ? Quantity.SECURED : Quantity.PLAIN, amount));
                if (failed) {
                    tally.add(Quantity.FAILED, amount);
                }
                if (refused) {
                    tally.add(Quantity.REFUSED, amount);
                }
            }
        }
    }

    private static Optional<Quantity> amountOf(String metric) {
        return switch (metric) {
            case "istio_request_bytes_sum" -> Optional.of(Quantity.REQUEST_BYTES);
            case "istio_response_bytes_sum" -> Optional.of(Quantity.RESPONSE_BYTES);
            case "istio_tcp_sent_bytes_total" -> Optional.of(Quantity.SENT_BYTES);
            case "istio_tcp_received_bytes_total" -> Optional.of(Quantity.RECEIVED_BYTES);
            default -> Optional.empty();
        };
    }

    private static Counted.Requests requests(Map<String, String> labels) {
        String code = labels.getOrDefault("response_code", "0");
        String flags = labels.getOrDefault("response_flags", "-");
        String grpc = labels.getOrDefault("grpc_response_status", "");
        boolean grpcFailed = !grpc.isEmpty() && !grpc.equals("0");
        String answer = (grpcFailed && code.startsWith("2") ? "grpc " + grpc : code)
                + (flags.equals("-") || flags.isEmpty() ? "" : " " + flags);
        return new Counted.Requests(answer, Quantity.isFailure(answer), code.startsWith("4"), secured(labels));
    }

    private static Optional<Boolean> secured(Map<String, String> labels) {
        return switch (labels.getOrDefault("connection_security_policy", "unknown")) {
            case "mutual_tls" -> Optional.of(true);
            case "none" -> Optional.of(false);
            default -> Optional.empty();
        };
    }

    private static Optional<Integer> bucket(String limit) {
        if (limit.equals("+Inf")) {
            return Optional.of(Tally.LIMITS.length);
        }
        try {
            double number = Double.parseDouble(limit);
            for (int i = 0; i < Tally.LIMITS.length; i++) {
                if (Math.abs(Tally.LIMITS[i] - number) < 1e-9) {
                    return Optional.of(i);
                }
            }
        } catch (NumberFormatException _) {
            // No bucket of Istio's.
        }
        return Optional.empty();
    }

    private static EdgeKey edge(Map<String, String> labels) {
        String protocol = labels.getOrDefault("request_protocol", "tcp");
        return new EdgeKey(
                party(labels, "source_"),
                party(labels, "destination_"),
                service(labels),
                protocol.isEmpty() ? "tcp" : protocol,
                labels.getOrDefault("reporter", "").equals("source") ? Reporter.SOURCE : Reporter.DESTINATION);
    }

    private static Party party(Map<String, String> labels, String end) {
        String workload = known(labels, end + "workload");
        String app = known(labels, end + "canonical_service");
        String version = known(labels, end + "canonical_revision");
        return new Party(
                known(labels, end + "workload_namespace"),
                workload,
                app.isEmpty() ? known(labels, end + "app") : app,
                version.equals("latest") ? known(labels, end + "version") : version,
                known(labels, end + "principal"));
    }

    private static ServiceName service(Map<String, String> labels) {
        return new ServiceName(
                known(labels, "destination_service_namespace"),
                known(labels, "destination_service_name"),
                known(labels, "destination_service"));
    }

    private static String known(Map<String, String> labels, String name) {
        String value = labels.getOrDefault(name, "");
        return value.equals("unknown") ? "" : value;
    }
}
