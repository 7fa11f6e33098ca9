package dev.lateen.proxy.telemetry;

import dev.lateen.proxy.stream.PeerInfo;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Renders the labels of Istio's standard metrics, in the order in which Istio shows them; then those that the
/// configuration adds.
///
/// Source: Istio documentation, "Istio Standard Metrics".
final class IstioLabels {
    /// In the place of the labels of a metric that is not shown.
    static final String DROPPED = "-";

    private static final Set<String> STANDARD = Set.of(
            "reporter",
            "source_workload",
            "source_canonical_service",
            "source_canonical_revision",
            "source_workload_namespace",
            "source_principal",
            "source_app",
            "source_version",
            "source_cluster",
            "destination_workload",
            "destination_workload_namespace",
            "destination_principal",
            "destination_app",
            "destination_version",
            "destination_service",
            "destination_canonical_service",
            "destination_canonical_revision",
            "destination_service_name",
            "destination_service_namespace",
            "destination_cluster",
            "request_protocol",
            "response_code",
            "grpc_response_status",
            "response_flags",
            "connection_security_policy");

    private final IstioMetrics.Reporter reporter;
    private final PeerInfo local;
    private final MetricsConfig config;

    IstioLabels(IstioMetrics.Reporter reporter, PeerInfo local, MetricsConfig config) {
        this.reporter = reporter;
        this.local = local;
        this.config = config;
    }

    /// For each metric its labels without braces; TCP metrics have no response code and no gRPC status.
    List<String> of(SeriesKey key, boolean tcp) {
        IstioMetric[] metrics = IstioMetric.values();
        if (config.standardLabels()) {
            return Collections.nCopies(metrics.length, text(key, tcp, Map.of()));
        }
        List<String> texts = new ArrayList<>(metrics.length);
        for (IstioMetric metric : metrics) {
            boolean shown = metric.tcp() == tcp && !config.dropped().contains(metric);
            texts.add(shown ? text(key, tcp, config.tags().getOrDefault(metric, Map.of())) : DROPPED);
        }
        return List.copyOf(texts);
    }

    private String text(SeriesKey key, boolean tcp, Map<String, Integer> changes) {
        PeerInfo source = reporter == IstioMetrics.Reporter.SOURCE ? local : key.peer;
        PeerInfo destination = reporter == IstioMetrics.Reporter.SOURCE ? key.peer : local;
        Line out = new Line(key, changes);
        out.label("reporter", reporter.label());
        out.label("source_workload", source.workload());
        out.label("source_canonical_service", source.canonicalService());
        out.label("source_canonical_revision", source.canonicalRevision());
        out.label("source_workload_namespace", source.namespace());
        out.label("source_principal", key.sourcePrincipal);
        out.label("source_app", source.app());
        out.label("source_version", source.version());
        out.label("source_cluster", source.cluster());
        out.label("destination_workload", destination.workload());
        out.label("destination_workload_namespace", destination.namespace());
        out.label("destination_principal", key.destinationPrincipal);
        out.label("destination_app", destination.app());
        out.label("destination_version", destination.version());
        out.label("destination_service", key.host);
        out.label("destination_canonical_service", destination.canonicalService());
        out.label("destination_canonical_revision", destination.canonicalRevision());
        out.label("destination_service_name", key.service.name());
        out.label("destination_service_namespace", key.service.namespace());
        out.label("destination_cluster", destination.cluster());
        out.label("request_protocol", key.protocol);
        if (!tcp) {
            out.label("response_code", Integer.toString(key.status));
            out.label("grpc_response_status", key.grpcStatus < 0 ? "" : Integer.toString(key.grpcStatus));
        }
        out.label("response_flags", key.flags);
        out.label("connection_security_policy", key.security);
        return out.end();
    }

    /// The labels of one metric as they are written.
    private static final class Line {
        private final SeriesKey key;
        private final Map<String, Integer> changes;
        private final StringBuilder out = new StringBuilder(768);

        Line(SeriesKey key, Map<String, Integer> changes) {
            this.key = key;
            this.changes = changes;
        }

        void label(String name, String value) {
            Integer change = changes.get(name);
            if (change == null) {
                IstioLabels.label(name, value, out);
            } else if (change != MetricsConfig.REMOVED) {
                IstioLabels.label(name, key.custom[change], out);
            }
        }

        /// Adds what the configuration adds.
        String end() {
            changes.forEach((name, change) -> {
                if (change != MetricsConfig.REMOVED && !STANDARD.contains(name)) {
                    IstioLabels.label(name, key.custom[change], out);
                }
            });
            return out.toString();
        }
    }

    static void label(String name, String value, StringBuilder out) {
        if (!out.isEmpty()) {
            out.append(',');
        }
        out.append(name).append("=\"");
        escape(value, out);
        out.append('"');
    }

    /// As the Prometheus text format wants label values.
    static void escape(String value, StringBuilder out) {
        for (int index = 0; index < value.length(); index++) {
            char letter = value.charAt(index);
            switch (letter) {
                case '\\' -> out.append("\\\\");
                case '"' -> out.append("\\\"");
                case '\n' -> out.append("\\n");
                default -> out.append(letter);
            }
        }
    }
}
