package dev.lateen.proxy.stream;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import java.net.SocketAddress;
import java.security.cert.X509Certificate;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// The facts of one HTTP request, or of one TCP connection, from its first byte to its end. Plain fields without
/// ceremony: it is written on the hot path and read once, when it has ended. A null means "not so far".
///
/// Times are `System.nanoTime()` values; 0 means "not yet". Sizes are bytes of bodies.
///
/// Thread: event loop of the downstream channel.
public final class StreamInfo {
    // Connection.
    public @Nullable SocketAddress downstreamRemote;
    public @Nullable SocketAddress downstreamLocal;
    /// Tells connections of one run of the proxy apart; 0: none has been given.
    public long connectionId;
    /// The address before PROXY protocol or x-forwarded-for changed it.
    public @Nullable SocketAddress downstreamDirectRemote;
    public @Nullable String requestedServerName;
    /// SPIFFE URI of the client's certificate.
    public @Nullable String downstreamPeerUri;
    /// SPIFFE URI of our own certificate towards the client.
    public @Nullable String downstreamLocalUri;
    public boolean downstreamTls;
    public boolean downstreamMutualTls;
    /// Null on plaintext.
    public @Nullable SSLSession downstreamTlsSession;
    /// Of the client; null where it has shown none, or none that was verified.
    public @Nullable X509Certificate downstreamCertificate;
    /// URI names of the client's certificate, then its DNS names, then its subject.
    public List<String> downstreamPeerNames = List.of();
    public PeerInfo downstreamPeer = PeerInfo.UNKNOWN;

    // Request.
    public @Nullable RequestHead request;
    public @Nullable String originalPath;
    /// In hexadecimal digits, of a request that belongs to a trace.
    public @Nullable String traceId;
    /// Whether spans of that trace are reported.
    public boolean traceSampled;
    public @Nullable String routeName;
    public @Nullable String clusterName;
    public @Nullable String filterChainName;
    /// Name of the listener, and whether its traffic goes to the workload: `INBOUND`, `OUTBOUND` or `UNSPECIFIED`.
    public String listener = "";
    public String direction = "UNSPECIFIED";
    /// Null where no route was looked for.
    public @Nullable RouteFacts route;
    /// The longest that the upstream may take, in all and for one attempt; 0: any time.
    public long timeoutNanos;
    public long perTryTimeoutNanos;

    // Upstream, of the last attempt.
    public @Nullable SocketAddress upstreamHost;
    /// As the host is called where it has a name besides its address; empty: it has none.
    public String upstreamHostName = "";
    public @Nullable HttpVersion upstreamProtocol;
    public @Nullable SocketAddress upstreamLocal;
    /// `filter_metadata` of the host and of its cluster: namespace → tree.
    public Map<String, Map<String, Object>> upstreamHostMetadata = Map.of();
    public Map<String, Map<String, Object>> clusterMetadata = Map.of();
    public @Nullable String upstreamPeerUri;
    /// SPIFFE URI of our own certificate towards the upstream.
    public @Nullable String upstreamLocalUri;
    public boolean upstreamMutualTls;
    /// Null on plaintext.
    public @Nullable SSLSession upstreamTlsSession;
    public PeerInfo upstreamPeer = PeerInfo.UNKNOWN;
    public @Nullable String upstreamTransportFailure;
    /// Why there is no TLS with the client.
    public @Nullable String downstreamTransportFailure;
    public int attempts;

    // Response.
    public int status;
    public @Nullable Headers responseHeaders;
    public @Nullable Headers responseTrailers;
    /// Envoy's `%RESPONSE_CODE_DETAILS%`, such as `via_upstream`.
    public @Nullable String details;
    public @Nullable String connectionTerminationDetails;

    // Time and size.
    public long startEpochMillis;
    public long startNanos;
    public long requestEndNanos;
    public long upstreamFirstByteSentNanos;
    /// Of the whole request; when it was handed to the connection, as in Envoy.
    public long upstreamLastByteSentNanos;
    public long upstreamHeadNanos;
    /// Of the whole response.
    public long upstreamEndNanos;
    public long endNanos;
    public long bytesReceived;
    public long bytesSent;
    /// Of a TCP connection, what metrics know of already.
    public long countedSent;

    public long countedReceived;
    public long requestMessages;
    public long responseMessages;
    /// Where metrics keep it among the gRPC calls that go on; negative for nowhere.
    public int openCall = -1;

    private @Nullable EnumSet<ResponseFlag> flags;
    private @Nullable DynamicMetadata metadata;
    private @Nullable Evidence evidence;

    public void routed(@Nullable RouteFacts found) {
        route = found;
        routeName = found == null || found.name().isEmpty() ? null : found.name();
    }

    /// What explains this request beyond its plain facts; made when first asked for.
    public Evidence evidence() {
        Evidence all = evidence;
        if (all == null) {
            all = new Evidence();
            evidence = all;
        }
        return all;
    }

    /// Null where nothing was put there.
    public @Nullable Evidence evidenceSoFar() {
        return evidence;
    }

    /// What filters have left for those after them; made when first asked for.
    public DynamicMetadata metadata() {
        DynamicMetadata all = metadata;
        if (all == null) {
            all = new DynamicMetadata();
            metadata = all;
        }
        return all;
    }

    /// Null where there is nothing at this place.
    public @Nullable Object metadata(String namespace, List<String> path) {
        return metadata == null ? null : metadata.find(namespace, path);
    }

    public void flag(ResponseFlag flag) {
        if (flags == null) {
            flags = EnumSet.of(flag);
        } else {
            flags.add(flag);
        }
    }

    public boolean has(ResponseFlag flag) {
        return flags != null && flags.contains(flag);
    }

    public Set<ResponseFlag> flags() {
        return flags == null ? Set.of() : flags;
    }

    /// Flags as logs and metrics show them: `-`, or codes joined by a comma.
    public String flagsText() {
        if (flags == null) {
            return "-";
        }
        StringBuilder text = new StringBuilder();
        for (ResponseFlag flag : flags) {
            if (!text.isEmpty()) {
                text.append(',');
            }
            text.append(flag.code());
        }
        return text.toString();
    }
}
