package dev.lateen.e2e.behaviour;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.LinkedHashMap;
import java.util.Map;

/// Hosts that can be made well and not well, each in a cluster of its own that checks it and is named like its
/// listener.
final class CheckedHosts {
    private static final String QUICK =
            "timeout: 3s, interval: 0.1s, no_traffic_interval: 0.1s, unhealthy_threshold: %d, healthy_threshold: 2, %s";
    private static final String NO_PANIC =
            "connect_timeout: 1s, common_lb_config: {healthy_panic_threshold: {value: 0}}";

    private final Map<String, HealthHost> hosts = new LinkedHashMap<>();
    private final ServerSocket talking = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

    /// Starts the hosts, and adds their clusters and listeners to the bootstrap.
    CheckedHosts(Bootstrap bootstrap) throws Exception {
        Thread.startVirtualThread(this::accept);
        String http = "http_health_check: {path: /health%s}";
        cluster(bootstrap, "basic", NO_PANIC, quick(2, http.formatted("")), host("basic-a"), host("basic-b"));
        cluster(bootstrap, "closing", NO_PANIC, quick(4, http.formatted("")), host("closing"));
        cluster(bootstrap, "silent", NO_PANIC, impatient(http.formatted("")), host("silent"));
        cluster(
                bootstrap,
                "statuses",
                NO_PANIC,
                quick(
                        4,
                        http.formatted(
                                ", expected_statuses: [{start: 200, end: 201}, {start: 404, end: 405}], retriable_statuses: [{start: 500, end: 600}]")),
                host("statuses"));
        cluster(
                bootstrap,
                "payload",
                NO_PANIC,
                quick(1, http.formatted(", receive: [{text: \"4f4b\"}, {text: \"6e6f77\"}], response_buffer_size: 20")),
                host("payload"));
        cluster(
                bootstrap,
                "asked",
                NO_PANIC,
                quick(
                        1,
                        "reuse_connection: false, http_health_check: {path: /health, host: known.test, method: POST, request_headers_to_add: [{header: {key: X-Check, value: me}}], request_headers_to_remove: [user-agent]}"),
                host("asked"));
        cluster(
                bootstrap,
                "named",
                NO_PANIC,
                quick(1, http.formatted(", service_name_matcher: {prefix: shop}")),
                host("named"));
        HealthHost serving = host("elsewhere");
        HealthHost apart = host("apart");
        bootstrap.rawCluster(raw(
                "elsewhere",
                NO_PANIC,
                quick(1, http.formatted("")),
                endpoint(serving.port(), "port_value: %d, hostname: own.test".formatted(apart.port()))));
        bootstrap.http("elsewhere", route("elsewhere"));
        bootstrap.rawCluster(raw(
                "unchecked",
                NO_PANIC,
                quick(1, http.formatted("")),
                endpoint(host("unchecked").port(), "disable_active_health_check: true")));
        bootstrap.http("unchecked", route("unchecked"));
        cluster(bootstrap, "degraded", NO_PANIC, quick(1, http.formatted("")), host("degraded-a"), host("degraded-b"));
        cluster(bootstrap, "refusing", NO_PANIC, quick(1, http.formatted("")), host("refusing"));
        cluster(bootstrap, "panic", "connect_timeout: 1s", quick(1, http.formatted("")), host("panic"));
        cluster(
                bootstrap,
                "forgiven",
                NO_PANIC
                        + ", outlier_detection: {consecutive_5xx: 1, base_ejection_time: 300s, max_ejection_percent: 100}",
                quick(1, http.formatted("")),
                host("forgiven"));
        cluster(
                bootstrap,
                "unforgiven",
                NO_PANIC
                        + ", outlier_detection: {consecutive_5xx: 1, base_ejection_time: 300s, max_ejection_percent: 100, successful_active_health_check_uneject_host: false}",
                quick(1, http.formatted("")),
                host("unforgiven"));
        cluster(
                bootstrap,
                "leaving",
                NO_PANIC,
                "timeout: 10s, interval: 300s, no_traffic_interval: 300s, unhealthy_threshold: 3, healthy_threshold: 3, "
                        + http.formatted(""),
                host("leaving"));
        cluster(
                bootstrap,
                "rested",
                NO_PANIC,
                "timeout: 10s, interval: 0.02s, no_traffic_interval: 300s, unhealthy_threshold: 3, healthy_threshold: 3, "
                        + http.formatted(""),
                host("rested"));
        cluster(bootstrap, "tcp", NO_PANIC, quick(1, "tcp_health_check: {}"), host("tcp"));
        String talk = "tcp_health_check: {send: {text: \"50\"}, receive: [{text: \"4142\"}, {text: \"%s\"}]}";
        for (String name : new String[] {"talking", "lying"}) {
            boolean right = name.equals("talking");
            String kind = talk.formatted(right ? "4344" : "5858");
            bootstrap.cluster(
                    name,
                    NO_PANIC + ", health_checks: [{" + (right ? quick(1, kind) : impatient(kind)) + "}]",
                    talking.getLocalPort());
        }
        bootstrap.cluster(
                "dead", NO_PANIC + ", health_checks: [{" + quick(1, "tcp_health_check: {}") + "}]", Ports.free());
        hosts.put("grpc", HealthHost.grpc("grpc"));
        bootstrap.cluster(
                "grpc",
                Bootstrap.HTTP2 + ", health_checks: [{"
                        + quick(
                                3,
                                "grpc_health_check: {service_name: shop, authority: grpc.test, initial_metadata: [{header: {key: x-check, value: me}}]}")
                        + "}]",
                hosts.get("grpc").port());
    }

