package dev.lateen.local.agent;

import dev.lateen.proxy.bootstrap.BootstrapConfig;
import dev.lateen.proxy.bootstrap.DiscoveryConfig;
import dev.lateen.proxy.bootstrap.ServerAddress;
import java.net.InetSocketAddress;
import java.util.regex.Pattern;

/// Envoy's static clusters: itself, the agent, the control plane, and the servers that `ProxyConfig` names.
final class BootstrapClusters {
    private static final Pattern IPV4_OR_6 = Pattern.compile("[0-9.]+|.*:.*");

    private BootstrapClusters() {}

    /// Items of a list.
    ///
    /// @param agent where it serves readiness
    static String yaml(BootstrapConfig config, PodSettings pod, InetSocketAddress agent, BootstrapTracing tracing) {
        InetSocketAddress admin = EnvoyBootstrap.admin(config);
        return local("prometheus_stats", admin)
                + local("agent", agent)
                + socket("sds-grpc")
                + xds(config.discovery().orElseThrow())
                + discovered(config.resources().getClusterManager().getLocalClusterName())
                + tracing.cluster()
                + service(pod, "envoy_metrics_service", "envoyMetricsService")
                + service(pod, "envoy_accesslog_service", "envoyAccessLogService")
                + socket(EnvoyBootstrap.ACCESS_LOG_CLUSTER);
    }

    private static String local(String name, InetSocketAddress address) {
        return LOCAL.replace("${name}", name)
                .replace("${address}", new HostPort(address.getHostString(), address.getPort()).yaml());
    }

    private static String socket(String name) {
        return SOCKET.replace("${name}", name).replace("${socket}", EnvoyBootstrap.SOCKET);
    }

    private static String discovered(String name) {
        return name.isEmpty() ? "" : DISCOVERED.replace("${name}", name);
    }

    private static String service(PodSettings pod, String name, String section) {
        return HostPort.parse(pod.text(section, "address"))
                .map(address -> server(
                        pod, name, address, keepAlive(pod, section) + UpstreamTls.yaml(pod, section, "h2") + HTTP2))
                .orElse("");
    }

    private static String keepAlive(PodSettings pod, String section) {
        StringBuilder set = new StringBuilder();
        append(set, "keepalive_probes", pod.text(section, "tcpKeepalive", "probes"));
        append(set, "keepalive_time", seconds(pod.text(section, "tcpKeepalive", "time")));
        append(set, "keepalive_interval", seconds(pod.text(section, "tcpKeepalive", "interval")));
        return set.isEmpty() ? "" : "    upstream_connection_options: {tcp_keepalive: {" + set + "}}\n";
    }

    private static void append(StringBuilder set, String field, String number) {
        if (number.matches("[0-9]{1,9}")) {
            set.append(set.isEmpty() ? "" : ", ").append(field).append(": ").append(number);
        }
    }

    private static String seconds(String duration) {
        return duration.endsWith("s") ? duration.substring(0, duration.length() - 1) : duration;
    }

    /// A server by its name.
    ///
    /// @param more fields of the cluster, indented as such
    static String server(PodSettings pod, String name, HostPort address, String more) {
        boolean six = !pod.addresses().isEmpty() && pod.addresses().stream().allMatch(one -> one.contains(":"));
        return SERVER.replace("${name}", name)
                .replace("${family}", six ? "V6_ONLY" : "V4_ONLY")
                .replace("${more}\n", more)
                .replace("${address}", address.yaml());
    }

    private static String xds(DiscoveryConfig discovery) {
        return switch (discovery.target()) {
            case DiscoveryConfig.Target.Server(ServerAddress server) -> {
                boolean literal = IPV4_OR_6.matcher(server.host()).matches();
                // A machine's own file may say where the name leads.
                boolean nameless = IPV4_OR_6.matcher(server.serverName()).matches();
                String tls = server.rootCertificate().isEmpty()
                        ? ""
                        : XDS_TLS.replace("${sni}", nameless ? "" : "sni: \"" + server.serverName() + "\"")
                                .replace("${sanType}", nameless ? "IP_ADDRESS" : "DNS")
                                .replace("${san}", server.serverName());
                yield XDS.replace("${type}", literal ? "STATIC" : "STRICT_DNS")
                        .replace("${address}", new HostPort(server.host(), server.port()).yaml())
                        .replace("${tls}\n", tls);
            }
            case DiscoveryConfig.Target.StaticCluster(String name) ->
                throw new IllegalStateException("a bootstrap file names the control plane's cluster " + name);
        };
    }

    private static final String LOCAL = """
              - name: ${name}
                alt_stat_name: "${name};"
                type: STATIC
                connect_timeout: 0.250s
                load_assignment:
                  cluster_name: ${name}
                  endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: ${address}}}}]}]
            """;

    private static final String DISCOVERED = """
              - name: ${name}
                type: EDS
                connect_timeout: 1s
                eds_cluster_config: {eds_config: {ads: {}, resource_api_version: V3}}
            """;

    private static final String HTTP2 = """
                typed_extension_protocol_options:
                  envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                    "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                    explicit_http_config: {http2_protocol_options: {}}
            """;

    private static final String SOCKET = """
              - name: ${name}
                alt_stat_name: "${name};"
                type: STATIC
                connect_timeout: 1s
                load_assignment:
                  cluster_name: ${name}
                  endpoints: [{lb_endpoints: [{endpoint: {address: {pipe: {path: "${socket}"}}}}]}]
            """ + HTTP2;

    private static final String SERVER = """
              - name: ${name}
                alt_stat_name: "${name};"
                type: STRICT_DNS
                respect_dns_ttl: true
                dns_lookup_family: ${family}
                connect_timeout: 1s
                load_assignment:
                  cluster_name: ${name}
                  endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: ${address}}}}]}]
            ${more}
            """;

    private static final String XDS = """
              - name: xds-grpc
                alt_stat_name: "xds-grpc;"
                type: ${type}
                connect_timeout: 1s
                max_requests_per_connection: 1
                circuit_breakers:
                  thresholds:
                  - {priority: DEFAULT, max_connections: 100000, max_pending_requests: 100000, max_requests: 100000}
                  - {priority: HIGH, max_connections: 100000, max_pending_requests: 100000, max_requests: 100000}
                upstream_connection_options: {tcp_keepalive: {keepalive_time: 300}}
                typed_extension_protocol_options:
                  envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                    "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                    explicit_http_config:
                      http2_protocol_options: {connection_keepalive: {interval: 30s, timeout: 10s}}
                load_assignment:
                  cluster_name: xds-grpc
                  endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: ${address}}}}]}]
            ${tls}
            """;

    private static final String XDS_TLS = """
                transport_socket:
                  name: envoy.transport_sockets.tls
                  typed_config:
                    "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
                    ${sni}
                    common_tls_context:
                      alpn_protocols: [h2]
                      tls_params: {tls_minimum_protocol_version: TLSv1_2, tls_maximum_protocol_version: TLSv1_3}
                      tls_certificate_sds_secret_configs:
                      - name: default
                        sds_config: &sds
                          api_config_source:
                            api_type: GRPC
                            transport_api_version: V3
                            set_node_on_first_message_only: true
                            grpc_services: [{envoy_grpc: {cluster_name: sds-grpc}}]
                          initial_fetch_timeout: 0s
                          resource_api_version: V3
                      combined_validation_context:
                        default_validation_context:
                          match_typed_subject_alt_names: [{san_type: ${sanType}, matcher: {exact: "${san}"}}]
                        validation_context_sds_secret_config: {name: ROOTCA, sds_config: *sds}
            """;
}
