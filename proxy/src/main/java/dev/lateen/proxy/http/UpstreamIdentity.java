package dev.lateen.proxy.http;

import dev.lateen.net.http.HttpConnection;
import dev.lateen.proxy.stream.StreamInfo;
import dev.lateen.proxy.tls.PeerIdentity;
import io.netty.util.AttributeKey;
import javax.net.ssl.SSLSession;

/// Who an upstream connection's peer is; read from its certificate once a connection.
///
/// Thread: event loop of the connection.
final class UpstreamIdentity {
    private static final AttributeKey<String> URI = AttributeKey.valueOf("lateen.upstream-peer-uri");

    private UpstreamIdentity() {}

    static void note(HttpConnection connection, StreamInfo info) {
        SSLSession session = connection.tls();
        if (session == null) {
            info.upstreamPeerUri = null;
            return;
        }
        var attribute = connection.channel().attr(URI);
        String known = attribute.get();
        if (known == null) {
            String read = PeerIdentity.uriOfPeer(session);
            known = read == null ? "" : read;
            attribute.set(known);
        }
        info.upstreamPeerUri = known.isEmpty() ? null : known;
    }
}
