package dev.lateen.bench.sidebyside;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A proxy with or without telemetry: Istio's metrics, its JSON lines in a file, 1 % of traces, and ours with or
/// without
/// decision records.
enum Observed {
    OURS_NONE("lateen, none", Peer.LATEEN, false, false),
    OURS_FULL("lateen, full", Peer.LATEEN, true, true),
    OURS_UNEXPLAINED("lateen, full without decisions", Peer.LATEEN, true, false),
    ENVOY_NONE("envoy, none", Peer.ENVOY, false, false),
    ENVOY_FULL("envoy, full", Peer.ENVOY, true, false);

    /// Istio's default fields of JSON lines.
    private static final List<Map.Entry<String, String>> LOG = List.of(
            Map.entry("start_time", "%START_TIME%"),
            Map.entry("method", "%REQ(:METHOD)%"),
            Map.entry("path", "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%"),
            Map.entry("protocol", "%PROTOCOL%"),
            Map.entry("response_code", "%RESPONSE_CODE%"),
            Map.entry("response_flags", "%RESPONSE_FLAGS%"),
            Map.entry("response_code_details", "%RESPONSE_CODE_DETAILS%"),
            Map.entry("connection_termination_details", "%CONNECTION_TERMINATION_DETAILS%"),
            Map.entry("upstream_transport_failure_reason", "%UPSTREAM_TRANSPORT_FAILURE_REASON%"),
            Map.entry("bytes_received", "%BYTES_RECEIVED%"),
            Map.entry("bytes_sent", "%BYTES_SENT%"),
            Map.entry("duration", "%DURATION%"),
            Map.entry("upstream_service_time", "%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)%"),
            Map.entry("x_forwarded_for", "%REQ(X-FORWARDED-FOR)%"),
            Map.entry("user_agent", "%REQ(USER-AGENT)%"),
            Map.entry("request_id", "%REQ(X-REQUEST-ID)%"),
            Map.entry("authority", "%REQ(:AUTHORITY)%"),
            Map.entry("upstream_host", "%UPSTREAM_HOST%"),
            Map.entry("upstream_cluster", "%UPSTREAM_CLUSTER_RAW%"),
            Map.entry("upstream_local_address", "%UPSTREAM_LOCAL_ADDRESS%"),
            Map.entry("downstream_local_address", "%DOWNSTREAM_LOCAL_ADDRESS%"),
            Map.entry("downstream_remote_address", "%DOWNSTREAM_REMOTE_ADDRESS%"),
            Map.entry("requested_server_name", "%REQUESTED_SERVER_NAME%"),
            Map.entry("route_name", "%ROUTE_NAME%"));

    /// The labels of Istio's metrics. What does not come with a request is known to Istio's filter beforehand, and a
    /// constant here.
    private static final Map<String, String> CHANGING = Map.of(
            "response_code", "%RESPONSE_CODE%",
            "response_flags", "%RESPONSE_FLAGS%",
            "request_protocol", "%PROTOCOL%",
            "client", "%REQ(X-CLIENT)%");

    private static final List<String> CONSTANT = List.of(
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
            "grpc_response_status",
            "connection_security_policy");

    private final String label;
    private final Peer peer;
    private final boolean full;
    private final boolean decisions;

    Observed(String label, Peer peer, boolean full, boolean decisions) {
        this.label = label;
        this.peer = peer;
        this.full = full;
        this.decisions = decisions;
    }

    String label() {
        return label;
    }

    Peer peer() {
        return peer;
    }

    Map<String, String> environment() {
        return peer == Peer.LATEEN && !decisions ? Map.of("LATEEN_DECISIONS", "0") : Map.of();
    }

    /// @param template of a bootstrap
    /// @param log a file
    String configured(String template, String log) {
        return template.replace("@OBSERVED@", full ? observed(log) : "").replace("@METRICS@", full ? metrics() : "");
    }

    private String observed(String log) {
        List<String> logs = new ArrayList<>();
        List<String> fields = new ArrayList<>();
        LOG.forEach(field -> fields.add('"' + field.getKey() + "\": \"" + field.getValue() + '"'));
        logs.add("""
                {name: envoy.access_loggers.file, typed_config: {\
                "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog, \
                path: "%s", log_format: {json_format: {%s}}}}""".formatted(log, String.join(", ", fields)));
        if (peer == Peer.ENVOY) {
            logs.add(statistics());
        }
        return "access_log: [" + String.join(", ", logs) + "]\n          " + """
                tracing: {random_sampling: {value: 1}, provider: {name: envoy.tracers.zipkin, typed_config: {\
                "@type": type.googleapis.com/envoy.config.trace.v3.ZipkinConfig, collector_cluster: collector, \
                collector_endpoint: /api/v2/spans, collector_endpoint_version: HTTP_JSON, trace_id_128bit: true, \
                shared_span_context: false}}}""";
    }

    private String metrics() {
        return peer == Peer.ENVOY ? "" : """
                - {name: istio.stats, typed_config: {"@type": type.googleapis.com/udpa.type.v1.TypedStruct, \
                type_url: type.googleapis.com/stats.PluginConfig, \
                value: {metrics: [{dimensions: {client: "request.headers['x-client']"}}]}}}""";
    }

    /// Envoy as its own project releases it counts such labels by an access logger alone.
    private static String statistics() {
        List<String> tags = new ArrayList<>();
        CONSTANT.forEach(name -> tags.add("{name: " + name + ", value_format: \"" + name.replace('_', '-') + "-v1\"}"));
        CHANGING.forEach((name, format) -> tags.add("{name: " + name + ", value_format: \"" + format + "\"}"));
        String all = "tags: [" + String.join(", ", tags) + "]";
        return """
                {name: envoy.access_loggers.stats, typed_config: {\
                "@type": type.googleapis.com/envoy.extensions.access_loggers.stats.v3.Config, stat_prefix: istio, \
                counters: [{stat: {name: istio_requests_total, @TAGS@}, value_fixed: 1}], \
                histograms: [\
                {stat: {name: istio_request_duration_milliseconds, @TAGS@}, unit: Milliseconds, value_format: "%DURATION%"}, \
                {stat: {name: istio_request_bytes, @TAGS@}, unit: Bytes, value_format: "%BYTES_RECEIVED%"}, \
                {stat: {name: istio_response_bytes, @TAGS@}, unit: Bytes, value_format: "%BYTES_SENT%"}]}}""".replace("@TAGS@", all);
    }
}
