package dev.lateen.proxy.cluster;

import dev.lateen.proxy.config.Decoded;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.TypedConfig;

/// Decodes Cluster resources.
public final class ClusterDecoder {
    /// Decodes an UpstreamTlsContext; throws a `Refusal` on bad input.
    public interface TlsDecoder {
        UpstreamTls decode(TypedConfig config, Place at);
    }

    private final TlsDecoder tls;

    public ClusterDecoder(TlsDecoder tls) {
        this.tls = tls;
    }

    public Decoded<ClusterConfig> decode(io.envoyproxy.envoy.config.cluster.v3.Cluster cluster) {
        throw new UnsupportedOperationException(String.valueOf(tls));
    }
}
