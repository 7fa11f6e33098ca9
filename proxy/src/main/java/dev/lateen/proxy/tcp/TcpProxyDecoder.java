package dev.lateen.proxy.tcp;

import dev.lateen.proxy.accesslog.AccessLogDecoder;
import dev.lateen.proxy.config.CommonDecoder;
import dev.lateen.proxy.config.CommonFields;
import dev.lateen.proxy.config.ImplementedFields;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.TypedConfig;
import dev.lateen.proxy.route.HeaderChangesDecoder;
import dev.lateen.proxy.route.HeaderFormat;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Decodes the TCP proxy filter.
public final class TcpProxyDecoder {
    public static final String TYPE = "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy";

    static final ImplementedFields FIELDS = ImplementedFields.builder()
            .include(CommonFields.LIST)
            .message(
                    TYPE,
                    "stat_prefix",
                    "cluster",
                    "weighted_clusters",
                    "idle_timeout",
                    "max_connect_attempts",
                    "max_downstream_connection_duration",
                    "hash_policy",
                    "tunneling_config",
                    "access_log")
            .message("envoy.type.v3.HashPolicy", "source_ip")
            .message("envoy.type.v3.HashPolicy.SourceIp")
            .message(TYPE + ".TunnelingConfig", "hostname", "use_post", "headers_to_add", "post_path")
            .message("envoy.config.core.v3.HeaderValueOption", "header", "append", "append_action", "keep_empty_value")
            .message(TYPE + ".WeightedCluster", "clusters")
            .message(TYPE + ".WeightedCluster.ClusterWeight", "name", "weight")
            .build();

    private static final Pattern PATH = Pattern.compile("/[!-~]*");

    private TcpProxyDecoder() {}

    public static TcpProxyConfig decode(TypedConfig config, Place at) {
        TcpProxy proxy = TypedConfig.parse(config.any(), TcpProxy.parser(), at);
        // Access logs are checked by their own decoder.
        FIELDS.check(proxy.toBuilder().clearAccessLog().build(), at);
        Duration idle = proxy.hasIdleTimeout()
                ? CommonDecoder.duration(proxy.getIdleTimeout(), at.field("idle_timeout"))
                : TcpProxyConfig.DEFAULT_IDLE_TIMEOUT;
        Optional<Duration> maxDuration = proxy.hasMaxDownstreamConnectionDuration()
                ? Optional.of(CommonDecoder.duration(
                        proxy.getMaxDownstreamConnectionDuration(), at.field("max_downstream_connection_duration")))
                : Optional.empty();
        int attempts =
                proxy.hasMaxConnectAttempts() ? proxy.getMaxConnectAttempts().getValue() : 1;
        at.field("max_connect_attempts").require(attempts >= 1, "at least 1 is expected");
        return new TcpProxyConfig(
                proxy.getStatPrefix(),
                clusters(proxy, at),
                idle,
                attempts,
                maxDuration,
                proxy.getHashPolicyCount() > 0,
                proxy.hasTunnelingConfig()
                        ? Optional.of(tunnel(proxy.getTunnelingConfig(), at.field("tunneling_config")))
                        : Optional.empty(),
                AccessLogDecoder.decode(proxy.getAccessLogList(), at.field("access_log")));
    }

    private static TunnelConfig tunnel(TcpProxy.TunnelingConfig tunnel, Place at) {
        String hostname = tunnel.getHostname();
        at.field("hostname")
                .require(
                        hostname.indexOf('%') >= 0
                                || Tunnel.AUTHORITY.matcher(hostname).matches(),
                        "value: " + hostname + " (expected: host:port)");
        String path = tunnel.getPostPath();
        at.field("post_path").require(path.isEmpty() || tunnel.getUsePost(), "needs use_post: true");
        at.field("post_path")
                .require(
                        path.isEmpty() || PATH.matcher(path).matches(),
                        "value: " + path + " (expected: a path that begins with /)");
        return new TunnelConfig(
                HeaderFormat.parse(hostname, at.field("hostname")),
                tunnel.getUsePost(),
                path.isEmpty() ? "/" : path,
                HeaderChangesDecoder.decode(tunnel.getHeadersToAddList(), List.of(), "headers", at));
    }

    private static List<TcpProxyConfig.WeightedCluster> clusters(TcpProxy proxy, Place at) {
        return switch (proxy.getClusterSpecifierCase()) {
            case CLUSTER -> List.of(new TcpProxyConfig.WeightedCluster(proxy.getCluster(), 1));
            case WEIGHTED_CLUSTERS -> {
                var clusters = proxy.getWeightedClusters().getClustersList();
                Place place = at.field("weighted_clusters");
                place.require(!clusters.isEmpty(), "holds no cluster");
                long total = 0;
                for (var cluster : clusters) {
                    total += Integer.toUnsignedLong(cluster.getWeight());
                }
                place.require(total > 0 && total <= Integer.MAX_VALUE, "the weights add up to " + total);
                yield clusters.stream()
                        .map(cluster -> new TcpProxyConfig.WeightedCluster(cluster.getName(), cluster.getWeight()))
                        .toList();
            }
            case CLUSTERSPECIFIER_NOT_SET -> throw at.refuse("neither cluster nor weighted_clusters is set");
        };
    }
}
