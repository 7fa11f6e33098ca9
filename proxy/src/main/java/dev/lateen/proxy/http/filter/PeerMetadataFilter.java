package dev.lateen.proxy.http.filter;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.lateen.net.http.Headers;
import dev.lateen.net.http.ResponseHead;
import dev.lateen.proxy.stream.PeerInfo;
import java.util.Base64;
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
    private static final String METADATA = "x-envoy-peer-metadata";
    private static final String ID = "x-envoy-peer-metadata-id";
    private static final int MAX_TEXT = 16 * 1024;
    private static final int MAX_CACHED = 500;

    private final String name;
    private final FilterConfig.PeerMetadata config;
    private final String ownText;
    private final String ownId;

    PeerMetadataFilter(String name, FilterConfig.PeerMetadata config, PeerInfo local) {
        this(name, config, encode(local), "sidecar~" + local.workload() + "." + local.namespace());
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
                exchange.state(name, Boolean.TRUE);
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
            if (peer != null && exchange.info().upstreamPeer == PeerInfo.UNKNOWN) {
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
        PeerInfo read = decode(text);
        if (read != null) {
            if (known.size() >= MAX_CACHED) {
                known.remove(known.keySet().iterator().next());
            }
            known.put(text, read);
        }
        return read;
    }

    static @Nullable PeerInfo decode(String text) {
        try {
            Struct struct = Struct.parseFrom(Base64.getDecoder().decode(text));
            Struct labels = field(struct, "LABELS").getStructValue();
            String workload = text(struct, "WORKLOAD_NAME", PeerInfo.UNKNOWN_TEXT);
            String app = text(labels, "app", PeerInfo.UNKNOWN_TEXT);
            String version = text(labels, "version", PeerInfo.UNKNOWN_TEXT);
            String canonical =
                    text(labels, "service.istio.io/canonical-name", app.equals(PeerInfo.UNKNOWN_TEXT) ? workload : app);
            String revision = text(
                    labels,
                    "service.istio.io/canonical-revision",
                    version.equals(PeerInfo.UNKNOWN_TEXT) ? "latest" : version);
            return new PeerInfo(
                    workload,
                    text(struct, "NAMESPACE", PeerInfo.UNKNOWN_TEXT),
                    app,
                    version,
                    canonical,
                    revision,
                    text(struct, "CLUSTER_ID", PeerInfo.UNKNOWN_TEXT));
        } catch (IllegalArgumentException | InvalidProtocolBufferException _) {
            return null;
        }
    }

    private static Value field(Struct struct, String name) {
        return struct.getFieldsOrDefault(name, Value.getDefaultInstance());
    }

    private static String text(Struct struct, String name, String otherwise) {
        String value = field(struct, name).getStringValue();
        return value.isEmpty() ? otherwise : value;
    }

    static String encode(PeerInfo local) {
        Struct labels = Struct.newBuilder()
                .putFields("app", value(local.app()))
                .putFields("version", value(local.version()))
                .putFields("service.istio.io/canonical-name", value(local.canonicalService()))
                .putFields("service.istio.io/canonical-revision", value(local.canonicalRevision()))
                .build();
        Struct struct = Struct.newBuilder()
                .putFields("WORKLOAD_NAME", value(local.workload()))
                .putFields("NAMESPACE", value(local.namespace()))
                .putFields("CLUSTER_ID", value(local.cluster()))
                .putFields("LABELS", Value.newBuilder().setStructValue(labels).build())
                .build();
        return Base64.getEncoder().encodeToString(struct.toByteArray());
    }

    private static Value value(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }
}
