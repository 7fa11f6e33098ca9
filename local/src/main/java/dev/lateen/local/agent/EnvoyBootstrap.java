package dev.lateen.local.agent;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import dev.lateen.proxy.bootstrap.BootstrapConfig;
import dev.lateen.proxy.bootstrap.DiscoveryConfig;
import dev.lateen.proxy.bootstrap.ServerAddress;
import io.envoyproxy.envoy.config.core.v3.Node;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.regex.Pattern;

/// Envoy's bootstrap for a pod, as YAML: who the node is, where the control plane and the agent are, and the listeners
/// that Istio's proxies have from the start (readiness on 15021, numbers on 15090). It holds no secret:
/// certificates come from the agent's socket.
///
/// Source: Istio, names of the static clusters (`prometheus_stats`, `agent`, `sds-grpc`, `xds-grpc`) and statistics
/// tags.
///
/// Thread: any.
final class EnvoyBootstrap {
    /// Relative, since the path of a pod's directory may be longer than a socket's name may be; in a directory
    /// of its own, since the mounted one belongs to the kubelet, and cannot be closed to others.
    static final String SOCKET = "./var/run/secrets/workload-spiffe-uds/agent/socket";

    /// The static cluster of the agent's access-log service; the node's metadata tell it to the control plane.
    static final String ACCESS_LOG_CLUSTER = "access-log-grpc";

    private static final int READINESS_PORT = 15021;
    private static final int NUMBERS_PORT = 15090;
    private static final Pattern IPV4_OR_6 = Pattern.compile("[0-9.]+|.*:.*");

    private EnvoyBootstrap() {}

    /// @param config as read from Istio's environment
    /// @param statusPort where the agent serves readiness
    static String yaml(BootstrapConfig config, int statusPort) {
        InetSocketAddress admin = admin(config);
        String listenOn =
                admin.getAddress().isLoopbackAddress() && admin.getHostString().equals("127.0.0.1")
                        ? "0.0.0.0"
                        : admin.getHostString();
        String agentHost = listenOn.equals("0.0.0.0") ? "127.0.0.1" : listenOn;
        DiscoveryConfig discovery = config.discovery().orElseThrow();
        return TEMPLATE.replace("${node}", node(config.node()))
                .replace("${adminHost}", admin.getHostString())
                .replace("${adminPort}", Integer.toString(admin.getPort()))
                .replace("${apiType}", discovery.delta() ? "DELTA_GRPC" : "GRPC")
                .replace("${listenOn}", listenOn)
                .replace("${readinessPort}", Integer.toString(READINESS_PORT))
                .replace("${numbersPort}", Integer.toString(NUMBERS_PORT))
                .replace("${statusHost}", agentHost)
                .replace("${statusPort}", Integer.toString(statusPort))
                .replace("${accessLogCluster}", ACCESS_LOG_CLUSTER)
                .replace("${socket}", SOCKET)
                .replace("${ownClusters}", OWN_CLUSTERS)
                .replace("${xdsCluster}", xdsCluster(discovery));
    }

    static InetSocketAddress admin(BootstrapConfig config) {
        SocketAddress address = config.admin().orElseThrow();
        return (InetSocketAddress) address;
    }

    /// The node as the control plane must see it: upstream Envoy, which has none of Istio's filters.
    static Node upstreamNode(Node node) {
        Struct.Builder metadata = node.getMetadata().toBuilder()
                .removeFields("LATEEN_PROXY")
                .putFields("ENVOY_UPSTREAM", text("true"))
                .putFields("ACCESS_LOG_CLUSTER", text(ACCESS_LOG_CLUSTER));
        return node.toBuilder().setMetadata(metadata).build();
    }

    private static Value text(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }

    /// JSON is YAML.
    private static String node(Node node) {
        try {
            return JsonFormat.printer().omittingInsignificantWhitespace().print(upstreamNode(node));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the node cannot be written", e);
        }
    }

    private static String xdsCluster(DiscoveryConfig discovery) {
        return switch (discovery.target()) {
            case DiscoveryConfig.Target.Server(ServerAddress server) -> {
                boolean literal = IPV4_OR_6.matcher(server.host()).matches();
                String tls = server.rootCertificate().isEmpty()
                        ? ""
                        : XDS_TLS.replace("${sni}", literal ? "" : "sni: \"" + server.serverName() + "\"")
                                .replace("${sanType}", literal ? "IP_ADDRESS" : "DNS")
                                .replace("${san}", server.serverName());
                yield XDS.replace("${type}", literal ? "STATIC" : "STRICT_DNS")
                        .replace("${host}", server.host())
                        .replace("${port}", Integer.toString(server.port()))
                        .replace("${tls}", tls);
            }
            case DiscoveryConfig.Target.StaticCluster(String name) ->
                throw new IllegalStateException("a bootstrap file names the control plane's cluster " + name);
        };
    }

