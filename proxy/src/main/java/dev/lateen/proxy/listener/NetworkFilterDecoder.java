package dev.lateen.proxy.listener;

import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.TypedConfig;
import dev.lateen.proxy.http.HttpConnectionManagerDecoder;
import dev.lateen.proxy.rbac.RbacDecoder;
import dev.lateen.proxy.tcp.TcpProxyDecoder;
import dev.lateen.proxy.telemetry.MetricsDecoder;
import dev.lateen.proxy.telemetry.accesslog.AccessLogDecoder;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;

/// Decodes network filters by their type.
public final class NetworkFilterDecoder {
    private static final String HTTP =
            "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
    private static final String PEER_EXCHANGE = "envoy.tcp.metadataexchange.config.MetadataExchange";
    private static final String SNI_CLUSTER = "envoy.extensions.filters.network.sni_cluster.v3.SniCluster";

    NetworkFilterConfig decode(TypedConfig config, Place at) {
        return switch (config.type()) {
            case HTTP -> http(TypedConfig.parse(config.any(), HttpConnectionManager.parser(), at), at);
            case TcpProxyDecoder.TYPE -> new NetworkFilterConfig.Tcp(TcpProxyDecoder.decode(config, at));
            case RbacDecoder.NETWORK -> new NetworkFilterConfig.Rbac(RbacDecoder.network(config, at));
            case SNI_CLUSTER -> NetworkFilterConfig.SniCluster.INSTANCE;
            case MetricsDecoder.TYPE -> new NetworkFilterConfig.IstioStats(MetricsDecoder.decode(config, at));
            case PEER_EXCHANGE -> NetworkFilterConfig.PeerExchange.INSTANCE;
            default -> throw at.refuse("network filter '" + config.type() + "' is not supported by this proxy yet");
        };
    }

    private static NetworkFilterConfig http(HttpConnectionManager manager, Place at) {
        return new NetworkFilterConfig.Http(
                HttpConnectionManagerDecoder.decode(manager, at),
                AccessLogDecoder.decode(manager.getAccessLogList(), at.field("access_log")));
    }
}
