package dev.lateen.e2e.behaviour;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A static Envoy v3 bootstrap, put together from parts in YAML's flow style (`{a: 1, b: [2]}`), which nest without
/// regard to indentation.
public final class Bootstrap {
    /// Istio's default format.
    private static final String LOG_FORMAT = "[%START_TIME%] \\\"%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%"
            + " %PROTOCOL%\\\" %RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS%"
            + " %CONNECTION_TERMINATION_DETAILS% \\\"%UPSTREAM_TRANSPORT_FAILURE_REASON%\\\" %BYTES_RECEIVED%"
            + " %BYTES_SENT% %DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% \\\"%REQ(X-FORWARDED-FOR)%\\\""
            + " \\\"%REQ(USER-AGENT)%\\\" \\\"%REQ(X-REQUEST-ID)%\\\" \\\"%REQ(:AUTHORITY)%\\\" \\\"%UPSTREAM_HOST%\\\""
            + " %UPSTREAM_CLUSTER_RAW% %UPSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_LOCAL_ADDRESS%"
            + " %DOWNSTREAM_REMOTE_ADDRESS% %REQUESTED_SERVER_NAME% %ROUTE_NAME%\\n";

    private static final String ROUTER = """
            {name: envoy.filters.http.router, typed_config:
              {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}""";

    /// Fields of a cluster whose servers speak HTTP/2, as gRPC servers do.
    public static final String HTTP2 = """
            connect_timeout: 1s, typed_extension_protocol_options: {envoy.extensions.upstreams.http.v3.HttpProtocolOptions: {
              "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions,
              explicit_http_config: {http2_protocol_options: {}}}}""";

    private final Ports ports = new Ports();
    private final List<String> clusters = new ArrayList<>();
    private final List<String> listeners = new ArrayList<>();
    private final List<String> secrets = new ArrayList<>();
    private String node = "{id: behaviour, cluster: behaviour}";
    private String more = "";
    private String moreLogs = "";

    /// A further field of the bootstrap itself.
    Bootstrap with(String field) {
        more += field + ",\n";
        return this;
    }

    /// A further access log of all connection managers and TCP proxies.
    public Bootstrap alsoLog(String yaml) {
        moreLogs += ", " + yaml;
        return this;
    }

    Bootstrap node(String yaml) {
        node = yaml;
        return this;
    }

    /// A cluster of one endpoint on loopback.
    public Bootstrap cluster(String name, int port) {
        return cluster(name, "connect_timeout: 1s", port);
    }

    /// A cluster of one endpoint on loopback that speaks HTTP/2.
    public Bootstrap grpcCluster(String name, int port) {
        return cluster(name, HTTP2, port);
    }

    /// @param fields of the cluster, without a comma at the end
    public Bootstrap cluster(String name, String fields, int... endpoints) {
        List<String> hosts = new ArrayList<>();
        for (int port : endpoints) {
            hosts.add("{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}}".formatted(port));
        }
        clusters.add("""
                {name: %s, type: STATIC, %s, load_assignment: {cluster_name: %s, endpoints: [{lb_endpoints: [%s]}]}}""".formatted(name, fields, name, String.join(", ", hosts)));
        return this;
    }

    /// A cluster with one endpoint on loopback for each priority.
    Bootstrap priorities(String name, int... endpoints) {
        List<String> priorities = new ArrayList<>();
        for (int port : endpoints) {
            priorities.add(
                    "{priority: %d, lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}}]}"
                            .formatted(priorities.size(), port));
        }
        clusters.add(
                "{name: %s, type: STATIC, connect_timeout: 1s, load_assignment: {cluster_name: %s, endpoints: [%s]}}"
                        .formatted(name, name, String.join(", ", priorities)));
        return this;
    }

    /// An HTTP listener with one virtual host.
    Bootstrap http(String name, String routes) {
        return http(name, "", "", routes);
    }

    /// @param fields of the connection manager, each with a comma at the end
    /// @param filters before the router, each with a comma at the end
    Bootstrap http(String name, String fields, String filters, String routes) {
        return httpHosts(name, fields, filters, "{name: all, domains: [\"*\"], routes: [" + routes + "]}");
    }

    public Bootstrap httpHosts(String name, String fields, String filters, String hosts) {
        return listener(name, "filter_chains: [{filters: [" + manager(name, fields, filters, hosts) + "]}]");
    }

    /// An HTTP connection manager, as a network filter.
    static String manager(String name, String fields, String filters, String hosts) {
        return """
                {name: envoy.filters.network.http_connection_manager, typed_config: {
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager,
                  stat_prefix: %s, delayed_close_timeout: 0.05s, %s
                  access_log: [ACCESS_LOG],
                  http_filters: [%s %s],
                  route_config: {name: %s, validate_clusters: false, virtual_hosts: [%s]}}}""".formatted(name, fields, filters, ROUTER, name, hosts);
    }

    /// A TCP proxy, as a network filter.
    static String tcp(String fields) {
        return """
                {name: envoy.filters.network.tcp_proxy, typed_config: {
                  "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy,
                  stat_prefix: tcp, access_log: [ACCESS_LOG], %s}}""".formatted(fields);
    }

    /// @param fields of the listener besides its name and address
    Bootstrap listener(String name, String fields) {
        listeners.add("{name: %s, address: {socket_address: {address: 127.0.0.1, port_value: %d}}, %s}"
                .formatted(name, ports.of(name), fields));
        return this;
    }

    /// @param yaml the whole of it
    public Bootstrap rawCluster(String yaml) {
        clusters.add(yaml);
        return this;
    }

    /// @param yaml the whole of it, with its address
    public Bootstrap rawListener(String yaml) {
        listeners.add(yaml);
        return this;
    }

    /// @param yaml the whole of it
    Bootstrap secret(String yaml) {
        secrets.add(yaml);
        return this;
    }

    Ports ports() {
        return ports;
    }

    String yaml(Path accessLog) {
        String log = """
                {name: envoy.access_loggers.file, typed_config: {
                  "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog, path: "%s",
                  log_format: {text_format_source: {inline_string: "%s"}}}}""".formatted(accessLog, LOG_FORMAT);
        return """
                {node: %s, %s
                 admin: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}},
                 static_resources: {
                  clusters: [
                %s
                  ],
                  listeners: [
                %s
                  ],
                  secrets: [%s]}}
                """.formatted(
                        node,
                        more,
                        ports.of("admin"),
                        String.join(",\n", clusters),
                        String.join(",\n", listeners),
                        String.join(",\n", secrets))
                .replace("ACCESS_LOG", log + moreLogs);
    }
}
