package dev.lateen.local.agent;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import dev.lateen.proxy.bootstrap.BootstrapConfig;
import io.envoyproxy.envoy.config.core.v3.Node;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Envoy's bootstrap for a pod, as YAML: who the node is, where the control plane and the agent are, and the listeners
/// that Istio's proxies have from the start (readiness on 15021, numbers on 15090). It holds no secret:
/// certificates come from the agent's socket.
///
/// Source: Istio, names of the static clusters (`prometheus_stats`, `agent`, `sds-grpc`, `xds-grpc`), statistics and
/// their tags, flags.
///
/// Differs: the control plane is asked over TLS, not through the agent, and again within 3 s; the agent's socket is
/// elsewhere, and takes access logs too.
///
/// Thread: any.
final class EnvoyBootstrap {
    /// Relative, since the path of a pod's directory may be longer than a socket's name may be; in a directory
    /// of its own, since the mounted one belongs to the kubelet, and cannot be closed to others.
    static final String SOCKET = "./var/run/secrets/workload-spiffe-uds/agent/socket";

    /// The static cluster of the agent's access-log service; the node's metadata tell it to the control plane.
    static final String ACCESS_LOG_CLUSTER = "access-log-grpc";

    private static final Set<String> TRUTH = Set.of("true", "false");

    private EnvoyBootstrap() {}

    /// @param config as read from Istio's environment
    /// @param statusPort where the agent serves readiness
    static String yaml(BootstrapConfig config, int statusPort) {
        PodSettings pod = PodSettings.of(config.node());
        InetSocketAddress admin = admin(config);
        boolean everywhere =
                admin.getAddress().isLoopbackAddress() && admin.getHostString().equals("127.0.0.1");
        String listenOn = everywhere ? "0.0.0.0" : admin.getHostString();
        InetSocketAddress agent =
                InetSocketAddress.createUnresolved(everywhere ? "127.0.0.1" : admin.getHostString(), statusPort);
        BootstrapTracing tracing = BootstrapTracing.of(pod);
        return TEMPLATE.replace("${node}", node(config.node()))
                .replace("${runtime}", runtime(pod))
                .replace("${adminHost}", admin.getHostString())
                .replace("${adminPort}", Integer.toString(admin.getPort()))
                .replace("${outlierLog}", outlierLog(pod))
                .replace("${localCluster}", localCluster(config))
                .replace("${connections}", Integer.toString(connections(pod)))
                .replace("${apiType}", config.discovery().orElseThrow().delta() ? "DELTA_GRPC" : "GRPC")
                .replace("${statistics}\n", BootstrapStatistics.yaml(pod))
                .replace("${tracing}\n", tracing.tracer())
                .replace("${clusters}\n", BootstrapClusters.yaml(config, pod, agent, tracing))
                .replace("${listeners}\n", BootstrapListeners.yaml(pod, listenOn));
    }

    /// Istio's flags, over which go those of `runtimeValues`, where an empty text takes a flag away.
    private static String runtime(PodSettings pod) {
        Map<String, String> flags = new TreeMap<>(Map.of(
                "envoy.deprecated_features:envoy.config.listener.v3.Listener.hidden_envoy_deprecated_use_original_dst",
                "true",
                "envoy.reloadable_features.coalesce_lb_rebuilds_on_batch_update",
                "false",
                "envoy.reloadable_features.fixed_heap_use_allocated",
                "true",
                "envoy.reloadable_features.http_reject_path_with_fragment",
                "false",
                "re2.max_program_size.error_level",
                "32768"));
        flags.putAll(pod.map("runtimeValues"));
        return flags.entrySet().stream()
                .filter(flag -> !flag.getValue().isEmpty())
                .map(flag -> PodSettings.quoted(flag.getKey()) + ": "
                        + (TRUTH.contains(flag.getValue()) ? flag.getValue() : PodSettings.quoted(flag.getValue())))
                .collect(Collectors.joining(", ", "{", "}"));
    }

    private static String outlierLog(PodSettings pod) {
        String path = pod.metadata("OUTLIER_LOG_PATH");
        return path.isEmpty() ? "" : "outlier_detection: {event_log_path: " + PodSettings.quoted(path) + "}";
    }

    /// Where those of its own kind run, which balancing by zone needs to know.
    private static String localCluster(BootstrapConfig config) {
        String name = config.resources().getClusterManager().getLocalClusterName();
        return name.isEmpty() ? "" : "local_cluster_name: " + name;
    }

    private static int connections(PodSettings pod) {
        return pod.number(pod.metadata("GLOBAL_DOWNSTREAM_MAX_CONNECTIONS"))
                .or(() -> pod.number(
                        pod.map("runtimeValues").getOrDefault("overload.global_downstream_max_connections", "")))
                .orElse(Integer.MAX_VALUE);
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
        // Its name and version Envoy says itself.
        return node.toBuilder()
                .setMetadata(metadata)
                .clearUserAgentName()
                .clearUserAgentBuildVersion()
                .build();
    }

    private static Value text(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }

    /// JSON is YAML.
    private static String node(Node node) {
        try {
            return JsonFormat.printer()
                    .preservingProtoFieldNames()
                    .omittingInsignificantWhitespace()
                    .print(upstreamNode(node));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the node cannot be written", e);
        }
    }

    private static final String TEMPLATE = """
            node: ${node}
            application_log_config:
              log_format: {text_format: "%Y-%m-%dT%T.%fZ\\t%l\\tenvoy %n %g:%#\\t%v\\tthread=%t"}
            layered_runtime:
              layers:
              - {name: global config, static_layer: ${runtime}}
              - {name: admin, admin_layer: {}}
            bootstrap_extensions:
            - name: envoy.bootstrap.internal_listener
              typed_config:
                "@type": type.googleapis.com/udpa.type.v1.TypedStruct
                type_url: type.googleapis.com/envoy.extensions.bootstrap.internal_listener.v3.InternalListener
                value: {buffer_size_kb: 64}
            admin:
              access_log:
              - name: envoy.access_loggers.file
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
                  path: /dev/null
              profile_path: /var/lib/istio/data/envoy.prof
              address: {socket_address: {address: "${adminHost}", port_value: ${adminPort}}}
            cluster_manager:
              enable_deferred_cluster_creation: true
              ${outlierLog}
              ${localCluster}
            deferred_stat_options: {enable_deferred_creation_stats: true}
            overload_manager:
              resource_monitors:
              - name: envoy.resource_monitors.global_downstream_max_connections
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig
                  max_active_downstream_connections: ${connections}
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
            ${statistics}
            ${tracing}
            static_resources:
              clusters:
            ${clusters}
              listeners:
            ${listeners}
            """;
}
