package dev.lateen.local.agent;

/// Where spans go by `tracing` of `ProxyConfig`: the collector's cluster, and the tracer that uses it where the control
/// plane names none.
///
/// Differs: Lightstep gets no spans, since upstream Envoy does not speak its protocol any more.
///
/// @param cluster of the collector; empty for none
/// @param tracer a whole field of the bootstrap; empty for none
record BootstrapTracing(String cluster, String tracer) {
    private static final System.Logger LOG = System.getLogger(BootstrapTracing.class.getName());

    static BootstrapTracing of(PodSettings pod) {
        String zipkin = pod.text("tracing", "zipkin", "address");
        if (!zipkin.isEmpty()) {
            return of(pod, "zipkin", zipkin, ZIPKIN, "    dns_refresh_rate: 30s\n");
        }
        String datadog = pod.text("tracing", "datadog", "address");
        if (!datadog.isEmpty()) {
            return of(
                    pod,
                    "datadog_agent",
                    datadog,
                    DATADOG.replace("${service}", PodSettings.quoted(pod.text("serviceCluster"))),
                    "");
        }
        if (pod.has("tracing", "lightstep")) {
            LOG.log(System.Logger.Level.WARNING, "tracing.lightstep has no effect: Envoy has no such tracer any more");
        }
        return new BootstrapTracing("", "");
    }

    private static BootstrapTracing of(PodSettings pod, String name, String address, String tracer, String more) {
        return HostPort.parse(address)
                .map(collector -> new BootstrapTracing(
                        BootstrapClusters.server(pod, name, collector, more + UpstreamTls.yaml(pod, "tracing", "")),
                        tracer))
                .orElseGet(() -> {
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "tracing: address \"{0}\" has no effect (expected: host:port)",
                            address);
                    return new BootstrapTracing("", "");
                });
    }

    private static final String ZIPKIN = """
            tracing:
              http:
                name: envoy.tracers.zipkin
                typed_config:
                  "@type": type.googleapis.com/envoy.config.trace.v3.ZipkinConfig
                  collector_cluster: zipkin
                  collector_endpoint: /api/v2/spans
                  collector_endpoint_version: HTTP_JSON
                  trace_id_128bit: true
                  shared_span_context: false
            """;

    private static final String DATADOG = """
            tracing:
              http:
                name: envoy.tracers.datadog
                typed_config:
                  "@type": type.googleapis.com/envoy.config.trace.v3.DatadogConfig
                  collector_cluster: datadog_agent
                  service_name: ${service}
            """;
}
