package dev.lateen.proxy.telemetry;

import org.jspecify.annotations.Nullable;

/// Istio's standard metrics. Source: Istio documentation, "Istio Standard Metrics".
enum IstioMetric {
    REQUESTS_TOTAL(0, Kind.REQUESTS),
    REQUEST_DURATION_MILLISECONDS(1, Kind.REQUESTS),
    REQUEST_BYTES(2, Kind.REQUESTS),
    RESPONSE_BYTES(3, Kind.REQUESTS),
    REQUEST_MESSAGES_TOTAL(4, Kind.MESSAGES),
    RESPONSE_MESSAGES_TOTAL(5, Kind.MESSAGES),
    TCP_CONNECTIONS_OPENED_TOTAL(6, Kind.CONNECTIONS),
    TCP_CONNECTIONS_CLOSED_TOTAL(7, Kind.CONNECTIONS),
    TCP_SENT_BYTES_TOTAL(8, Kind.CONNECTIONS),
    TCP_RECEIVED_BYTES_TOTAL(9, Kind.CONNECTIONS);

    /// What has the same labels.
    enum Kind {
        /// Counted at their ends.
        REQUESTS,
        /// Of gRPC, counted while a call goes on: labels of its two ends, none of its answer.
        MESSAGES,
        /// Of TCP.
        CONNECTIONS
    }

    private final int index;
    private final Kind kind;
    private final String configured = name().toLowerCase(java.util.Locale.ROOT);
    private final String exposed = "istio_" + configured;

    IstioMetric(int index, Kind kind) {
        this.index = index;
        this.kind = kind;
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

    Kind kind() {
        return kind;
    }
}
