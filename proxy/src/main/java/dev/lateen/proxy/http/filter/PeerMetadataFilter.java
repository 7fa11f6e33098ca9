package dev.lateen.proxy.http.filter;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.ResponseHead;
import dev.lateen.proxy.cluster.Cluster;
import dev.lateen.proxy.cluster.Clusters;
import dev.lateen.proxy.stream.PeerInfo;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/// Exchanges workload metadata with the peer's sidecar in `x-envoy-peer-metadata` and `x-envoy-peer-metadata-id`:
/// inbound it reads the client's and answers with its own, outbound it sends its own and reads the answer's. Neither
/// the application nor the client behind us sees the other side's.
///
/// Source: Istio's peer metadata filter. Thread: event loop of the request.
final class PeerMetadataFilter implements RequestFilter {
    private static final String METADATA = PeerMetadata.HEADER;
    private static final String ID = PeerMetadata.ID_HEADER;

    /// What the response needs to know of its request; without it, that went into the mesh and came without metadata.
    private enum Met {
        CLIENT,
        OUTSIDER,
        BOTH
    }

    private final String name;
    private final FilterConfig.PeerMetadata config;
    private final OwnMetadata own;
    private final Clusters clusters;
    private final KnownPeers peers = new KnownPeers();

    PeerMetadataFilter(String name, FilterConfig.PeerMetadata config, OwnMetadata own, Clusters clusters) {
        this.name = name;
        this.config = config;
        this.own = own;
        this.clusters = clusters;
    }

    @Override
    public RequestFilter on(EventLoop loop) {
        return new PeerMetadataFilter(name, config, own, clusters);
    }

    @Override
    public Verdict onRequest(Exchange exchange) {
        Headers headers = exchange.head().headers();
        boolean client = !config.downstream().isIdle() && takeOfClient(headers, exchange);
        boolean outsider = config.skipExternal() && isExternal(exchange.clusterAhead());
        if (outsider) {
            remove(headers);
        } else if (config.upstream().propagates()) {
            tell(headers);
        }
        if (client || outsider) {
            exchange.state(name, !outsider ? Met.CLIENT : client ? Met.BOTH : Met.OUTSIDER);
        }
        return Verdict.CONTINUE;
    }

    private boolean takeOfClient(Headers headers, Exchange exchange) {
        String text = headers.get(METADATA);
        if (text == null && !headers.contains(ID)) {
            return false;
        }
        PeerInfo peer = config.downstream().discovers() ? read(text, headers) : null;
        if (peer != null) {
            exchange.info().downstreamPeer = peer;
        }
        remove(headers);
        return true;
    }

    @Override
    public void onResponse(Exchange exchange, ResponseHead head) {
        Headers headers = head.headers();
        Object met = config.downstream().propagates() || config.skipExternal() ? exchange.state(name) : null;
        if (!config.upstream().isIdle()) {
            boolean outsider = met == Met.OUTSIDER || met == Met.BOTH;
            PeerInfo peer = config.upstream().discovers() && !outsider ? read(headers.get(METADATA), headers) : null;
            if (peer != null) {
                exchange.info().upstreamPeer = peer;
            }
            remove(headers);
        }
        if (config.downstream().propagates() && (met == Met.CLIENT || met == Met.BOTH)) {
            tell(headers);
        }
    }

    private @Nullable PeerInfo read(@Nullable String text, Headers headers) {
        if (text == null) {
            return null;
        }
        String id = headers.get(ID);
        return peers.read(id == null ? "" : id, text);
    }

    private void tell(Headers headers) {
        headers.set(METADATA, own.text());
        headers.set(ID, own.id());
    }

    private static void remove(Headers headers) {
        headers.remove(METADATA);
        headers.remove(ID);
    }

    private boolean isExternal(@Nullable String clusterName) {
        if (clusterName == null) {
            return false;
        }
        Cluster cluster = clusters.get(clusterName);
        return clusterName.equals("PassthroughCluster")
                || clusterName.equals("AllowAnyDynamicDNSCluster")
                || (cluster != null
                        && Boolean.TRUE.equals(cluster.config().metadata().find("istio", "external")));
    }
}
