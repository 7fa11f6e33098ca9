package dev.lateen.proxy.bootstrap;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.lateen.proxy.config.CommonDecoder;
import dev.lateen.proxy.config.CommonFields;
import dev.lateen.proxy.config.ImplementedFields;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.overload.ConnectionLimits;
import dev.lateen.proxy.overload.OverloadConfig;
import dev.lateen.proxy.overload.OverloadDecoder;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.bootstrap.v3.LayeredRuntime;
import io.envoyproxy.envoy.config.bootstrap.v3.RuntimeLayer;
import io.envoyproxy.envoy.config.core.v3.ApiConfigSource;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Checks a bootstrap message and takes out what concerns the process; its resources are left for their own decoders.
public final class BootstrapDecoder {
    private static final String BOOTSTRAP = "envoy.config.bootstrap.v3.Bootstrap";
    private static final String MAX_PER_CLIENT = "lateen.max_connections_per_client";
    private static final String LISTENER = "envoy.resource_limits.listener.";
    private static final String LISTENER_LIMIT = ".connection_limit";
    private static final String MAX_CONNECTIONS = "overload.global_downstream_max_connections";

    static final ImplementedFields FIELDS = ImplementedFields.builder()
            .include(CommonFields.LIST)
            .include(OverloadDecoder.FIELDS)
            .message(
                    BOOTSTRAP,
                    "node",
                    "static_resources",
                    "dynamic_resources",
                    "admin",
                    "layered_runtime",
                    "overload_manager",
                    "cluster_manager")
            .harmless(
                    BOOTSTRAP,
                    "how Envoy itself writes its numbers and logs and spends its memory; ours have their own ways",
                    "stats_config",
                    "stats_flush_interval",
                    "default_regex_engine",
                    "application_log_config",
                    "enable_dispatcher_stats",
                    "memory_allocator_manager",
                    "watchdogs")
            .message("envoy.config.bootstrap.v3.Bootstrap.StaticResources", "listeners", "clusters", "secrets")
            .message("envoy.config.bootstrap.v3.Bootstrap.DynamicResources", "lds_config", "cds_config", "ads_config")
            .message("envoy.config.bootstrap.v3.Admin", "address")
            .harmless(
                    "envoy.config.bootstrap.v3.Admin",
                    "the admin API is not logged",
                    "access_log_path",
                    "access_log",
                    "profile_path",
                    "ignore_global_conn_limit",
                    "socket_options")
            .message("envoy.config.bootstrap.v3.ClusterManager", "local_cluster_name")
            .harmless(
                    "envoy.config.bootstrap.v3.ClusterManager",
                    "ejections are not logged to a file; clusters are small before they are used",
                    "outlier_detection",
                    "enable_deferred_cluster_creation")
            .message("envoy.config.bootstrap.v3.LayeredRuntime", "layers")
            .message("envoy.config.bootstrap.v3.RuntimeLayer", "name", "static_layer", "admin_layer")
            .message("envoy.config.bootstrap.v3.RuntimeLayer.AdminLayer")
            .message("envoy.config.core.v3.ConfigSource", "ads", "initial_fetch_timeout", "resource_api_version")
            .message("envoy.config.core.v3.AggregatedConfigSource")
            .message(
                    "envoy.config.core.v3.ApiConfigSource",
                    "api_type",
                    "transport_api_version",
                    "grpc_services",
                    "set_node_on_first_message_only")
            .message("envoy.config.core.v3.GrpcService", "envoy_grpc", "timeout", "initial_metadata")
            .message("envoy.config.core.v3.GrpcService.EnvoyGrpc", "cluster_name", "authority")
            .whole(
                    "envoy.config.core.v3.Node",
                    "envoy.config.metrics.v3.StatsConfig",
                    "envoy.config.listener.v3.Listener",
                    "envoy.config.cluster.v3.Cluster",
                    "envoy.extensions.transport_sockets.tls.v3.Secret",
                    "envoy.config.accesslog.v3.AccessLog",
                    "envoy.config.bootstrap.v3.Bootstrap.ApplicationLogConfig",
                    "envoy.config.bootstrap.v3.MemoryAllocatorManager",
                    "envoy.config.bootstrap.v3.Watchdogs",
                    "envoy.config.bootstrap.v3.ClusterManager.OutlierDetection")
            .build();

    private BootstrapDecoder() {}

    /// Throws a `Refusal` where something is wrong or not implemented.
    ///
    /// @param name of the document, for errors
    public static BootstrapConfig decode(Bootstrap bootstrap, String name) {
        Place at = new Place("bootstrap " + name, "");
        FIELDS.check(bootstrap, at);
        localCluster(bootstrap, at.field("cluster_manager.local_cluster_name"));
        return new BootstrapConfig(
                ProxyVersion.in(bootstrap.getNode()),
                admin(bootstrap, at),
                List.of(),
                bootstrap,
                discovery(bootstrap, at.field("dynamic_resources")),
                Optional.empty(),
                runtime(bootstrap.getLayeredRuntime(), at.field("layered_runtime")),
                bootstrap.hasOverloadManager()
                        ? OverloadDecoder.decode(bootstrap.getOverloadManager(), at.field("overload_manager"))
                        : OverloadConfig.standard());
    }

