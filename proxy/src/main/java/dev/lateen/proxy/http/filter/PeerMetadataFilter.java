package dev.lateen.proxy.http.filter;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.ResponseHead;
import dev.lateen.proxy.stream.PeerInfo;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Exchanges workload metadata with the peer's sidecar in `x-envoy-peer-metadata` and `x-envoy-peer-metadata-id`:
/// inbound it reads the client's and answers with its own, outbound it sends its own and reads the answer's.
///
/// Limits: a header of more than `MAX_TEXT` characters is not read.
///
/// Source: Istio's peer metadata filter. Thread: event loop of the request.
final class PeerMetadataFilter implements RequestFilter {
    private static final String METADATA = PeerMetadata.HEADER;
    private static final String ID = "x-envoy-peer-metadata-id";
    private static final int MAX_TEXT = 16 * 1024;
    private static final int MAX_CACHED = 500;

    private final String name;
    private final FilterConfig.PeerMetadata config;
    private final String ownText;
    private final String ownId;

    PeerMetadataFilter(String name, FilterConfig.PeerMetadata config, PeerInfo local) {
        this(name, config, PeerMetadata.encode(local), "sidecar~" + local.workload() + "." + local.namespace());
    }

    private PeerMetadataFilter(String name, FilterConfig.PeerMetadata config, String ownText, String ownId) {
        this.name = name;
        this.config = config;
        this.ownText = ownText;
        this.ownId = ownId;
    }

    private final Map<String, PeerInfo> known = new LinkedHashMap<>();

    @Override
    public RequestFilter on(io.netty.channel.EventLoop loop) {
        return new PeerMetadataFilter(name, config, ownText, ownId);
    }

    @Override
    public Verdict onRequest(Exchange exchange) {
        Headers headers = exchange.head().headers();
        if (config.downstream()) {
            String sent = headers.get(METADATA);
            PeerInfo peer = sent == null ? null : read(sent);
            if (peer != null) {
                exchange.info().downstreamPeer = peer;
            }
            if (sent != null || headers.contains(ID)) {
                headers.remove(METADATA);
                headers.remove(ID);
                exchange.state(name, true);
            }
        }
        if (config.upstream()) {
            headers.set(METADATA, ownText);
            headers.set(ID, ownId);
        }
        return Verdict.CONTINUE;
    }

    @Override
    public void onResponse(Exchange exchange, ResponseHead head) {
        Headers headers = head.headers();
        if (config.upstream()) {
            String sent = headers.get(METADATA);
            PeerInfo peer = sent == null ? null : read(sent);
            if (peer != null && exchange.info().upstreamPeer.equals(PeerInfo.UNKNOWN)) {
                exchange.info().upstreamPeer = peer;
            }
            headers.remove(METADATA);
            headers.remove(ID);
        }
        if (config.downstream() && exchange.state(name) != null) {
            headers.set(METADATA, ownText);
            headers.set(ID, ownId);
        }
    }

    private @Nullable PeerInfo read(String text) {
        PeerInfo cached = known.get(text);
        if (cached != null || text.length() > MAX_TEXT) {
            return cached;
        }
        PeerInfo read = PeerMetadata.decode(text);
        if (read != null) {
            if (known.size() >= MAX_CACHED) {
                known.remove(known.keySet().iterator().next());
            }
            known.put(text, read);
        }
        return read;
    }
}
