package dev.lateen.proxy.telemetry;

import org.jspecify.annotations.Nullable;

/// Istio's standard metrics. Source: Istio documentation, "Istio Standard Metrics".
enum IstioMetric {
    REQUESTS_TOTAL(0),
    REQUEST_DURATION_MILLISECONDS(1),
    REQUEST_BYTES(2),
    RESPONSE_BYTES(3),
    REQUEST_MESSAGES_TOTAL(4),
    RESPONSE_MESSAGES_TOTAL(5),
    TCP_CONNECTIONS_OPENED_TOTAL(6),
    TCP_CONNECTIONS_CLOSED_TOTAL(7),
    TCP_SENT_BYTES_TOTAL(8),
    TCP_RECEIVED_BYTES_TOTAL(9);

    private static final int FIRST_TCP = 6;

    private final int index;
    private final String configured = name().toLowerCase(java.util.Locale.ROOT);
    private final String exposed = "istio_" + configured;

    IstioMetric(int index) {
        this.index = index;
    }

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
        return index;
    }

    boolean tcp() {
        return index >= FIRST_TCP;
    }
}