    private static void localCluster(Bootstrap bootstrap, Place at) {
        String name = bootstrap.getClusterManager().getLocalClusterName();
        at.require(
                name.isEmpty()
                        || bootstrap.getStaticResources().getClustersList().stream()
                                .anyMatch(cluster -> cluster.getName().equals(name)),
                "'" + name + "' is no cluster of static_resources");
    }

    private static Optional<SocketAddress> admin(Bootstrap bootstrap, Place at) {
        return bootstrap.hasAdmin() && bootstrap.getAdmin().hasAddress()
                ? Optional.of(CommonDecoder.address(bootstrap.getAdmin().getAddress(), at.field("admin.address")))
                : Optional.empty();
    }

    private static Optional<DiscoveryConfig> discovery(Bootstrap bootstrap, Place at) {
        var dynamic = bootstrap.getDynamicResources();
        boolean listeners = overAds(dynamic.getLdsConfig(), dynamic.hasLdsConfig(), at.field("lds_config"));
        boolean clusters = overAds(dynamic.getCdsConfig(), dynamic.hasCdsConfig(), at.field("cds_config"));
        if (!dynamic.hasAdsConfig()) {
            at.field("ads_config")
                    .require(!listeners && !clusters, "is missing, but lds_config or cds_config refer to it");
            return Optional.empty();
        }
        ApiConfigSource ads = dynamic.getAdsConfig();
        Place adsAt = at.field("ads_config");
        boolean delta = switch (ads.getApiType()) {
            case GRPC, AGGREGATED_GRPC -> false;
            case DELTA_GRPC, AGGREGATED_DELTA_GRPC -> true;
            default -> throw adsAt.field("api_type").refuse(ads.getApiType(), "GRPC or DELTA_GRPC");
        };
        adsAt.field("grpc_services").require(ads.getGrpcServicesCount() == 1, "one service is expected");
        String cluster = ads.getGrpcServices(0).getEnvoyGrpc().getClusterName();
        boolean known = bootstrap.getStaticResources().getClustersList().stream()
                .anyMatch(candidate -> candidate.getName().equals(cluster));
        adsAt.field("grpc_services[0].envoy_grpc.cluster_name")
                .require(known, "'" + cluster + "' is no cluster of static_resources");
        return Optional.of(new DiscoveryConfig(
                new DiscoveryConfig.Target.StaticCluster(cluster), delta, listeners, clusters, false));
    }

    private static boolean overAds(ConfigSource source, boolean present, Place at) {
        at.require(!present || source.hasAds(), "only `ads: {}` is supported");
        return present;
    }

    /// A runtime layer may switch anything inside Envoy; only what we know to be harmless, or implement, is taken.
    private static ConnectionLimits runtime(LayeredRuntime runtime, Place at) {
        ConnectionLimits standard = ConnectionLimits.standard();
        long all = standard.all();
        long perClient = standard.perClient();
        Map<String, Long> byListener = new java.util.TreeMap<>();
        for (int index = 0; index < runtime.getLayersCount(); index++) {
            RuntimeLayer layer = runtime.getLayers(index);
            Place layerAt = at.field("layers").index(index).field("static_layer");
            for (Map.Entry<String, Value> entry : flat(layer.getStaticLayer()).entrySet()) {
                String key = entry.getKey();
                if (key.equals(MAX_CONNECTIONS)) {
                    all = limit(entry.getValue(), layerAt.key(key));
                } else if (key.equals(MAX_PER_CLIENT)) {
                    perClient = limit(entry.getValue(), layerAt.key(key));
                } else if (key.startsWith(LISTENER) && key.endsWith(LISTENER_LIMIT)) {
                    String listener = key.substring(LISTENER.length(), key.length() - LISTENER_LIMIT.length());
                    byListener.put(listener, limit(entry.getValue(), layerAt.key(key)));
                } else if (!isHarmless(key)) {
                    throw layerAt.key(key).unsupported();
                }
            }
        }
        return new ConnectionLimits(all, byListener, perClient);
    }

    private static long limit(Value value, Place at) {
        try {
            long limit =
                    value.hasStringValue() ? Long.parseLong(value.getStringValue()) : (long) value.getNumberValue();
            at.require(limit > 0, "a positive number is expected");
            return limit;
        } catch (NumberFormatException _) {
            throw at.refuse("'" + value.getStringValue() + "'", "a positive number");
        }
    }

    private static boolean isHarmless(String key) {
        return key.startsWith("envoy.reloadable_features.")
                || key.startsWith("envoy.restart_features.")
                || key.startsWith("envoy.deprecated_features")
                || key.startsWith("deprecated_features")
                || key.startsWith("re2.max_program_size.");
    }

    /// Nested trees name the same keys as dotted ones.
    private static Map<String, Value> flat(Struct struct) {
        Map<String, Value> flat = new java.util.TreeMap<>();
        flatten("", struct, flat);
        return flat;
    }

    private static void flatten(String prefix, Struct struct, Map<String, Value> into) {
        struct.getFieldsMap().forEach((key, value) -> {
            String name = prefix.isEmpty() ? key : prefix + "." + key;
            if (value.hasStructValue()) {
                flatten(name, value.getStructValue(), into);
            } else {
                into.put(name, value);
            }
        });
    }
}
