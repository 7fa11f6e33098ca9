package dev.lateen.proxy.telemetry;

import dev.lateen.proxy.stream.PeerInfo;

/// Renders the labels of Istio's standard metrics, in the order in which Istio shows them.
///
/// Source: Istio documentation, "Istio Standard Metrics".
final class IstioLabels {
    private final IstioMetrics.Reporter reporter;
    private final PeerInfo local;

    IstioLabels(IstioMetrics.Reporter reporter, PeerInfo local) {
        this.reporter = reporter;
        this.local = local;
    }

    /// Labels without braces; TCP metrics have no response code and no gRPC status.
    String text(SeriesKey key, boolean tcp) {
        PeerInfo source = reporter == IstioMetrics.Reporter.SOURCE ? local : key.peer;
        PeerInfo destination = reporter == IstioMetrics.Reporter.SOURCE ? key.peer : local;
        StringBuilder out = new StringBuilder(768);
        label("reporter", reporter.label(), out);
        label("source_workload", source.workload(), out);
        label("source_canonical_service", source.canonicalService(), out);
        label("source_canonical_revision", source.canonicalRevision(), out);
        label("source_workload_namespace", source.namespace(), out);
        label("source_principal", key.sourcePrincipal, out);
        label("source_app", source.app(), out);
        label("source_version", source.version(), out);
        label("source_cluster", source.cluster(), out);
        label("destination_workload", destination.workload(), out);
        label("destination_workload_namespace", destination.namespace(), out);
        label("destination_principal", key.destinationPrincipal, out);
        label("destination_app", destination.app(), out);
        label("destination_version", destination.version(), out);
        label("destination_service", key.host, out);
        label("destination_canonical_service", destination.canonicalService(), out);
        label("destination_canonical_revision", destination.canonicalRevision(), out);
        label("destination_service_name", key.service.name(), out);
        label("destination_service_namespace", key.service.namespace(), out);
        label("destination_cluster", destination.cluster(), out);
        label("request_protocol", key.protocol, out);
        if (!tcp) {
            label("response_code", Integer.toString(key.status), out);
            label("grpc_response_status", key.grpcStatus < 0 ? "" : Integer.toString(key.grpcStatus), out);
        }
        label("response_flags", key.flags, out);
        label("connection_security_policy", key.security, out);
        return out.toString();
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