    HealthHost of(String name) {
        return hosts.get(name);
    }

    void close() throws Exception {
        talking.close();
        for (HealthHost host : hosts.values()) {
            host.close();
        }
    }

    private static String quick(int unhealthyThreshold, String kind) {
        return QUICK.formatted(unhealthyThreshold, kind);
    }

    private static String impatient(String kind) {
        return quick(1, kind).replace("timeout: 3s", "timeout: 0.4s");
    }

    private HealthHost host(String name) throws IOException {
        HealthHost host = HealthHost.http(name);
        if (name.equals("named")) {
            host.answers(HealthHost.ok("", "x-envoy-upstream-healthchecked-cluster: shop-1"));
        } else if (name.equals("payload")) {
            host.answers(HealthHost.ok("all OK now"));
        }
        hosts.put(name, host);
        return host;
    }

    private static String route(String cluster) {
        return "{match: {prefix: /}, route: {cluster: %s}}".formatted(cluster);
    }

    private static void cluster(Bootstrap bootstrap, String name, String fields, String check, HealthHost... hosts) {
        int[] ports = new int[hosts.length];
        for (int index = 0; index < ports.length; index++) {
            ports[index] = hosts[index].port();
        }
        bootstrap.cluster(name, fields + ", health_checks: [{" + check + "}]", ports);
        bootstrap.http(name, route(name));
    }

    private static String raw(String name, String fields, String check, String endpoint) {
        return "{name: %s, type: STATIC, %s, health_checks: [{%s}], load_assignment: {cluster_name: %s, endpoints: [{lb_endpoints: [%s]}]}}"
                .formatted(name, fields, check, name, endpoint);
    }

    private static String endpoint(int port, String check) {
        return "{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}, health_check_config: {%s}}}"
                .formatted(port, check);
    }

    private void accept() {
        while (!talking.isClosed()) {
            try {
                Socket socket = talking.accept();
                Thread.startVirtualThread(() -> {
                    try (socket) {
                        while (socket.getInputStream().read() == 'P') {
                            HttpClient.write(socket, "xAB");
                            HttpClient.write(socket, "yC");
                            HttpClient.write(socket, "Dz");
                        }
                    } catch (IOException _) {
                        // The proxy ended it.
                    }
                });
            } catch (IOException _) {
                return;
            }
        }
    }
}
