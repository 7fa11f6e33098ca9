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
/// The namespace of who is at the other end is that of its certificate where it has shown one, whatever it tells of
/// itself. Where no service is known, a server counts for its own canonical service, a client for `unknown`.
///
/// Source: Istio documentation, "Istio Standard Metrics"; its proxy's behaviour where that says nothing.
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

    /// For each metric its labels without braces; TCP metrics have no response code and no gRPC status, messages
    /// nothing that only the end of a call tells.
    List<String> of(SeriesKey key, IstioMetric.Kind kind) {
        IstioMetric[] metrics = IstioMetric.values();
        if (config.standardLabels()) {
            return Collections.nCopies(metrics.length, text(key, kind, Map.of()));
        }
        List<String> texts = new ArrayList<>(metrics.length);
        for (IstioMetric metric : metrics) {
            boolean shown = metric.kind() == kind && !config.dropped().contains(metric);
            texts.add(shown ? text(key, kind, config.tags().getOrDefault(metric, Map.of())) : DROPPED);
        }
        return List.copyOf(texts);
    }

    private String text(SeriesKey key, IstioMetric.Kind kind, Map<String, Integer> changes) {
        boolean client = reporter == IstioMetrics.Reporter.SOURCE;
        PeerInfo source = client ? local : key.peer;
        PeerInfo destination = client ? key.peer : local;
        String peerNamespace = namespace(client ? key.destinationPrincipal : key.sourcePrincipal, key.peer.namespace());
        String host = either(key.host, client ? PeerInfo.UNKNOWN_TEXT : local.canonicalService());
        Line out = new Line(key, changes);
        out.label("reporter", reporter.label());
        out.label("source_workload", source.workload());
        out.label("source_canonical_service", source.canonicalService());
        out.label("source_canonical_revision", source.canonicalRevision());
        out.label("source_workload_namespace", client ? local.namespace() : peerNamespace);
        out.label("source_principal", key.sourcePrincipal);
        out.label("source_app", source.app());
        out.label("source_version", source.version());
        out.label("source_cluster", source.cluster());
        out.label("destination_workload", destination.workload());
        out.label("destination_workload_namespace", client ? peerNamespace : local.namespace());
        out.label("destination_principal", key.destinationPrincipal);
        out.label("destination_app", destination.app());
        out.label("destination_version", destination.version());
        out.label("destination_service", host);
        out.label("destination_canonical_service", destination.canonicalService());
        out.label("destination_canonical_revision", destination.canonicalRevision());
        out.label("destination_service_name", either(key.service.name(), host));
        out.label(
                "destination_service_namespace",
                client ? either(key.service.namespace(), peerNamespace) : local.namespace());
        out.label("destination_cluster", destination.cluster());
        if (kind == IstioMetric.Kind.MESSAGES) {
            return out.end();
        }
        out.label("request_protocol", key.protocol);
        if (kind == IstioMetric.Kind.REQUESTS) {
            out.label("response_code", Integer.toString(key.status));
            out.label("grpc_response_status", key.grpcStatus < 0 ? "" : Integer.toString(key.grpcStatus));
        }
        out.label("response_flags", key.flags);
        out.label("connection_security_policy", key.security);
        return out.end();
    }

    private static String either(String text, String otherwise) {
        return text.isEmpty() ? otherwise : text;
    }

    /// Of a workload: what its certificate says, or else what it says itself.
    private static String namespace(String principal, String told) {
        PeerInfo proved = PeerInfo.ofIdentity(principal);
        return proved.namespace().equals(PeerInfo.UNKNOWN_TEXT) ? told : proved.namespace();
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
