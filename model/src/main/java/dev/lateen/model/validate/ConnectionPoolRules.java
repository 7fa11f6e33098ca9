package dev.lateen.model.validate;

import java.time.Duration;

/// Istio's rules for a `connectionPool`. Thread: any.
final class ConnectionPoolRules {
    private ConnectionPoolRules() {}

    static void check(View pool) {
        if (!pool.hasAny("tcp", "http")) {
            pool.report().error(pool.spot(), "missing-required", "connection pool is empty", "tcp or http");
        }
        pool.object("tcp").ifPresent(tcp -> {
            Checks.notNegative(tcp, "maxConnections");
            Checks.duration(tcp, "connectTimeout", "maxConnectionDuration");
            tcp.object("tcpKeepalive").ifPresent(alive -> Checks.duration(alive, "time", "interval"));
            if (!isZero(tcp, "idleTimeout")) {
                Checks.duration(tcp, "idleTimeout");
            }
        });
        pool.object("http").ifPresent(ConnectionPoolRules::http);
    }

    private static void http(View http) {
        Checks.notNegative(
                http,
                "http1MaxPendingRequests",
                "http2MaxRequests",
                "maxRequestsPerConnection",
                "maxRetries",
                "maxConcurrentStreams");
        Checks.duration(http, "idleTimeout");
        if (http.text("h2UpgradePolicy").equals("UPGRADE") && http.flag("useClientProtocol")) {
            http.error("useClientProtocol", "conflict", "cannot keep the client's protocol and upgrade it");
        }
        http.object("http2KeepAlive").ifPresent(alive -> Checks.duration(alive, "interval", "timeout"));
    }

    /// 0s turns the timeout off.
    private static boolean isZero(View view, String field) {
        return view.duration(field).map(Duration::isZero).orElse(false);
    }
}
