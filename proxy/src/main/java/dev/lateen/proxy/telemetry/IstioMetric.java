package dev.lateen.proxy.telemetry;

import org.jspecify.annotations.Nullable;

/// Istio's standard metrics. Source: Istio documentation, "Istio Standard Metrics".
enum IstioMetric {
    REQUESTS_TOTAL,
    REQUEST_DURATION_MILLISECONDS,
    REQUEST_BYTES,
    RESPONSE_BYTES,
    REQUEST_MESSAGES_TOTAL,
    RESPONSE_MESSAGES_TOTAL,
    TCP_CONNECTIONS_OPENED_TOTAL,
    TCP_CONNECTIONS_CLOSED_TOTAL,
    TCP_SENT_BYTES_TOTAL,
    TCP_RECEIVED_BYTES_TOTAL;

    private final String configured = name().toLowerCase(java.util.Locale.ROOT);
    private final String exposed = "istio_" + configured;

    /// Null for names that no metric has.
    static @Nullable IstioMetric configured(String name) {
        for (IstioMetric metric : values()) {
            if (metric.configured.equals(name)) {
                return metric;
            }
        }
        return null;
    }

    /// As Prometheus sees it.
    String exposed() {
        return exposed;
    }

    /// Its place in lists of one text for each metric.
    int index() {
        return ordinal();
    }

    boolean tcp() {
        return ordinal() >= TCP_CONNECTIONS_OPENED_TOTAL.ordinal();
    }
}
