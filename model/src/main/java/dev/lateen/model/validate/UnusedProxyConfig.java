package dev.lateen.model.validate;

import java.util.List;

/// What of `defaultConfig` is without effect on a data plane of this mesh, though Istio takes it. Thread: any.
final class UnusedProxyConfig {
    /// What Envoy's own statistics are told, of which the mesh's own proxy has none.
    private static final List<String> STATISTICS =
            List.of("statsdUdpAddress", "envoyMetricsService", "extraStatTags", "proxyStatsMatcher");

    private UnusedProxyConfig() {}

    static void check(View config) {
        for (String field : STATISTICS) {
            if (config.has(field)) {
                config.warning(
                        field,
                        "no-effect",
                        "only Envoy is told of it; the mesh's own proxy has no such statistics",
                        "its metrics are at /stats/prometheus");
            }
        }
        config.object("tracing").ifPresent(UnusedProxyConfig::tracers);
    }

    private static void tracers(View tracing) {
        for (String tracer : List.of("datadog", "lightstep", "openCensusAgent")) {
            if (tracing.has(tracer)) {
                tracing.warning(
                        tracer,
                        "unsupported",
                        tracer.equals("datadog")
                                ? "only Envoy has such a tracer: the mesh's own proxy sends no spans"
                                : "no data plane has such a tracer: no spans are sent",
                        "zipkin, or an extension provider such as opentelemetry");
            }
        }
    }
}
