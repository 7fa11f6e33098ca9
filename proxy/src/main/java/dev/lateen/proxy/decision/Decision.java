package dev.lateen.proxy.decision;

import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.stream.Evidence;
import dev.lateen.proxy.stream.PeerInfo;
import dev.lateen.proxy.stream.ResponseFlag;
import dev.lateen.proxy.stream.RouteFacts;
import dev.lateen.proxy.stream.StreamInfo;
import java.net.SocketAddress;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One ended request or TCP connection: a copy of its facts that holds on to nothing but short texts and to names of
/// the configuration. Plain fields, since it is filled again and again.
///
/// Limits: text that a peer chose is cut at `MAX_CHARS`; queries are left out, since they may hold secrets.
///
/// Thread: written on its event loop; read anywhere once it is shared, for then it is not written again.
public final class Decision {
    private static final int MAX_CHARS = 512;
    private static final int MAX_ID = 64;

    public long sequence;
    public String method = "";
    /// Such as `HTTP/1.1`; empty for TCP.
    public String protocol = "";
    public @Nullable SocketAddress source;
    public @Nullable SocketAddress destination;
    public @Nullable String sourceIdentity;
    public @Nullable String ownIdentity;
    public PeerInfo sourcePeer = PeerInfo.UNKNOWN;
    public boolean mutualTls;
    public @Nullable String serverName;
    /// What went wrong in the TLS handshake with the client.
    public @Nullable String sourceFailure;
    public String listener = "";
    public String direction = "";
    public @Nullable String filterChain;
    public @Nullable RouteFacts route;
    public @Nullable String cluster;
    public Map<String, Map<String, Object>> clusterMetadata = Map.of();
    public @Nullable SocketAddress host;
    public @Nullable String hostIdentity;
    public PeerInfo hostPeer = PeerInfo.UNKNOWN;
    public boolean upstreamMutualTls;
    public int attempts;
    public int status;
    public Set<ResponseFlag> flags = Set.of();
    public @Nullable String details;
    public @Nullable String transportFailure;
    public @Nullable Evidence evidence;
    public long startMillis;
    public long nanos;
    /// From the start until the upstream's head came; 0 where none did.
    public long upstreamNanos;
    public long timeoutNanos;
    public long perTryTimeoutNanos;
    public long bytesReceived;
    public long bytesSent;

    private final KeptText id = new KeptText(MAX_ID);
    private final KeptText authority = new KeptText(MAX_CHARS);
    private final KeptText path = new KeptText(MAX_CHARS);
    private final KeptText traceId = new KeptText(MAX_ID);

    /// Whether something was wrong: such a decision is kept longer.
    boolean failed;
    private boolean shared;

    public String id() {
        return id.toString();
    }

    public String authority() {
        return authority.toString();
    }

    /// As the client asked, without its query.
    public String path() {
        return path.toString();
    }

    /// Empty where it belongs to no trace.
    public String traceId() {
        return traceId.toString();
    }

    /// Since the epoch.
    long endMicros() {
        return startMillis * 1_000 + nanos / 1_000;
    }

    /// Whether a reader has it, so that it must not be filled again.
    boolean shared() {
        return shared;
    }

    void share() {
        shared = true;
    }

    void fill(StreamInfo info, long sequence) {
        this.sequence = sequence;
        this.failed = failed(info);
        RequestHead head = info.request;
        if (head == null) {
            id.set(null);
            method = "";
            authority.set(null);
            path.set(null);
            protocol = "";
        } else {
            id.set(head.headers().get("x-request-id"));
            method = bounded(head.method(), MAX_ID);
            authority.set(head.authority());
            String asked = info.originalPath == null ? head.path() : info.originalPath;
            int query = asked.indexOf('?');
            path.set(asked, query < 0 ? asked.length() : query);
            protocol = head.version().text();
        }
        source = info.downstreamRemote;
        destination = info.downstreamLocal;
        sourceIdentity = info.downstreamPeerUri;
        ownIdentity = info.downstreamLocalUri;
        sourcePeer = info.downstreamPeer;
        mutualTls = info.downstreamMutualTls;
        sourceFailure = info.downstreamTransportFailure;
        serverName = info.requestedServerName;
        listener = info.listener;
        direction = info.direction;
        filterChain = info.filterChainName;
        route = info.route;
        cluster = info.clusterName == null ? null : bounded(info.clusterName, MAX_CHARS);
        clusterMetadata = info.clusterMetadata;
        fillUpstream(info);
        fillEnd(info);
    }

    private void fillUpstream(StreamInfo info) {
        host = info.upstreamHost;
        hostIdentity = info.upstreamPeerUri;
        hostPeer = info.upstreamPeer;
        upstreamMutualTls = info.upstreamMutualTls;
        transportFailure = info.upstreamTransportFailure;
        attempts = info.attempts;
        timeoutNanos = info.timeoutNanos;
        perTryTimeoutNanos = info.perTryTimeoutNanos;
        upstreamNanos = info.upstreamHeadNanos == 0 ? 0 : info.upstreamHeadNanos - info.startNanos;
    }

    private void fillEnd(StreamInfo info) {
        status = info.status;
        flags = info.flags();
        String said = info.details == null ? info.connectionTerminationDetails : info.details;
        details = said == null ? null : bounded(said, MAX_CHARS);
        traceId.set(info.traceId);
        evidence = info.evidenceSoFar();
        startMillis = info.startEpochMillis;
        nanos = info.endNanos - info.startNanos;
        bytesReceived = info.bytesReceived;
        bytesSent = info.bytesSent;
    }

    private static String bounded(@Nullable String text, int most) {
        if (text == null) {
            return "";
        }
        return text.length() <= most ? text : text.substring(0, most - 1) + "…";
    }

    static boolean failed(StreamInfo info) {
        return info.status >= 400 || !info.flags().isEmpty() || info.downstreamTransportFailure != null;
    }
}
