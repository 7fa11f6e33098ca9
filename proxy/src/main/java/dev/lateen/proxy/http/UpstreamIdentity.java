package dev.lateen.proxy.http;

import dev.lateen.net.http.HttpConnection;
import dev.lateen.proxy.stream.StreamInfo;
import dev.lateen.proxy.tls.OwnIdentity;
import dev.lateen.proxy.tls.PeerIdentity;
import io.netty.util.AttributeKey;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// Whom the certificates of an upstream connection name at both ends; read once a connection.
///
/// Thread: event loop of the connection.
final class UpstreamIdentity {
    private record Names(@Nullable String peer, @Nullable String local) {}

    private static final AttributeKey<Names> NAMES = AttributeKey.valueOf("lateen.upstream-identities");

    private UpstreamIdentity() {}

    static void note(HttpConnection connection, StreamInfo info) {
        SSLSession session = connection.tls();
        info.upstreamTlsSession = session;
        if (session == null) {
            info.upstreamPeerUri = null;
            info.upstreamLocalUri = null;
            return;
        }
        var attribute = connection.channel().attr(NAMES);
        Names known = attribute.get();
        if (known == null) {
            known = new Names(PeerIdentity.uriOfPeer(session), OwnIdentity.uriOf(connection.channel()));
            attribute.set(known);
        }
        info.upstreamPeerUri = known.peer;
        info.upstreamLocalUri = known.local;
    }
}
