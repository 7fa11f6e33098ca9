package dev.lateen.proxy.listener;

import dev.lateen.proxy.accesslog.AccessLogDecoder;
import dev.lateen.proxy.authz.ExtAuthzDecoder;
import dev.lateen.proxy.cluster.NameCacheDecoder;
import dev.lateen.proxy.config.CommonDecoder;
import dev.lateen.proxy.config.CommonFields;
import dev.lateen.proxy.config.ImplementedFields;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.TypedConfig;
import dev.lateen.proxy.http.HttpConnectionManagerDecoder;
import dev.lateen.proxy.ratelimit.NetworkLimitDecoder;
import dev.lateen.proxy.rbac.RbacDecoder;
import dev.lateen.proxy.tcp.TcpProxyDecoder;
import dev.lateen.proxy.telemetry.MetricsDecoder;
import io.envoyproxy.envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.sni_dynamic_forward_proxy.v3.FilterConfig;
import java.time.Duration;

/// Decodes network filters by their type.
public final class NetworkFilterDecoder {
    private static final String HTTP =
            "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
    private static final String PEER_EXCHANGE = "envoy.tcp.metadataexchange.config.MetadataExchange";
    private static final String CONNECTION_LIMIT =
            "envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit";
    private static final String SNI_CLUSTER = "envoy.extensions.filters.network.sni_cluster.v3.SniCluster";

    private static final String SNI_FORWARD =
            "envoy.extensions.filters.network.sni_dynamic_forward_proxy.v3.FilterConfig";

    private static final ImplementedFields FIELDS = ImplementedFields.builder()
            .include(CommonFields.LIST)
            .message(CONNECTION_LIMIT, "stat_prefix", "max_connections", "delay", "runtime_enabled")
            .message("envoy.config.core.v3.RuntimeFeatureFlag", "default_value")
            .harmless("envoy.config.core.v3.RuntimeFeatureFlag", "the default holds", "runtime_key")
            .build();

    NetworkFilterConfig decode(TypedConfig config, Place at) {
        return switch (config.type()) {
            case HTTP -> http(TypedConfig.parse(config.any(), HttpConnectionManager.parser(), at), at);
            case TcpProxyDecoder.TYPE -> new NetworkFilterConfig.Tcp(TcpProxyDecoder.decode(config, at));
            case RbacDecoder.NETWORK -> new NetworkFilterConfig.Rbac(RbacDecoder.network(config, at));
            case ExtAuthzDecoder.NETWORK ->
                new NetworkFilterConfig.Authorization(ExtAuthzDecoder.connections(config, at));
            case CONNECTION_LIMIT -> limit(config.unpack(ConnectionLimit.parser(), FIELDS, at), at);
            case NetworkLimitDecoder.ASKED -> new NetworkFilterConfig.RateLimit(NetworkLimitDecoder.asked(config, at));
            case NetworkLimitDecoder.LOCAL -> new NetworkFilterConfig.RateLimit(NetworkLimitDecoder.local(config, at));
            case SNI_CLUSTER -> NetworkFilterConfig.SniCluster.INSTANCE;
            case SNI_FORWARD -> {
                FilterConfig forward = config.unpack(FilterConfig.parser(), NameCacheDecoder.FIELDS, at);
                int port = forward.hasPortValue() ? forward.getPortValue() : 443;
                at.field("port_value").require(port > 0 && port <= 0xffff, "value: " + port + " (expected: a port)");
                yield new NetworkFilterConfig.SniForward(port);
            }
            case MetricsDecoder.TYPE -> new NetworkFilterConfig.IstioStats(MetricsDecoder.decode(config, at));
            case PEER_EXCHANGE -> NetworkFilterConfig.PeerExchange.INSTANCE;
            default -> throw at.refuse("network filter '" + config.type() + "' is not supported by this proxy yet");
        };
    }

    private static NetworkFilterConfig limit(ConnectionLimit limit, Place at) {
        long max = limit.getMaxConnections().getValue();
        at.field("max_connections").require(max > 0, "a positive number is expected");
        at.field("runtime_enabled")
                .require(
                        !limit.hasRuntimeEnabled()
                                || limit.getRuntimeEnabled().getDefaultValue().getValue(),
                        "is off by default; leave the filter out");
        return new NetworkFilterConfig.ConnectionLimit(
                limit.getStatPrefix(),
                max,
                limit.hasDelay() ? CommonDecoder.duration(limit.getDelay(), at.field("delay")) : Duration.ZERO);
    }

    private static NetworkFilterConfig http(HttpConnectionManager manager, Place at) {
        return new NetworkFilterConfig.Http(
                HttpConnectionManagerDecoder.decode(manager, at),
                AccessLogDecoder.decode(manager.getAccessLogList(), at.field("access_log")));
    }
}
