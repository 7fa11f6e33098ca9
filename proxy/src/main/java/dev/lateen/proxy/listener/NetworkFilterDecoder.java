package dev.lateen.proxy.listener;

import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.TypedConfig;
import dev.lateen.proxy.tcp.TcpProxyDecoder;

/// Decodes network filters by their type.
public final class NetworkFilterDecoder {
    private static final String SNI_CLUSTER = "envoy.extensions.filters.network.sni_cluster.v3.SniCluster";

    NetworkFilterConfig decode(TypedConfig config, Place at) {
        return switch (config.type()) {
            case TcpProxyDecoder.TYPE -> new NetworkFilterConfig.Tcp(TcpProxyDecoder.decode(config, at));
            case SNI_CLUSTER -> NetworkFilterConfig.SniCluster.INSTANCE;
            default -> throw at.refuse("network filter '" + config.type() + "' is not supported by this proxy yet");
        };
    }
}