    /// Clusters whose names end at the next dot in statistics; those of the control plane end at a semicolon.
    private static final String OWN_CLUSTERS = "prometheus_stats|agent|sds-grpc|xds-grpc|" + ACCESS_LOG_CLUSTER
            + "|BlackHoleCluster|PassthroughCluster|InboundPassthroughCluster";

    private static final String TEMPLATE = """
            node: ${node}
            admin:
              address: {socket_address: {address: "${adminHost}", port_value: ${adminPort}}}
            stats_config:
              use_all_default_tags: false
              stats_tags:
              - {tag_name: cluster_name, regex: "^cluster\\\\.(([^;]+(?=;)|${ownClusters});?\\\\.)"}
              - {tag_name: http_conn_manager_prefix, regex: "^http\\\\.(([^;]+(?=;)|admin|agent|stats);?\\\\.)"}
              - {tag_name: tcp_prefix, regex: "^tcp\\\\.(([^;]+(?=;));\\\\.)"}
              - {tag_name: listener_address, regex: "^listener\\\\.(([_.0-9]+|\\\\[[_a-fA-F0-9]+\\\\]_[0-9]+)\\\\.)"}
              - {tag_name: response_code, regex: "_rq(_([0-9]{3}))$"}
              - {tag_name: response_code_class, regex: "_rq(_([0-9]xx))$"}
            dynamic_resources:
              lds_config: {ads: {}, initial_fetch_timeout: 0s, resource_api_version: V3}
              cds_config: {ads: {}, initial_fetch_timeout: 0s, resource_api_version: V3}
              ads_config:
                api_type: ${apiType}
                set_node_on_first_message_only: true
                transport_api_version: V3
                grpc_services:
                - envoy_grpc:
                    cluster_name: xds-grpc
                    # Envoy's own 30 s would leave edits waiting after a restart of the control plane.
                    retry_policy: {retry_back_off: {base_interval: 0.2s, max_interval: 3s}}
            static_resources:
              clusters:
              - name: prometheus_stats
                type: STATIC
                connect_timeout: 0.250s
                load_assignment:
                  cluster_name: prometheus_stats
                  endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: "${adminHost}", port_value: ${adminPort}}}}}]}]
              - name: agent
                type: STATIC
                connect_timeout: 0.250s
                load_assignment:
                  cluster_name: agent
                  endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: "${statusHost}", port_value: ${statusPort}}}}}]}]
              - name: sds-grpc
                type: STATIC
                connect_timeout: 1s
                typed_extension_protocol_options: &http2
                  envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                    "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                    explicit_http_config: {http2_protocol_options: {}}
                load_assignment:
                  cluster_name: sds-grpc
                  endpoints: [{lb_endpoints: [{endpoint: {address: {pipe: {path: "${socket}"}}}}]}]
              - name: ${accessLogCluster}
                type: STATIC
                connect_timeout: 1s
                typed_extension_protocol_options: *http2
                load_assignment:
                  cluster_name: ${accessLogCluster}
                  endpoints: [{lb_endpoints: [{endpoint: {address: {pipe: {path: "${socket}"}}}}]}]
            ${xdsCluster}
              listeners:
              - name: prometheus
                address: {socket_address: {address: "${listenOn}", port_value: ${numbersPort}}}
                filter_chains:
                - filters:
                  - name: envoy.filters.network.http_connection_manager
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                      stat_prefix: stats
                      route_config:
                        virtual_hosts:
                        - name: backend
                          domains: ["*"]
                          routes: [{match: {path: /stats/prometheus}, route: {cluster: prometheus_stats}}]
                      http_filters: &router
                      - name: envoy.filters.http.router
                        typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
              - name: readiness
                address: {socket_address: {address: "${listenOn}", port_value: ${readinessPort}}}
                filter_chains:
                - filters:
                  - name: envoy.filters.network.http_connection_manager
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                      stat_prefix: agent
                      route_config:
                        virtual_hosts:
                        - name: backend
                          domains: ["*"]
                          routes: [{match: {path: /healthz/ready}, route: {cluster: agent}}]
                      http_filters: *router
            """;

    private static final String XDS = """
              - name: xds-grpc
                type: ${type}
                connect_timeout: 1s
                typed_extension_protocol_options:
                  envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                    "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                    explicit_http_config:
                      http2_protocol_options: {connection_keepalive: {interval: 30s, timeout: 10s}}
                load_assignment:
                  cluster_name: xds-grpc
                  endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: "${host}", port_value: ${port}}}}}]}]
            ${tls}
            """.stripTrailing();

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
            """.stripTrailing();
}
